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
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

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
    parser.add_argument("--save", metavar="FILE", help="keep what was measured")
    parser.add_argument("--load", metavar="FILE", help="show what was kept; nothing is run")
    return parser.parse_args()


def one(task):
    options, seed, code = task
    return runs.attack(options, seed, code, _grounds[seed])


def run(options, seeds, codes, jobs, rivals):
    """Estates without attacks first: what they raise is held against nobody later.

    Baselines are fitted on estates without attacks, and meet attacks only where they are shown.
    """
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        grounds = pool.starmap(runs.ground, [(options, seed) for seed in seeds])
    _grounds.update({ground.seed: ground for ground in grounds})
    options = replace(options, with_baselines=options.with_baselines and rivals)
    tasks = [(options, seed, code) for seed in seeds for code in codes]
    attacks = []
    # Workers are forked here, so that they have the grounds.
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for done in pool.imap(one, tasks, chunksize=1):
            attacks.append(done)
            progress(f"seed {done['seed']} {done['code']}, {len(attacks)} of {len(tasks)}")
        together = pool.starmap(runs.mixed, [(options, seed, codes) for seed in seeds])
    progress("")
    return goals.Results(grounds, attacks, together)


def progress(words):
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{words}")
        sys.stderr.flush()


def main():
    args = arguments()
    if args.load:
        with open(args.load, "rb") as file:
            show(args, *pickle.load(file))
        return
    sets = SEEDS if args.seeds is None else {"chosen": [int(s) for s in args.seeds.split(",")]}
    if args.seeds is None:
        sets = {name: SEEDS[name] for name in args.sets.split(",")}
    refuse(args, (seed for seeds in sets.values() for seed in seeds))
    codes = goals.ATTACKS if args.attacks == "all" else args.attacks.split(",")
    estates = tuple(args.estates.split(","))
    begin = time.time()
    with tempfile.TemporaryDirectory(prefix="quality-", dir=args.scratch) as scratch:
        options = runs.Options(
            os.path.abspath(args.binary), args.days, args.accounts, scratch, estates,
            not args.no_baselines, not args.no_verify,
        )
        results = {
            name: run(options, seeds, codes, args.jobs, place == 0)
            for place, (name, seeds) in enumerate(sets.items())
        }
    known = facts(args, sets, begin)
    if args.save:
        with open(args.save, "wb") as file:
            pickle.dump((results, known), file)
    show(args, results, known)


def refuse(args, seeds):
    if args.detail and set(seeds) & set(SEEDS["unseen"]):
        sys.exit("quality.py: --detail shows tuned seeds only: add --sets tuned")


def show(args, results, known):
    refuse(args, (seed for found in results.values() for seed in found.seeds))
    estates = tuple(args.estates.split(","))
    print(tables.summary(results, estates))
    for name, found in results.items():
        print(f"{name}\n")
        print(tables.attacks(found))
    print(tables.false(results, estates, runs.LEVELS))
    if args.detail:
        for found in results.values():
            print(pages.detail(found, estates[0]))
    if args.publish:
        pages.publish(args.publish, results, estates, known)


def command(args):
    """What repeats it; where files lie does not matter."""
    words = [
        f"--{name} {getattr(args, name)}" for name, usual in (
            ("attacks", "all"), ("sets", "unseen,tuned"), ("seeds", None), ("days", DAYS),
            ("accounts", ACCOUNTS), ("estates", "declared,undeclared"),
        ) if getattr(args, name) != usual
    ]
    words += ["--no-baselines"] if args.no_baselines else []
    words += ["--no-verify"] if args.no_verify else []
    return "make quality" + (f' QUALITY="{" ".join(words)}"' if words else "")


def facts(args, sets, begin):
    def git(*words):
        return subprocess.run(
            ["git", *words], capture_output=True, text=True, check=False).stdout.strip()

    return {
        "commit": git("rev-parse", "--short=12", "HEAD")
        + (" and changes" if git("status", "--porcelain", "--", "Sources") else ""),
        "command": command(args),
        "seeds": sets,
        "days": args.days,
        "accounts": args.accounts,
        "minutes": (time.time() - begin) / 60,
        "date": time.strftime("%Y-%m-%d", time.gmtime(begin)),
    }


if __name__ == "__main__":
    main()
