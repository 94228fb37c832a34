#!/usr/bin/env python3
"""Measures the reading of captures beside tcpdump and tshark in interleaved pairs (goal G6), and appends to runs/.

Four captures are made once (data/captures): `mixed`, TCP sessions of a protocol that nobody knows, 64 at a time,
some segments early or lost; `flows`, a million flows that are all open at once; `rows`, sessions of PostgreSQL with results
of many rows; `web`, a million sessions of HTTP whose answers have all begun and none ended. CPU is user + system of the
child, RSS its peak; ratios are medians of the ratios of pairs.
"""
import argparse
import datetime
import os
import pathlib
import random
import shutil
import statistics
import struct

import compare

DATA = pathlib.Path(__file__).resolve().parent / "data" / "captures"
START = 1_775_001_600


class Capture:
    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 22)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.time = 0

    def packet(self, source, target, ports, numbers, flags, payload=b""):
        self.time += 7
        length = 40 + len(payload)
        self.file.write(
            struct.pack("<IIII", START + self.time // 1_000_000, self.time % 1_000_000, 14 + length, 14 + length)
            + b"\x02" * 12 + b"\x08\x00"
            + struct.pack(">BBHHHBBHII", 0x45, 0, length, 1, 0, 64, 6, 0, source, target)
            + struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 8192, 0, 0) + payload)


class Session:
    """One TCP session; `talk` gives the sides and payloads of its segments."""

    def __init__(self, number, talk, port):
        self.client, self.server = 0xC0000200 + number % 250, 0x0A000000 + number % 60_000
        self.ports = (1024 + number % 60_000, port)
        self.numbers = [number * 7919 & 0xFFFFFFFF, number * 104729 & 0xFFFFFFFF]
        self.talk, self.step = talk, 0

    def send(self, capture, side, flags, payload=b"", early=0):
        ends = (self.client, self.server) if side == 0 else (self.server, self.client)
        ports = self.ports if side == 0 else self.ports[::-1]
        acked = self.numbers[1 - side] if flags & 16 else 0
        capture.packet(*ends, ports, ((self.numbers[side] + early) & 0xFFFFFFFF, acked), flags, payload)

    def note(self, side, count):
        self.numbers[side] = (self.numbers[side] + count) & 0xFFFFFFFF

    def next(self, capture, numbers):
        """Sends the next packet or two; False at the end."""
        self.step += 1
        if self.step <= 3:
            side = (0, 1, 0)[self.step - 1]
            self.send(capture, side, (2, 18, 16)[self.step - 1])
            self.note(side, self.step < 3)
            return True
        segment = next(self.talk, None)
        if segment is None:
            for side in (0, 1):
                self.send(capture, side, 17)
                self.note(side, 1)
            self.send(capture, 0, 16)
            return False
        side, payload = segment
        luck = numbers.random()
        if luck < 0.01 and len(payload) > 1:  # The second half comes before the first.
            half = len(payload) // 2
            self.send(capture, side, 24, payload[half:], early=half)
            self.send(capture, side, 24, payload[:half])
        elif luck > 0.0005:
            self.send(capture, side, 24, payload)
        self.note(side, len(payload))
        return True


def interleave(capture, sessions, at_once, numbers):
    waiting, running = iter(sessions), []
    while True:
        while len(running) < at_once and (session := next(waiting, None)):
            running.append(session)
        if not running:
            return
        place = numbers.randrange(len(running))
        if not running[place].next(capture, numbers):
            running[place] = running[-1]
            running.pop()


def unknown(numbers, noise):
    for _ in range(numbers.randrange(10, 80)):
        yield 0, noise[:numbers.randrange(20, 200)]
        start = numbers.randrange(4096)
        yield 1, noise[start:start + numbers.choice((200, 1448, 1448, 1448))]


def message(kind, body):
    return kind + struct.pack(">I", len(body) + 4) + body


def postgresql(numbers, page):
    start = struct.pack(">I", 196608) + b"user\0sato\0database\0crm\0\0"
    yield 0, struct.pack(">I", len(start) + 4) + start
    yield 1, message(b"R", struct.pack(">I", 0)) + message(b"Z", b"I")
    for _ in range(numbers.randrange(1, 6)):
        yield 0, message(b"Q", b"select * from crm.customers where region = %d\0" % numbers.randrange(99))
        yield 1, message(b"T", struct.pack(">H", 1) + b"name\0" + struct.pack(">IHIhih", 0, 0, 25, -1, -1, 0))
        rows = numbers.randrange(1, 60)
        for _ in range(rows):
            yield 1, page[:1440]
        yield 1, message(b"C", b"SELECT %d\0" % (rows * 15)) + message(b"Z", b"I")


def make(name, packets):
    path = DATA / (name + ".pcap")
    if path.exists():
        return path
    DATA.mkdir(parents=True, exist_ok=True)
    numbers, capture = random.Random(name), Capture(path)
    noise = numbers.randbytes(8192)
    # Fifteen rows of 96 bytes: a segment holds whole ones.
    page = message(b"D", struct.pack(">HI", 1, 85) + b"a customer".ljust(85)) * 15
    assert len(page) == 1440
    if name == "flows":
        for flags in (2, 16, 24):
            for number in range(packets // 3):
                ports = (1024 + number % 50_000, 9000)
                numbers_ = (1000 + (flags != 2), 0 if flags == 2 else 500)
                capture.packet(0xC0000200 + number % 250, 0x0A000000 + number // 50_000, ports, numbers_, flags,
                               b"x" * 40 if flags == 24 else b"")
    elif name == "web":
        ask = b"GET /customers/export.csv HTTP/1.1\r\nHost: crm.example.com\r\nUser-Agent: curl/8.5\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\nid,name\n1,a\n"
        for step in range(4):
            for number in range(packets // 4):
                ends = (0xC0000200 + number % 250, 0x0A000000 + number // 50_000)
                ports = (1024 + number % 50_000, 80)
                if step & 1 == 0:
                    asked = (1000, 0, 2, b"") if step == 0 else (1001, 501, 24, ask)
                    capture.packet(*ends, ports, asked[:2], *asked[2:])
                else:
                    told = (500, 1001, 18, b"") if step == 1 else (501, 1001 + len(ask), 24, answer)
                    capture.packet(*ends[::-1], ports[::-1], told[:2], *told[2:])
    else:
        talk = (lambda: unknown(numbers, noise)) if name == "mixed" else (lambda: postgresql(numbers, page))
        port = 9000 if name == "mixed" else 5432
        mean = 94 if name == "mixed" else 120
        interleave(capture, (Session(n, talk(), port) for n in range(packets // mean)), 64, numbers)
    capture.file.close()
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(pathlib.Path(__file__).resolve().parent.parent / ".build/release/ometsuke"))
    parser.add_argument("--packets", type=int, default=900_000)
    parser.add_argument("--pairs", type=int, default=7)
    chosen = parser.parse_args()
    compare.OUT.mkdir(parents=True, exist_ok=True)
    lines = ["## %s UTC: captures (`captures.py --packets %d --pairs %d`, commit %s)" % (
        datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M"), chosen.packets, chosen.pairs,
        compare.commit()), "",
        "| capture | beside | CPU s, ours | theirs | theirs ÷ ours, CPU | wall | peak MB, ours |", "|---|---|---|---|---|---|---|"]
    for name, modes in (("mixed", ("--flows", "")), ("rows", ("--flows", "")), ("flows", ("--flows", "")), ("web", ("",))):
        path = make(name, {"flows": 3_000_000, "web": 4_000_000}.get(name, chosen.packets))
        for mode in modes:
            ours = [chosen.binary, "capture", "-r", path, "-o", "-"] + ([mode] if mode else [])
            peers = [("tcpdump -w /dev/null", ["tcpdump", "-r", path, "-w", "/dev/null"], chosen.pairs)]
            if shutil.which("tshark") and not mode:
                peers.append(("tshark -z conv,tcp", ["tshark", "-q", "-z", "conv,tcp", "-r", path], 2))
            for title, theirs, count in peers:
                costs = compare.pairs((ours, None), (theirs, None), count)
                lines.append("| %s, %.0f MB, %s | %s | %.2f | %.2f | %.2f | %.2f | %.0f |" % (
                    name, path.stat().st_size / 1e6, "flows alone" if mode else "all protocols", title,
                    compare.middle(costs, 0, "cpu"), compare.middle(costs, 1, "cpu"), compare.ratio(costs, "cpu"),
                    compare.ratio(costs, "wall"), max(ours.rss for ours, _ in costs)))
                print(lines[-1], flush=True)
    report = pathlib.Path(__file__).resolve().parent / "runs" / (
        "%s-%dcore-x86_64.md" % (datetime.date.today(), os.cpu_count()))
    with open(report, "a") as file:
        file.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
