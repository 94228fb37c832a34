"""Incidents held against the truth: which belongs to what, and what was lost until then.

An *alert* is a finding at or above a severity; a *suspicion* is an incident with its findings. The
same rules hold for ours and for the baselines:

- An alert rests on a taking when the incident names who did it (account, person, terminal or
  address) and the taking began before the alert and ended after the first thing the alert counts.
- It counts for the attack only if the same estate without the attack does not raise it as well.
- The first alert that counts is when the attack was known. What had left by then is lost.
"""

from dataclasses import dataclass, field

from .truth import distinct, moment

SEVERITIES = ["informational", "low", "medium", "high", "critical"]
HOUR, DAY = 3600.0, 86400.0
WINDOWS = {
    "1m": 60, "10m": 600, "1h": HOUR, "24h": DAY, "day": DAY, "7d": 7 * DAY, "30d": 30 * DAY,
    "90d": 90 * DAY, "365d": 365 * DAY, "lifetime": float("inf"),
}
# Clocks differ by seconds, and R14 asks for an alert within one minute of stream time.
SLACK = 60.0
# A read of the whole estate is noted by its begin and goes on for an hour.
WHOLE = HOUR


@dataclass(frozen=True)
class Alert:
    time: float
    # The first moment it may rest on.
    since: float
    severity: int
    detector: str
    evidence: tuple = ()


@dataclass
class Suspicion:
    actor: str
    names: frozenset
    alerts: list
    # owner -> (records low, high, subjects low, high); None: not bounded.
    owners: dict = field(default_factory=dict)
    # owner -> persons at most among records of which no log tells whose they were; None: not bounded.
    possible: dict = field(default_factory=dict)
    # owner -> records of the upper end that an instruction which came afterwards covers: told apart, none or all.
    late: dict = field(default_factory=dict)
    first: float = 0.0
    last: float = 0.0

    def at(self, level):
        return [alert for alert in self.alerts if alert.severity >= level]

    def keys(self):
        """What tells the same alert in the same estate with an attack more."""
        return {(self.actor, alert.detector, round(alert.time, 3)) for alert in self.alerts}


def suspicion(incident):
    """An incident of `scan --format jsonl`."""
    names = set(incident["accounts"]) | set(incident["persons"]) | set(incident["terminals"])
    for part in incident["actor"].split():
        names.add(part.split(":", 1)[-1])
    names.add(incident["actor"].split(":", 1)[-1])
    alerts = []
    for finding in incident["findings"]:
        time, first = moment(finding["time"]), moment(finding["first"])
        window = WINDOWS.get(finding["window"], 0)
        alerts.append(Alert(
            time, min(first, time - window), SEVERITIES.index(finding["severity"]),
            finding["detector"],
            tuple(moment(evidence["time"]) for evidence in finding["evidence"]),
        ))
    owners = {
        owner["owner"] or "?": (
            owner["records"]["low"], owner["records"]["high"],
            owner["subjects"]["low"], owner["subjects"]["high"],
        )
        for owner in incident["owners"]
    }
    return Suspicion(
        incident["actor"], frozenset(names), sorted(alerts, key=lambda a: a.time), owners,
        {o["owner"]: o["subjects"]["high"] for o in incident.get("possible_owners", ())},
        {o["owner"] or "?": o["late"] for o in incident["owners"] if "late" in o},
        moment(incident["first"]), moment(incident["last"]),
    )


def rests_on(alert, suspicion, taking):
    if suspicion.actor.startswith("source:"):
        # A source names nobody: it is about a taking whose lines are missing, on those days.
        return bool(taking.hidden) and (
            taking.time - DAY <= alert.time <= taking.until + 3 * DAY
            or any(abs(time - taking.time) <= DAY for time in alert.evidence)
        )
    return (
        bool(suspicion.names & taking.names)
        and taking.time <= alert.time + SLACK
        and alert.since - SLACK <= taking.until
    )


def actors(code, takings):
    """An attack of two actors is known when both are."""
    if code != "A20":
        return [takings]
    return [[t for t in takings if t.person == who] for who in sorted({t.person for t in takings})]


def credited(takings, suspicions, level, known):
    """(first alert or None, the suspicions that rest on one of the takings)."""
    first, matched = None, []
    for item in suspicions:
        times = [
            alert.time for alert in item.at(level)
            if (item.actor, alert.detector, round(alert.time, 3)) not in known
            and any(rests_on(alert, item, taking) for taking in takings)
        ]
        if times:
            matched.append(item)
            first = min(times) if first is None else min(first, min(times))
    return first, matched


def score(code, takings, suspicions, level, known=frozenset()):
    """How one attack was seen. Of two actors the worse, and each needs an incident of its own."""
    parts, holders = [], []
    for part in actors(code, takings):
        first, matched = credited(part, suspicions, level, known)
        if matched and all(item in holders for item in matched):
            first, matched = None, []
        holders += matched
        seen = {**_seen(part, first), "incidents": len(matched), **_accuracy(part, matched)}
        seen["detectors"] = sorted({
            alert.detector for item in matched for alert in item.at(level)
            if any(rests_on(alert, item, taking) for taking in part)
        })
        parts.append(seen)
    worst = dict(max(parts, key=lambda r: (not r["found"], not r["at_once"], r["share"])))
    worst["owners"] = [owner for seen in parts for owner in seen["owners"]]
    worst["detectors"] = sorted({name for seen in parts for name in seen["detectors"]})
    return worst


def _seen(takings, first):
    total = distinct(takings)
    lost = total if first is None else distinct(takings, first + 1)
    begun = len(takings) if first is None else sum(t.time <= first + 1 for t in takings)
    return {
        "found": first is not None,
        "alert": first,
        "total": total,
        "lost": lost,
        "share": lost / max(1, total),
        # R14: at the first taking, within one minute of stream time.
        "at_once": first is not None and first <= takings[0].until + SLACK,
        "takings": begun,
        "of": len(takings),
        "days": None if first is None else max(0.0, (first - takings[0].time) / DAY),
    }


def together(held, counts):
    """Counts of one more incident: records add up, persons may be the same ones."""
    def total(left, right):
        return None if left is None or right is None else left + right

    return (
        total(held[0], counts[0]), total(held[1], counts[1]),
        max(held[2], counts[2]), total(held[3], counts[3]),
    )


def _accuracy(takings, matched):
    """Counts by owner and dates of the incidents together, against the truth."""
    if not matched:
        return {"owners": []}
    named, possible, late = {}, {}, {}
    for item in matched:
        for owner, count in item.late.items():
            late[owner] = late.get(owner, 0) + count
        for owner, counts in item.owners.items():
            named[owner] = together(named.get(owner, (0, 0, 0, 0)), counts)
        for owner, most in item.possible.items():
            held = possible.get(owner, 0)
            possible[owner] = None if held is None or most is None else held + most
    owners = []
    for owner in sorted({t.owner for t in takings}):
        part = [t for t in takings if t.owner == owner]
        gross = sum(t.records - t.covered for t in part)
        # What an instruction covered may or may not be held against the actor.
        covered = sum(t.covered for t in part)
        records_low, records_high, low, high = named.get(owner, (0, 0, 0, 0))
        # What the incident counts of an owner not known may be this one's, as far as it says so by name.
        unknown = possible.get(owner, 0)
        high = None if high is None or unknown is None else high + unknown
        middle = (
            records_low if records_high is None
            else (records_low + max(records_low, records_high - late.get(owner, 0))) / 2
        )
        nearest = min(max(middle, gross), gross + covered)
        persons = distinct(part)
        owners.append({
            "owner": owner,
            "stated": all(t.stated for t in part),
            "true": gross,
            "low": records_low,
            "high": records_high,
            "error": abs(middle - nearest) / max(1, nearest),
            "records_inside": records_low <= gross + covered
            and (records_high is None or records_high >= gross),
            "persons": persons,
            "persons_inside": low <= persons and (high is None or high >= persons - covered),
        })
    true = {t.owner for t in takings}
    wrong = {o: c[1] for o, c in named.items() if o not in true and o != "?"}
    return {
        "owners": owners,
        "wrong_owners": len(wrong),
        "wrong_records": sum(value or 0 for value in wrong.values()),
        "first_error": (min(i.first for i in matched) - takings[0].time) / DAY,
        "last_error": (max(i.last for i in matched) - max(t.until for t in takings)) / DAY,
    }


def falsehoods(truth, suspicions, level):
    """Of an estate without attacks: incidents, days with an alert, look-alikes hit."""
    false = [item for item in suspicions if item.at(level)]
    hits, days, background = {}, set(), []
    for item in false:
        codes = set()
        for alert in item.at(level):
            days.add((item.actor, int(alert.time // DAY)))
            codes |= touched(truth, item, alert, hits)
        if not codes:
            background.append(item)
    occurrences = {}
    for occurrence in truth.occurrences:
        occurrences.setdefault(occurrence.code, set()).add(occurrence.number)
    return {
        "days": truth.days,
        "incidents": len(false),
        "alert_days": len(days),
        "background": len(background),
        "detectors": tally(alert.detector for item in false for alert in item.at(level)),
        "lookalikes": {
            code: (len(hits.get(code, ())), len(numbers)) for code, numbers in occurrences.items()
        },
        "notes": [note(item, level) for item in false],
    }


def touched(truth, item, alert, hits):
    """The look-alikes that an alert was raised on, by its own time and its evidence."""
    codes = set()
    times = {alert.time, *alert.evidence}
    for occurrence in truth.occurrences:
        if not item.names & occurrence.names:
            continue
        until = occurrence.until + (SLACK if occurrence.owner else WHOLE)
        if any(occurrence.time - SLACK <= time <= until for time in times):
            hits.setdefault(occurrence.code, set()).add(occurrence.number)
            codes.add(occurrence.code)
    return codes


def tally(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))


def note(item, level):
    first = item.at(level)[0]
    return (item.actor, first.time, tally(alert.detector for alert in item.at(level)))
