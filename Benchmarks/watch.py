#!/usr/bin/env python3
"""What a watch costs and how late it is: idle, at a rate, from a line to its alert, after an outage.

    Benchmarks/watch.py OUT [--program ometsuke] [--only idle,rate,latency,restart] [--seconds 60] [--outage-rate 2000]
                        [--under "chrt -f 50"]

idle      CPU time of a watch that follows 100 logs in which nothing happens
rate      CPU time an event while 50,000 events a second are written; below 20 µs, one core keeps up
latency   20,000 events a second are written, and among them takings, each by an account of its own: from the write of
          the line to the byte of its alert in the output; p50, p99, the latest
restart   the watch is killed (SIGKILL), ten minutes of events are written, it is started: until the last line's alert

CPU is that of the process (/proc/PID/stat), so other work on the machine does not count; latencies it does lengthen.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

ESTATE = """policy: {time-zone: Asia/Tokyo}
sources:
  - name: crm
    paths: ["logs/*"]
    format: jsonl
    time-zone: UTC
    fields:
      {time: time, account: user, terminal: ip, operation: {field: action, values: {view: read, list: export},
       otherwise: other}, object: object, owner: owner, records: rows, subject: customer}
owners: [{name: Owner 1, delivered: 90000}, {name: Owner 2, delivered: 90000}]
privacy: {key-file: subjects.key}
"""


class Place:
    """A folder with an estate, logs and a running watch."""

    def __init__(self, out, program, under):
        self.out, self.program, self.child = pathlib.Path(out).resolve(), program, None
        self.under = under.split()
        shutil.rmtree(self.out, ignore_errors=True)
        (self.out / "logs").mkdir(parents=True)
        (self.out / "ometsuke.yml").write_text(ESTATE)
        (self.out / "subjects.key").write_text("000102030405060708090a0b0c0d0e0f\n")
        os.chmod(self.out / "subjects.key", 0o600)
        chance = random.Random(1)
        self.bodies = [
            f'"user":"op{int(chance.random() * 200):03}","ip":"192.0.2.{1 + int(chance.random() * 200)}",'
            f'"action":"view","object":"crm.customers","owner":"Owner {1 + int(chance.random() * 2)}","rows":1,'
            f'"customer":"C{int(chance.random() * 90000):06}"}}\n'
            for _ in range(50000)
        ]
        self.seen, self.stop = {}, False

    def start(self):
        self.child = subprocess.Popen(
            self.under + [self.program, "watch", "-q", "-c", "ometsuke.yml", "--store", "s.store", "--metrics", "off",
                          "--threads", "1", "--format", "jsonl", "-o", "found.jsonl"],
            cwd=self.out, stderr=open(self.out / "errors", "ab"),
        )

    def end(self, how=signal.SIGTERM):
        self.child.send_signal(how)
        self.child.wait()

    def cpu(self):
        words = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1000

    def listen(self):
        """Notes when an account first stands in the output."""
        path = self.out / "found.jsonl"
        place = 0
        while not self.stop:
            if path.exists() and path.stat().st_size > place:
                with open(path, "rb") as file:
                    file.seek(place)
                    new = file.read()
                end = new.rfind(b"\n") + 1
                now = time.monotonic()
                for line in new[:end].splitlines():
                    for account in json.loads(line).get("accounts", []):
                        self.seen.setdefault(account, now)
                place += end
            time.sleep(0.002)

    def wait(self, account, limit=900):
        end = time.monotonic() + limit
        while account not in self.seen:
            if time.monotonic() > end or self.child.poll() is not None:
                sys.exit(f"{account}: no alert; see {self.out}/errors")
            time.sleep(0.005)
        return self.seen[account]

    def write(self, file, rate, seconds, every=None, ago=0):
        """Writes events at a rate, of `ago` seconds before; when the lines of takings were written, by account."""
        written, begin, sent, count = {}, time.monotonic(), 0, 0
        while True:
            now = time.monotonic() - begin
            if now >= seconds:
                break
            due = int(now * rate)
            head = now_head(ago)
            lines = [head + self.bodies[place % len(self.bodies)] for place in range(sent, due)]
            account = None
            if every and now >= (count + 1) * every:
                count += 1
                account = f"taker{count:04}"
                lines.append(taking(head, account))
            file.write("".join(lines).encode())
            file.flush()
            if account:
                written[account] = time.monotonic()
            sent = due
            time.sleep(0.005)
        return written, sent


def taking(head, account):
    return head + (f'"user":"{account}","ip":"198.51.100.7","action":"list","object":"crm.customers","owner":"Owner 1",'
                   '"rows":8000}\n')


def now_head(ago=0):
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=ago)
    return '{"time":"' + time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + 'Z",'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--program", default="ometsuke")
    parser.add_argument("--under", default="", help="runs the watch under this, such as 'chrt -f 50' beside other work")
    parser.add_argument("--only", default="idle,rate,latency,restart")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--outage-rate", type=int, default=2000)
    options = parser.parse_args()
    program = shutil.which(options.program)
    for part in options.only.split(","):
        place = Place(f"{options.out}/{part}", program, options.under)
        log = open(place.out / "logs" / "crm.jsonl", "ab")
        ago = 620 if part == "restart" else 0
        place.write(log, 1000, 1, ago=ago)
        if part == "idle":
            for number in range(99):
                with open(place.out / "logs" / f"other{number:02}.jsonl", "ab") as other:
                    place.write(other, 20000, 0.01)
        place.start()
        threading.Thread(target=place.listen, daemon=True).start()
        log.write(taking(now_head(ago), "first").encode())
        log.flush()
        place.wait("first")
        time.sleep(5)
        if part == "idle":
            before, begin = place.cpu(), time.monotonic()
            time.sleep(options.seconds)
            used, passed = place.cpu() - before, time.monotonic() - begin
            print(f"idle: 100 logs, {used:.2f} s of CPU in {passed:.0f} s: {100 * used / passed:.2f} % of a core,"
                  f" peak {place.peak():.0f} MB", flush=True)
        elif part == "rate":
            before, begin = place.cpu(), time.monotonic()
            _, sent = place.write(log, 50000, options.seconds)
            log.write(taking(now_head(), "last").encode())
            log.flush()
            ended = time.monotonic()
            behind = place.wait("last") - ended
            used = place.cpu() - before
            print(f"rate: {sent} events in {ended - begin:.0f} s ({sent / (ended - begin):.0f} a second),"
                  f" {used:.1f} s of CPU: {1e6 * used / sent:.1f} µs an event; {behind:.2f} s behind at the end,"
                  f" peak {place.peak():.0f} MB", flush=True)
        elif part == "latency":
            written, sent = place.write(log, 20000, options.seconds, every=0.25)
            for account in written:
                place.wait(account)
            late = sorted(place.seen[account] - at for account, at in written.items())
            print(f"latency: {sent} events at 20,000 a second, {len(late)} takings: p50 {statistics.median(late):.3f} s,"
                  f" p99 {late[min(len(late) - 1, int(len(late) * 0.99))]:.3f} s, latest {late[-1]:.3f} s", flush=True)
        else:
            place.end(signal.SIGKILL)
            rate, count = options.outage_rate, options.outage_rate * 600
            for second in range(600):
                head = now_head(600 - second)
                lines = (head + place.bodies[(second * rate + at) % 50000] for at in range(rate))
                log.write("".join(lines).encode())
            log.write(taking(now_head(), "last").encode())
            log.flush()
            begin = time.monotonic()
            place.start()
            behind = place.wait("last") - begin
            print(f"restart: {count} events written meanwhile, {behind:.1f} s until the last one was"
                  f" told, {place.cpu():.1f} s of CPU, peak {place.peak():.0f} MB", flush=True)
        place.end()
        place.stop = True
        log.close()


main()
