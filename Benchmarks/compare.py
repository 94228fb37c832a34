#!/usr/bin/env python3
"""Measures ometsuke and its peers in interleaved pairs and appends the ratios to runs/.

CPU is user + system of the child (wait4), wall and peak RSS likewise. Ratios are medians of the ratios of
pairs, so that what slows the machine for a while falls on both. Tools that are missing are left out and
named. `compare.py --help` for the sizes; generate.py makes the data, run.sh does all of it.
"""
import argparse
import collections
import csv
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"
OUT = DATA / "out"
Cost = collections.namedtuple("Cost", "wall cpu rss status")


def run(command, output=None):
    """One child from start to end. 0 and 1 (findings) are success for ometsuke."""
    with open(output or os.devnull, "wb") as out, open(OUT / "stderr", "wb") as err:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
        path = shutil.which(str(command[0])) or str(command[0])
        start = time.perf_counter()
        child = os.posix_spawn(path, [str(word) for word in command], os.environ, file_actions=actions)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1) or (code == 1 and "ometsuke" not in path):
        raise SystemExit("%s: status %d\n%s" % (command, code, (OUT / "stderr").read_text()[-2000:]))
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code)


def pairs(ours, theirs, count, warm=True):
    """Costs of A B A B …; commands are (words, output file)."""
    if warm:  # page cache, and what is compiled on first use
        run(*ours)
        run(*theirs)
    return [(run(*ours), run(*theirs)) for _ in range(count)]


def ratio(costs, key, turned=False):
    """Median over the pairs of theirs ÷ ours (turned: ours ÷ theirs)."""
    found = [(getattr(b, key), getattr(a, key)) for a, b in costs]
    return statistics.median((o / t) if turned else (t / o) for t, o in found)


def middle(costs, place, key):
    return statistics.median(getattr(pair[place], key) for pair in costs)


class Report:
    def __init__(self, chosen):
        cores, self.binary = os.cpu_count(), chosen.binary
        self.rows, self.notes, self.commands = [], [], []
        self.path = HERE / "runs" / ("%s-%dcore-x86_64.md" % (datetime.date.today(), cores))
        words = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((w.split(":", 1)[1].strip() for w in words if w.startswith("model name")), "?")
        self.head = [
            "## %s UTC" % datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M"), "",
            "- machine: %s, %d cores, load at the start %.1f" % (model, cores, os.getloadavg()[0]),
            "- work: %s events of each kind (%s)" % (
                format(chosen.events, ","),
                ", ".join("%s %.0f MB" % (p.stem, p.stat().st_size / 1e6) for p in chosen.inputs)),
            "- %d pairs; slow peers %d" % (chosen.pairs, chosen.slow_pairs),
            "- ometsuke %s, commit %s" % (text(chosen.binary, "--version"), commit()),
        ]
        if os.getloadavg()[0] > 0.5:
            self.head.append("- other work ran on the machine: ratios of wall time (G8, G9, G10) are indicative")

    def add(self, goal, what, wanted, measured, holds):
        state = "holds" if holds else "missed"
        self.rows.append((goal, what, wanted, measured, state))
        print("%-4s %-44s %-22s %s: %s" % (goal, what, wanted, measured, state), flush=True)

    def note(self, line):
        self.notes.append("- " + line)
        print("     " + line, flush=True)

    def command(self, words):
        line = " ".join("ometsuke" if w == self.binary else str(w) for w in words)
        line = line.replace(str(HERE.parent) + "/", "")
        if line not in self.commands:
            self.commands.append(line)

    def write(self):
        lines = list(self.head) + ["", "| goal | what | wanted | measured | |", "|---|---|---|---|---|"]
        lines += ["| %s |" % " | ".join(row) for row in self.rows]
        lines += [""] + self.notes + ["", "Commands:", ""] + ["    " + c for c in self.commands] + [""]
        new = not self.path.exists()
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "a", encoding="utf-8") as out:
            if new:
                out.write("# Runs of Benchmarks/compare.py\n\n")
            out.write("\n".join(lines) + "\n")
        print("appended to", self.path)


def text(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def commit():
    found = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def scan(chosen, kind, path, threads=1):
    words = [chosen.binary, "scan", "-q", "-c", HERE / (kind + ".yml"), "--detectors", "bulk-export",
             "--format", "jsonl", "--threads", threads, path]
    return words, OUT / (kind + ".ours.jsonl")


def duckdb(chosen, kind, path):
    out = OUT / (kind + ".duckdb.csv")
    return [chosen.python, HERE / "duckdb_sql.py", kind, path, out], OUT / "duckdb.stdout"


def our_peaks(path, *names):
    """Peaks of the counters `names` by account, over all findings of the account."""
    peaks = {}
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            for finding in line.get("findings", ()):
                kind, _, account = finding["counter"].partition(" ")
                if kind != "account":
                    continue
                new = [finding["counters"][name] for name in names]
                peaks[account] = list(map(max, peaks.get(account, new), new))
    return peaks


def identity(report, goal, ours, path, columns):
    """Whether both name the same accounts with the same peaks; `columns` are those both can state."""
    with open(path, newline="") as rows:
        theirs = {row[0]: [int(float(value)) for value in row[1:columns + 1]] for row in csv.reader(rows)}
    alike = sum(theirs.get(account) == peaks for account, peaks in ours.items())
    names = "%d counters" % columns if columns > 1 else "1 counter"
    if ours == theirs and ours:
        report.note("%s rows identical: %d accounts, every peak of %s" % (goal, len(ours), names))
        return True
    report.note("%s rows differ: %d accounts here, %d in DuckDB, %d alike" % (
        goal, len(ours), len(theirs), alike))
    different = sorted(k for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k))
    for account in different[:3]:
        report.note("%s %s: here %s, DuckDB %s" % (goal, account, ours.get(account), theirs.get(account)))
    return False


def against_duckdb(chosen, report, goal, kind, path, wanted, counters):
    ours, theirs = scan(chosen, kind, path), duckdb(chosen, kind, path)
    report.command(ours[0])
    report.command(theirs[0])
    costs = pairs(ours, theirs, chosen.pairs)
    same = identity(report, goal, our_peaks(ours[1], *counters), theirs[0][-1], len(counters))
    times = ratio(costs, "cpu")
    report.add(goal, kind + ", CPU v. DuckDB, one thread", "≤ 1/%d" % wanted, "1/%.2f" % times,
               times >= wanted and same)
    report.note("%s %s: here %.2f s CPU, %.2f s wall, %.0f MB; DuckDB %.2f s, %.2f s, %.0f MB" % (
        goal, kind, *(middle(costs, p, k) for p in (0, 1) for k in ("cpu", "wall", "rss"))))
    report.note("%s %s: %.0f ns CPU an event" % (goal, kind, middle(costs, 0, "cpu") * 1e9 / chosen.events))
    return costs


def against_tool(chosen, report, goal, kind, path, tool, words, wanted):
    if not shutil.which(tool):
        report.note("%s: %s is not installed, left out" % (goal, tool))
        return
    if chosen.slow_pairs < 1:
        report.note("%s: %s left out, --slow-pairs 0" % (goal, tool))
        return
    ours, theirs = scan(chosen, kind, path), (words, OUT / ("%s.%s" % (kind, tool)))
    report.command(words)
    costs = pairs(ours, theirs, chosen.slow_pairs, warm=False)
    times = ratio(costs, "cpu")
    report.add(goal, "%s, CPU v. %s" % (kind, tool), "≤ 1/%d" % wanted, "1/%.1f" % times, times >= wanted)


def full(chosen, report):
    path, twice = DATA / ("full-%d.jsonl" % chosen.events), DATA / ("full-%d.jsonl" % (2 * chosen.events))
    counters = ("records_1h", "owners_1h", "records_24h", "owners_24h")
    costs = against_duckdb(chosen, report, "G1", "full", path, 8, counters)
    peak = middle(costs, 0, "rss")
    report.add("G7", "full, peak memory", "≤ 64 MB", "%.0f MB" % peak, peak <= 64)
    costs = pairs(scan(chosen, "full", path), scan(chosen, "full", twice), min(3, chosen.pairs), warm=False)
    growth = ratio(costs, "rss") - 1
    report.add("G7", "full, peak memory at twice the period", "< +5 %", "%+.1f %%" % (100 * growth),
               growth < 0.05)


def decode(chosen, report):
    path = DATA / ("full-%d.jsonl" % chosen.events)
    if not (chosen.decode_pass.exists() and chosen.simdjson.exists()):
        report.note("G3: decode-pass or simdjson_fields was not built, left out")
        return
    ours = [chosen.decode_pass, HERE / "full.yml", path], OUT / "decode.ours"
    theirs = [chosen.simdjson, path], OUT / "decode.simdjson"
    report.command(ours[0])
    report.command(theirs[0])
    costs = pairs(ours, theirs, max(9, chosen.pairs))
    words = [out.read_text().split() for _, out in (ours, theirs)]
    # "N lines, N rows, 0 rejected, SUM records, …" and "N lines, 0 broken, SUM rows, …"
    same = words[0][0] == words[1][0] and words[0][6] == words[1][4]
    report.note("G3 lines and sum of records: %s" % ("identical" if same else "DIFFER"))
    times = ratio(costs, "cpu", turned=True)
    report.add("G3", "full, CPU of strict decode v. simdjson's four fields", "≤ 2", "%.2f" % times,
               times <= 2 and same)
    report.note("G3 ns CPU an event: here %.0f, simdjson %.0f" % tuple(
        middle(costs, place, "cpu") * 1e9 / chosen.events for place in (0, 1)))


def web(chosen, report):
    path = DATA / ("web-%d.log" % chosen.events)
    against_duckdb(chosen, report, "G4", "web", path, 7, ("records_1h", ))
    script = HERE / "windows.awk"
    against_tool(chosen, report, "G4", "web", path, "mawk", ["mawk", "-f", script, path], 20)
    words = ["goaccess", path, "--log-format=COMBINED", "-o", OUT / "goaccess.json"]
    against_tool(chosen, report, "G4", "web", path, "goaccess", words, 40)


def csvlog(chosen, report):
    path = DATA / ("csvlog-%d.csv" % chosen.events)
    counters = ("records_1h", "owners_1h", "records_24h", "owners_24h")
    against_duckdb(chosen, report, "G5", "csvlog", path, 6, counters)
    words = ["pgbadger", "-q", "-f", "csv", "-o", OUT / "pgbadger.html", path]
    against_tool(chosen, report, "G5", "csvlog", path, "pgbadger", words, 50)


def compressed(chosen, report):
    plain = DATA / ("full-%d.jsonl" % chosen.events)
    for ending, tool, words, wanted in (
        (".zst", "zstd", ["zstd", "-dcq"], 1.3), (".gz", "igzip", ["igzip", "-dc"], 1.1),
    ):
        path = plain.with_name(plain.name + ending)
        if not shutil.which(tool):
            report.note("G8: %s is not installed, left out" % tool)
            continue
        ours, theirs = scan(chosen, "full", path, threads=2), (words + [path], None)
        report.command(ours[0])
        report.command(theirs[0])
        times = ratio(pairs(ours, theirs, chosen.pairs), "wall", turned=True)
        report.add("G8", "full%s, wall on two threads v. %s" % (ending, " ".join(words)), "≤ %.1f" % wanted,
                   "%.2f" % times, times <= wanted)


def threads(chosen, report):
    path = DATA / ("full-%d.jsonl" % chosen.events)
    one = scan(chosen, "full", path, 1)
    two = scan(chosen, "full", path, 2)[0], OUT / "full.two.jsonl"
    costs = pairs(two, one, chosen.pairs)
    same = one[1].read_bytes() == two[1].read_bytes()
    report.note("G9 output of one and two threads: %s" % ("byte-identical" if same else "DIFFERS"))
    times = ratio(costs, "wall", turned=True)
    report.add("G9", "full, wall of two threads v. one", "≤ 0.72", "%.2f" % times, times <= 0.72 and same)


def start_up(chosen, report):
    source, hello = OUT / "hello.c", OUT / "hello"
    source.write_text('#include <stdio.h>\nint main(void) { puts("hello"); }\n')
    compiler = next((c for c in ("cc", "clang", "gcc") if shutil.which(c)), None)
    if not compiler:
        report.note("G10: no C compiler, left out")
        return
    subprocess.run([compiler, "-O2", "-o", hello, source], check=True)
    costs = pairs(([chosen.binary, "--version"], None), ([hello], None), 100)
    more = statistics.median((a.wall - b.wall) * 1000 for a, b in costs)
    least = [min(pair[place].wall for pair in costs) * 1000 for place in (0, 1)]
    report.note("G10 fastest of 100: here %.1f ms, hello %.1f ms" % tuple(least))
    report.add("G10", "--version, wall above a C hello", "≤ +2.5 ms", "%+.1f ms" % more, more <= 2.5)


def main():
    parts = {"full": full, "decode": decode, "web": web, "csvlog": csvlog, "compressed": compressed, "threads": threads,
             "start-up": start_up}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=3_200_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--slow-pairs", type=int, default=5, help="for mawk, goaccess and pgbadger")
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parent / ".build/release/ometsuke")
    parser.add_argument("--python", type=pathlib.Path, default=HERE.parent / ".venv-bench/bin/python")
    parser.add_argument("--decode-pass", type=pathlib.Path, default=DATA / "decode-pass")
    parser.add_argument("--simdjson", type=pathlib.Path, default=DATA / "simdjson_fields")
    parser.add_argument("--only", nargs="*", choices=parts, default=list(parts))
    chosen = parser.parse_args()
    chosen.inputs = [path for path in (
        DATA / ("full-%d.jsonl" % chosen.events), DATA / ("web-%d.log" % chosen.events),
        DATA / ("csvlog-%d.csv" % chosen.events)) if path.exists()]
    OUT.mkdir(parents=True, exist_ok=True)
    report = Report(chosen)
    try:
        for name in chosen.only:
            parts[name](chosen, report)
    finally:
        if report.rows:
            report.write()


if __name__ == "__main__":
    main()
