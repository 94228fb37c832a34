"""What happened, as `ometsuke simulate` tells it (truth.jsonl)."""

import csv
import json
from dataclasses import dataclass, replace
from datetime import datetime

# A taking that lasts longer leaves bit by bit: its loss is counted in proportion.
TRICKLE = 900.0
# An instruction that is approved so much later covers a read, too.
LATE = 86400.0
# Attacks whose tickets are part of them: what these cover is told by the simulator.
TICKETED = ("A7", "A8")


def moment(text):
    """Seconds since 1970 of an RFC 3339 time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclass(frozen=True)
class Happening:
    """A taking, or an occurrence of a look-alike."""

    code: str
    number: int
    time: float
    until: float
    account: str
    person: str
    terminal: str
    address: str
    owner: str
    records: int
    first: int
    stated: bool
    covered: int
    hidden: str

    @property
    def names(self):
        """Whatever an incident may call the one who did it."""
        return {name for name in (self.account, self.person, self.terminal, self.address) if name}

    def taken_by(self, time):
        """How many of its records had left at a time."""
        if time < self.time:
            return 0
        if time >= self.until or self.until - self.time <= TRICKLE:
            return self.records
        return int(self.records * (time - self.time) / (self.until - self.time))


class Truth:
    def __init__(self, path):
        self.takings, self.occurrences = [], []
        self.delivered = {}
        self.days = self.accounts = 0
        self.titles = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self._add(json.loads(line))

    def _add(self, item):
        kind = item["kind"]
        if kind == "simulation":
            self.days, self.accounts = item["days"], item["accounts"]
        elif kind == "owner":
            self.delivered[item["owner"]] = item["delivered"]
        elif kind in ("taking", "occurrence"):
            happening = Happening(
                item["id"], item["n"], moment(item["time"]), moment(item["until"]),
                item["account"], item["person"] or "", item["terminal"], item["address"],
                item["owner"] or "", item["records"], item["first"],
                item["stated"] is not None, item["covered"], item["hidden"] or "",
            )
            (self.takings if kind == "taking" else self.occurrences).append(happening)
        else:
            self.titles[item["id"]] = item["title"]

    def attack(self, code):
        """Takings of one attack, in order of time."""
        return sorted((t for t in self.takings if t.code == code), key=lambda t: (t.time, t.number))


def tickets(path):
    """The register of the estate: what was instructed, whoever used it for what."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def beside(takings, register):
    """The same takings, with what an instruction covers that their actor had for that owner at that time.

    Who takes a customer's records while working for them by a ticket may be covered by it, and no log says that it
    was something else.
    """
    return [
        taking if taking.code in TICKETED
        else replace(taking, covered=max(taking.covered, *(_covered(taking, t) for t in register), 0))
        for taking in takings
    ]


def _covered(taking, ticket):
    if ticket["executor"] not in (taking.account, taking.person) or ticket["owner"] != taking.owner:
        return 0
    opened, closed = (moment(ticket[name]) if ticket[name] else None for name in ("opened", "closed"))
    if opened is not None and taking.until < opened - LATE or closed is not None and taking.time > closed:
        return 0
    return min(taking.records, int(ticket["most_records"] or taking.records))


def distinct(takings, until=float("inf")):
    """Persons whose records had left by a time: the union of the stretches, owner by owner."""
    stretches = {}
    for taking in takings:
        count = taking.taken_by(until)
        if count:
            stretches.setdefault(taking.owner, []).append((taking.first, taking.first + count))
    total = 0
    for ranges in stretches.values():
        end = 0
        for low, high in sorted(ranges):
            total += max(0, high - max(low, end))
            end = max(end, high)
    return total
