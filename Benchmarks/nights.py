#!/usr/bin/env python3
"""Years as single nights: a log comes every day, `nightly` runs after it, and at the end all is held against one scan.

    Benchmarks/nights.py OUT [--program ometsuke] [--years 10] [--reads 100] [--seed 1] [--unstated 0.3] [--skip 41]

The estate is that of ten_years.py, beside it. Each night that runs finds one more log (two after each SKIPth night,
which does not run). For each year: nights, wall and CPU time, peak memory, size of the store, its free pages left out,
and what strace sees opened under logs/ on the last night of the year. Incidents are compared byte by byte with those of
one scan over all logs, ledger and coverage with those of a store made in one night. Ends with 1 when anything differs.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def run(arguments, folder, quiet=True):
    """Exit status, wall and CPU seconds, peak MB of a child."""
    sink = subprocess.DEVNULL if quiet else None
    begin = time.monotonic()
    child = subprocess.Popen(arguments, cwd=folder, stdout=sink, stderr=subprocess.PIPE)
    problem = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    return child.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000, problem


def size(store):
    """Bytes of a store, and those of them that are free: by the header of SQLite's file."""
    with open(store, "rb") as file:
        head = file.read(100)
    page = struct.unpack(">H", head[16:18])[0]
    page = 65536 if page == 1 else page
    pages, free = struct.unpack(">I", head[28:32])[0], struct.unpack(">I", head[36:40])[0]
    return pages * page, free * page


def opened(trace):
    """Logs opened, by the output of strace."""
    with open(trace) as file:
        calls = [line for line in file if "logs/" in line and "O_DIRECTORY" not in line and " = -1 " not in line]
    return len({call.split('"')[1] for call in calls})


def export(program, folder, store, table):
    arguments = [program, "state", "export", table, "--format", "jsonl", "--store", store]
    return subprocess.run(arguments, cwd=folder, capture_output=True, check=True).stdout.decode().splitlines()


def incidents(lines):
    mark = '"incident":'
    return sorted(line[line.index(mark) + len(mark):-1] for line in lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--program", default="ometsuke")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--reads", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unstated", type=float, default=0.3)
    parser.add_argument("--skip", type=int, default=41)
    options = parser.parse_args()
    program = shutil.which(options.program)
    out = pathlib.Path(options.out).resolve()
    subprocess.run(
        [sys.executable, HERE / "ten_years.py", out, "--years", str(options.years), "--reads", str(options.reads),
         "--seed", str(options.seed), "--unstated", str(options.unstated)],
        check=True,
    )
    (out / "logs").rename(out / "later")
    (out / "logs").mkdir()
    names = sorted(path.name for path in (out / "later").iterdir())
    base = [program, "nightly", "-c", "ometsuke.yml", "--fail-on", "never"]
    has_strace = shutil.which("strace") is not None
    print("| year | nights | wall s, median | highest | CPU s, median | highest | peak MB | store MB | of it free |"
          " logs known | opened on its last night |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    year = []
    for number, name in enumerate(names, 1):
        (out / "later" / name).rename(out / "logs" / name)
        is_last = number % 365 == 0 or number == len(names)
        if number % options.skip == 0 and not is_last:
            continue
        date = datetime.date.fromisoformat(name[:10]) + datetime.timedelta(days=1)
        night = base + ["--store", "nights.store", "--now", f"{date}T02:00:00Z"]
        traced = is_last and has_strace
        if traced:
            night = ["strace", "-f", "-e", "trace=open,openat", "-o", out / "trace"] + night
        status, wall, cpu, peak, problem = run(night, out)
        if status not in (0, 3):
            sys.exit(f"night {number} ended with {status}: {problem}")
        if not traced:
            year.append((wall, cpu, peak))
        if is_last:
            walls, cpus, peaks = zip(*year)
            total, free = size(out / "nights.store")
            looked = opened(out / "trace") if traced else "–"
            print(f"| {-(-number // 365)} | {len(year) + traced} | {statistics.median(walls):.2f} | {max(walls):.2f}"
                  f" | {statistics.median(cpus):.2f} | {max(cpus):.2f} | {max(peaks):.0f} | {(total - free) / 1e6:.1f}"
                  f" | {free / 1e6:.1f} | {number} | {looked} |", flush=True)
            year = []
    status, wall, cpu, peak, problem = run(
        [program, "scan", "-q", "-c", "ometsuke.yml", "--format", "jsonl", "--fail-on", "never", "-o", "scan.jsonl",
         "logs"],
        out,
    )
    if status not in (0, 3):
        sys.exit(f"the scan ended with {status}: {problem}")
    print(f"\nscan: {wall:.1f} s wall, {cpu:.1f} s CPU, {peak:.0f} MB")
    status, wall, cpu, peak, problem = run(base + ["--store", "one.store", "--now", f"{date}T02:00:00Z"], out)
    if status not in (0, 3):
        sys.exit(f"the one night ended with {status}: {problem}")
    total, _ = size(out / "one.store")
    print(f"one night: {wall:.1f} s wall, {cpu:.1f} s CPU, {peak:.0f} MB, store {total / 1e6:.1f} MB")
    with open(out / "scan.jsonl") as file:
        scanned = sorted(line.rstrip("\n") for line in file if line.startswith('{"kind":"incident"'))
    found = incidents(export(program, out, "nights.store", "incidents"))
    differs = found != scanned or not found
    print(f"incidents: {len(found)} of the nights, {len(scanned)} of one scan,"
          f" {'the same bytes' if not differs else 'NOT the same'}")
    for table in ["coverage", "ledger", "late"]:
        one, many = (export(program, out, store, table) for store in ("one.store", "nights.store"))
        if one != many:
            differs = True
        print(f"{table}: {len(many)} lines, {'the same bytes' if one == many else 'NOT the same'} as of one night")
    for check in (["state", "verify"], ["verify"]):
        status, wall, cpu, peak, problem = run([program] + check + ["--store", "nights.store"], out)
        print(f"{' '.join(check)}: exit status {status}, {wall:.1f} s wall, {cpu:.1f} s CPU, {peak:.0f} MB")
        differs = differs or status != 0
    sys.exit(1 if differs else 0)


main()
