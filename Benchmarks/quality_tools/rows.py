"""The reads that simulated logs tell of, for the baselines: who, when, whose, how many.

Plain regular expressions over the formats of docs/simulate.md; nothing of the program is used. Times
are seconds since 1970, days those of Asia/Tokyo. Counts are what the line states: COPY and FETCH
state 0 and the portal states bytes alone, which is what a rule on rows has to live with.
"""

import csv
import glob
import io
import os
import re
import zlib
from calendar import timegm
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

ZONE = 9 * 3600
DAY = 86400
# Of the bytes that the estate file declares for one exported record.
BYTES_PER_RECORD = 200
# The fixed rule on the rows of an account and day.
ROWS_A_DAY = 10_000

BULK = re.compile(
    rb'^\{"ts":"([0-9-]{10})T(\d\d):(\d\d):(\d\d)\.(\d{3})Z","user":"([^"]*)","ip":"([^"]*)",'
    rb'"action":"(search|csv_export|list_extract|result_export|report)",'
    rb'"screen":"[^"]*","list":"([^"/]*)/.*?"rows":(\d+).*?"result":"ok"'
)
PORTAL = re.compile(
    rb'^(\S+) - (\S+) \[(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) \+0900\] "GET /lists/(\S+)/\S+ '
    rb'HTTP/1\.1" 200 (\d+)',
    re.MULTILINE,
)
READS = re.compile(r"^AUDIT: SESSION,\d+,\d+,(?:READ|MISC),(SELECT|COPY|FETCH)\b")
TABLE = re.compile(r"\b([a-z_]+)\.customers\b")
MONTHS = {m: i + 1 for i, m in enumerate(
    b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())}


@dataclass(frozen=True)
class Read:
    """One bulk read, or one that could be."""

    time: float
    account: str
    terminal: str
    rows: int
    export: bool
    owner: str


class Activity:
    """What one account did on one day."""

    __slots__ = ("views", "without_call", "rows", "most", "exports", "owners", "terminals",
                 "off_hours", "crossed")

    def __init__(self):
        self.views = self.without_call = self.rows = self.most = self.exports = 0
        self.off_hours = 0
        self.owners, self.terminals = set(), set()
        # When the day's rows passed the limit of the fixed rule.
        self.crossed = None


def is_off_hours(hour):
    return not 8 <= hour < 21


@lru_cache(maxsize=4096)
def midnight(text):
    """Begin of a day, UTC, of `2024-04-01`."""
    year, month, day = (int(part) for part in text.split("-"))
    return timegm((year, month, day, 0, 0, 0))


def application(data):
    """Single views, counted by hour, account, terminal, owner and call; bulk reads."""
    views, reads = Counter(), []
    for line in data.split(b"\n"):
        part = line.split(b'"')
        if len(part) < 24:
            continue
        if part[15] == b"view":
            owner = part[23].split(b"/", 1)[0]
            views[part[3][11:13], part[7], part[11], owner, b'"call_id"' in line] += 1
            continue
        match = BULK.match(line)
        if match is None:
            continue
        date, hour, minute, second, milli, user, ip, action, owner, rows = match.groups()
        time = midnight(date.decode()) + int(hour) * 3600 + int(minute) * 60 + int(second)
        reads.append(Read(time + int(milli) / 1000, user.decode(), ip.decode(), int(rows),
                          action != b"search", owner.decode()))
    counts = [
        ((int(hour) + 9) % 24, user.decode(), ip.decode(), owner.decode(), call, count)
        for (hour, user, ip, owner, call), count in views.items()
    ]
    return counts, reads


def database(data):
    reads = []
    for record in csv.reader(io.StringIO(data.decode(), newline="")):
        match = READS.match(record[13]) if len(record) > 13 else None
        if match is None or "count(*)" in record[13]:
            continue
        command, table = match.group(1), TABLE.search(record[13])
        if command != "FETCH" and table is None:
            continue
        stamp, count = record[0], record[13].rsplit(",", 1)[-1]
        time = midnight(stamp[:10]) - ZONE + int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60
        reads.append(Read(
            time + float(stamp[17:23]), record[1], record[4].rsplit(":", 1)[0],
            int(count) if count.isdigit() else 0, command == "COPY",
            table.group(1).replace("_", "-") if table else "",
        ))
    return [], reads


def portal(data):
    reads = []
    for match in PORTAL.finditer(data):
        ip, user, day, month, year, hour, minute, second, owner, size = match.groups()
        clock = (int(year), MONTHS[month], int(day), int(hour), int(minute), int(second))
        reads.append(Read(float(timegm(clock) - ZONE), user.decode(), ip.decode(),
                          int(size) // BYTES_PER_RECORD, True, owner.decode()))
    return [], reads


SOURCES = {"app": application, "postgresql": database, "web": portal}
# By name and content: most days of an estate are the same with and without an attack.
_parsed = {}


def parse(source, path):
    with open(path, "rb") as file:
        data = file.read()
    key = (source, os.path.basename(path), len(data), zlib.crc32(data))
    if key not in _parsed:
        _parsed[key] = SOURCES[source](data)
    return _parsed[key]


def keep(seed):
    """Forgets the days of other seeds."""
    if _parsed.get("seed") != seed:
        _parsed.clear()
        _parsed["seed"] = seed


class Extract:
    """All reads of a folder of logs: bulk ones by line, all of them by account and day."""

    def __init__(self, folder):
        self.reads = []
        self.days = {}
        for source in SOURCES:
            for path in sorted(glob.glob(f"{folder}/{source}/*")):
                # A file is a day of Asia/Tokyo.
                number = midnight(re.search(r"\d{4}-\d\d-\d\d", path).group()) // DAY
                views, reads = parse(source, path)
                for view in views:
                    self._view(number, *view)
                for read in reads:
                    self._note(read)
        self.reads.sort(key=lambda r: (r.time, r.account, r.rows))
        self._cross()

    def _day(self, account, number):
        day = self.days.get((account, number))
        if day is None:
            day = self.days[account, number] = Activity()
        return day

    def _view(self, number, hour, account, terminal, owner, has_call, count):
        day = self._day(account, number)
        day.views += count
        day.rows += count
        day.most = max(day.most, 1)
        day.without_call += 0 if has_call else count
        day.owners.add(owner)
        day.terminals.add(terminal)
        day.off_hours += count * is_off_hours(hour)

    def _note(self, read):
        day = self._day(read.account, int((read.time + ZONE) // DAY))
        day.rows += read.rows
        day.most = max(day.most, read.rows)
        day.exports += read.export
        day.owners.add(read.owner)
        day.terminals.add(read.terminal)
        day.off_hours += is_off_hours((read.time + ZONE) % DAY // 3600)
        self.reads.append(read)

    def _cross(self):
        """When a day's rows pass the limit: its views are taken to come first."""
        sums = {}
        for read in self.reads:
            key = (read.account, int((read.time + ZONE) // DAY))
            day = self.days[key]
            if day.rows <= ROWS_A_DAY or day.crossed is not None:
                continue
            sums[key] = sums.get(key, day.views) + read.rows
            if sums[key] > ROWS_A_DAY:
                day.crossed = read.time
