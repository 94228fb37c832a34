#!/usr/bin/env python3
"""How well takings are found: simulated estates with known truth, scanned and judged.

    make quality                                           everything; writes Benchmarks/quality/
    Benchmarks/quality.py --attacks A1,A5 --seeds 11       a quick look, printed
    Benchmarks/quality.py --sets tuned --no-baselines --detail

The tuned seeds are there to be looked at while detectors are written. Of the unseen seeds only the
sums are ever shown: whoever looks into them has to choose others and say so.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from quality_tools import goals, pages, runs, tables  # noqa: E402

SEEDS = {"unseen": [8101, 8102, 8103], "tuned": [11, 12, 13]}
DAYS, ACCOUNTS = 400, 60
_grounds = {}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/ometsuke")
    parser.add_argument("--attacks", default="all", help="A1,A5 (default: all)")
    parser.add_argument("--sets", default="unseen,tuned", help="of seeds (default: both)")
    parser.add_argument("--seeds", help="seeds of your own, in place of the sets: 11,12")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--estates", default="declared,undeclared", help="also: bare")
    parser.add_argument("--jobs", type=int, default=runs.processor_count())
    parser.add_argument("--no-baselines", action="store_true", help="needs no scikit-learn")
    parser.add_argument("--no-verify", action="store_true",
                        help="do not scan again up to each alert")
    parser.add_argument("--detail", action="store_true",
                        help="each miss and each false incident, of tuned seeds alone")
    parser.add_argument("--scratch", help="where estates lie meanwhile (default: the system's)")
    parser.add_argument("--publish", metavar="FOLDER", help="write the tables there")
    return parser.parse_args()


def one(task):
    options, seed, code = task
    return runs.attack(options, seed, code, _grounds[seed])


def run(options, seeds, codes, jobs):
    """Estates without attacks first: what they raise is held against nobody later."""
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        grounds = pool.starmap(runs.ground, [(options, seed) for seed in seeds])
    _grounds.update({ground.seed: ground for ground in grounds})
    tasks = [(options, seed, code) for seed in seeds for code in codes]
    attacks = []
    # Workers are forked here, so that they have the grounds.
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for done in pool.imap(one, tasks, chunksize=1):
            attacks.append(done)
            progress(f"seed {done['seed']} {done['code']}, {len(attacks)} of {len(tasks)}")
    progress("")
    return goals.Results(grounds, attacks)


def progress(words):
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{words}")
        sys.stderr.flush()


def main():
    args = arguments()
    sets = SEEDS if args.seeds is None else {"chosen": [int(s) for s in args.seeds.split(",")]}
    if args.seeds is None:
        sets = {name: SEEDS[name] for name in args.sets.split(",")}
    unseen = [seed for seeds in sets.values() for seed in seeds if seed in SEEDS["unseen"]]
    if args.detail and unseen:
        sys.exit("quality.py: --detail shows tuned seeds only: add --sets tuned")
    codes = goals.ATTACKS if args.attacks == "all" else args.attacks.split(",")
    estates = tuple(args.estates.split(","))
    begin = time.time()
    with tempfile.TemporaryDirectory(prefix="quality-", dir=args.scratch) as scratch:
        options = runs.Options(
            os.path.abspath(args.binary), args.days, args.accounts, scratch, estates,
            not args.no_baselines, not args.no_verify,
        )
        results = {
            name: run(options, seeds, codes, args.jobs) for name, seeds in sets.items()
        }
    print(tables.summary(results, estates))
    for name, found in results.items():
        print(f"{name}\n")
        print(tables.attacks(found))
    print(tables.false(results, estates, runs.LEVELS))
    if args.detail:
        for found in results.values():
            print(pages.detail(found, estates[0]))
    if args.publish:
        pages.publish(args.publish, results, estates, facts(args, sets, begin))


def facts(args, sets, begin):
    def git(*words):
        return subprocess.run(
            ["git", *words], capture_output=True, text=True, check=False).stdout.strip()

    return {
        "commit": git("rev-parse", "--short=12", "HEAD")
        + (" and changes" if git("status", "--porcelain", "--", "Sources") else ""),
        "command": "Benchmarks/quality.py " + " ".join(sys.argv[1:]),
        "seeds": sets,
        "days": args.days,
        "accounts": args.accounts,
        "minutes": (time.time() - begin) / 60,
        "date": time.strftime("%Y-%m-%d", time.gmtime(begin)),
    }


if __name__ == "__main__":
    main()
