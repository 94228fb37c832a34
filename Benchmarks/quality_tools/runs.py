"""Simulates, scans and judges: one estate without attacks a seed, then one attack at a time."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timezone

from . import baselines, rows
from .scoring import (
    SEVERITIES, actors, credited, falsehoods, note, rests_on, score, suspicion,
)
from .truth import Truth, beside, tickets

LEVELS = (SEVERITIES.index("medium"), SEVERITIES.index("high"))
# What the default `--fail-on high` calls found.
ALERT = SEVERITIES.index("high")
SOURCES = ("app", "postgresql", "web", "cti", "syslog", "audit", "flows")


@dataclass
class Options:
    binary: str
    days: int
    accounts: int
    scratch: str
    estates: tuple = ("declared", "undeclared")
    with_baselines: bool = True
    verify: bool = True


@dataclass
class Ground:
    """What a seed raises without an attack."""

    seed: int
    days: int = 0
    false: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    baselines: dict = field(default_factory=dict)
    indexes: dict = field(default_factory=dict)


class Estate:
    """A simulated estate on disk, gone when it has been judged."""

    def __init__(self, options, seed, attacks):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="quality-", dir=options.scratch)
        command = [
            options.binary, "simulate", f"{self.folder}/estate", "--seed", str(seed),
            "--days", str(options.days), "--accounts", str(options.accounts),
            "--attacks", attacks,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.path = f"{self.folder}/estate"
        self.truth = Truth(f"{self.path}/truth.jsonl")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def configuration(self, estate):
        """The estate file as declared, or as somebody leaves it who declares less."""
        declared = f"{self.path}/ometsuke.yml"
        if estate == "declared":
            return declared
        with open(declared, encoding="utf-8") as file:
            text = file.read()
        path = f"{self.path}/{estate}.yml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(reduced(text, estate))
        return path

    def scan(self, estate, until=None):
        """Incidents as suspicions; everything that lies in `logs` is read."""
        output = f"{self.folder}/findings.jsonl"
        command = [
            self.options.binary, "scan", "--quiet", "--config", self.configuration(estate),
            "--format", "jsonl", "--output", output, "--threads", "1", f"{self.path}/logs",
        ]
        if until is not None:
            stamp = datetime.fromtimestamp(until, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            command[2:2] = ["--to", stamp]
        status = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        # 3: part could not be read, as a source without a decoder.
        if status.returncode not in (0, 1, 3):
            raise RuntimeError(f"{' '.join(command)}: {status.returncode} {status.stderr}")
        with open(output, encoding="utf-8") as lines:
            items = [json.loads(line) for line in lines]
        return [suspicion(item) for item in items if item["kind"] == "incident"]

    def tickets(self):
        return tickets(f"{self.path}/tickets.csv")

    def baselines(self):
        extract = rows.Extract(f"{self.path}/logs")
        return baselines.raise_all(
            extract, f"{self.path}/ometsuke.yml", f"{self.path}/tickets.csv")


def reduced(text, estate):
    """`undeclared`: no tickets, jobs or delegations. `bare`: only how the logs are to be read."""
    def without(section, text):
        return re.sub(rf"(?m)^{section}:\n(?:[ \n].*\n|\n)*", "", text)

    gone = ["authorisations"]
    if estate == "bare":
        gone += ["organisations", "owners", "datasets", "accounts", "terminals"]
    for section in gone:
        text = without(section, text)
    return text


def ground(options, seed):
    """The estate without attacks, with every look-alike."""
    found = Ground(seed)
    with Estate(options, seed, "none") as estate:
        found.days = estate.truth.days
        for kind in options.estates:
            suspicions = estate.scan(kind)
            found.false[kind] = {
                level: falsehoods(estate.truth, suspicions, level) for level in LEVELS
            }
            found.keys[kind] = frozenset().union(*(item.keys() for item in suspicions))
        if options.with_baselines:
            found.baselines = estate.baselines()
            found.indexes = {n: baselines.Index(a) for n, a in found.baselines.items()}
    return found


def attack(options, seed, code, base):
    """One attack in the same estate."""
    rows.keep(seed)
    with Estate(options, seed, code) as estate:
        takings = estate.truth.attack(code)
        result = {
            "seed": seed, "code": code, "title": estate.truth.titles[code], "takings": takings,
            "estates": {}, "baselines": {},
        }
        for kind in options.estates:
            known = base.keys[kind]
            suspicions = estate.scan(kind)
            # Who declares no register has none that covers.
            told = beside(takings, estate.tickets()) if kind == "declared" else takings
            result["estates"][kind] = {
                level: score(code, told, suspicions, level, known) for level in LEVELS
            }
            held = result["estates"][kind][ALERT]
            held["extra"] = unexplained(takings, suspicions, known)
            if options.verify and held["found"] and kind == options.estates[0]:
                held["verified"] = is_told(estate, kind, code, takings, held, known)
        if options.with_baselines:
            raised = estate.baselines()
            result["baselines"] = {
                name: [
                    baselines.candidates(part, alerts, base.indexes[name])
                    for part in actors(code, takings)
                ]
                for name, alerts in raised.items()
            }
    return result


def unexplained(takings, suspicions, known):
    """Incidents that neither the takings nor the same estate without them explain."""
    notes = []
    for item in suspicions:
        fresh = [
            alert for alert in item.at(ALERT)
            if (item.actor, alert.detector, round(alert.time, 3)) not in known
        ]
        if fresh and not any(rests_on(a, item, t) for a in fresh for t in takings):
            notes.append(note(item, ALERT))
    return notes


def is_told(estate, kind, code, takings, held, known):
    """Whether a scan that ends a second after the alert has it: severities grow later, times not."""
    suspicions = estate.scan(kind, until=held["alert"] + 2)
    return any(
        credited(part, suspicions, ALERT, known)[0] is not None
        for part in actors(code, takings)
    )


def mixed(options, seed, codes):
    """Several attacks at once: of all, two fall to each administrator, so incidents are shared."""
    with Estate(options, seed, ",".join(codes)) as estate:
        suspicions = estate.scan(options.estates[0])
        return {
            code: credited(estate.truth.attack(code), suspicions, ALERT, frozenset())[0] is not None
            for code in codes
        }


def processor_count():
    return len(os.sched_getaffinity(0))
