"""What one would do without this program: simple rules and usual statistics on the same reads.

A baseline gives alerts with a score. It is judged twice: at its usual limit, and at the limit that
keeps it within the budget of false incidents on the tuned seeds. Alerts of one account less than
96 hours apart are one incident, as for our own detectors.
"""

import csv
import math
import re
from bisect import bisect_left
from dataclasses import dataclass

from .rows import DAY, ROWS_A_DAY, ZONE
from .truth import moment

GAP = 96 * 3600


@dataclass(frozen=True)
class Raised:
    time: float
    since: float
    account: str
    terminals: frozenset
    score: float


# name -> (what it does, usual limit); the score has to pass the limit.
BASELINES = {
    "any export": ("every export, COPY or download of a list", 0),
    "rows per query": ("one read states more than 1,000 rows", 1_000),
    "rows per day": ("an account's day has more than 10,000 rows", ROWS_A_DAY),
    "own z-score": ("a day's rows against the account's last 60 days, z > 3", 3),
    "peer z-score": ("a day's rows against its role that day, z > 3", 3),
    "EWMA": ("smoothed z (0.2) passes 3 sigma", 3),
    "CUSUM": ("sum of z - 0.5 passes 5", 5),
    "isolation forest": ("nine features of a day, 100 trees, scikit-learn's own limit", 0.5),
    "ticket presence": ("an export while no ticket of its executor is open", -1),
}

# A yes or no: there is no limit to fit.
UNSCALED = ("any export", "ticket presence")


def roles(estate_file):
    """Account -> role, as the estate file declares."""
    found = {}
    with open(estate_file, encoding="utf-8") as lines:
        for line in lines:
            match = re.match(r"  - \{name: (\S+), role: (\w+),", line)
            if match:
                found[match.group(1)] = match.group(2)
    return found


def tickets(path):
    """Executor -> times within which one of its tickets is open."""
    spans = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            spans.setdefault(row["executor"], []).append(
                (moment(row["opened"]), moment(row["closed"])))
    return spans


def raise_all(extract, estate_file, ticket_file):
    """Baseline -> its alerts with scores, in order of time."""
    by_account = _series(extract, roles(estate_file))
    raised = {
        "any export": [_of(r, 1) for r in extract.reads if r.export],
        "rows per query": [_of(r, r.rows) for r in extract.reads if r.rows > 100],
        "rows per day": [
            _of_day(account, number, day, day.rows, day.crossed)
            for (account, number), day in extract.days.items() if day.rows > 200
        ],
        "ticket presence": _without_ticket(extract, tickets(ticket_file)),
        "isolation forest": _forest(extract),
        **_statistics(extract, by_account),
    }
    return {
        name: sorted(alerts, key=lambda a: (a.time, a.account)) for name, alerts in raised.items()
    }


def _of(read, score):
    return Raised(read.time, read.time, read.account, frozenset([read.terminal]), score)


def _of_day(account, number, day, score, time=None):
    """A judgement of a whole day is there when the day is over."""
    begin = number * DAY - ZONE
    return Raised(time or begin + DAY, begin, account, frozenset(day.terminals), score)


def _without_ticket(extract, spans):
    found = []
    for read in extract.reads:
        if read.export and not any(
            opened <= read.time <= closed for opened, closed in spans.get(read.account, ())
        ):
            found.append(_of(read, read.rows))
    return found


def _series(extract, declared):
    """Account -> (role, [(day, log of rows)]), in order of day."""
    series = {}
    for (account, number), day in sorted(extract.days.items()):
        role = declared.get(account, "operator" if account.startswith("op") else "unknown")
        series.setdefault(account, (role, []))[1].append((number, math.log1p(day.rows)))
    return series


def _deviation(values, floor=0.25):
    mean = sum(values) / len(values)
    return mean, max(floor, math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)))


def _statistics(extract, by_account):
    own, peer, ewma, cusum = [], [], [], []
    days = extract.days
    for account, (_, series) in by_account.items():
        smooth = total = 0.0
        for place in range(20, len(series)):
            number, value = series[place]
            mean, deviation = _deviation([v for _, v in series[max(0, place - 60):place]])
            z = (value - mean) / deviation
            smooth = 0.8 * smooth + 0.2 * z
            total = max(0.0, total + z - 0.5)
            for alerts, score in (
                (own, z), (ewma, smooth / math.sqrt(0.2 / 1.8)), (cusum, total),
            ):
                if score > 1:
                    alerts.append(_of_day(account, number, days[account, number], score))
    peers = {}
    for account, (role, series) in by_account.items():
        for number, value in series:
            peers.setdefault((role, number), []).append((account, value))
    for (_, number), members in peers.items():
        if len(members) < 4:
            continue
        for account, value in members:
            mean, deviation = _deviation([v for a, v in members if a != account])
            score = (value - mean) / deviation
            if score > 1:
                peer.append(_of_day(account, number, days[account, number], score))
    return {"own z-score": own, "peer z-score": peer, "EWMA": ewma, "CUSUM": cusum}


def _forest(extract):
    import numpy
    from sklearn.ensemble import IsolationForest

    keys = sorted(extract.days)
    rows = numpy.array([
        (
            math.log1p(d.rows), math.log1p(d.most), math.log1p(d.views), d.exports,
            len(d.owners), len(d.terminals), math.log1p(d.off_hours),
            d.without_call / max(1, d.views), number % 7,
        )
        for (_, number), d in ((key, extract.days[key]) for key in keys)
    ])
    forest = IsolationForest(n_estimators=100, random_state=0).fit(rows)
    scores = -forest.score_samples(rows)
    return [
        _of_day(account, number, extract.days[account, number], float(score))
        for (account, number), score in zip(keys, scores) if score > 0.45
    ]


def incidents(alerts, limit):
    """How many incidents the alerts above a limit make, and on how many account-days they are."""
    last, count, days = {}, 0, set()
    for alert in alerts:
        if alert.score <= limit:
            continue
        if alert.time - last.get(alert.account, -math.inf) > GAP:
            count += 1
        last[alert.account] = alert.time
        days.add((alert.account, int((alert.since + ZONE) // DAY)))
    return count, len(days)


def budget_limit(runs, budget):
    """The lowest limit within the budget: `runs` are (alerts, days) of estates without attacks."""
    scores = sorted({alert.score for alerts, _ in runs for alert in alerts})
    days = sum(days for _, days in runs)

    def rate(limit):
        return sum(incidents(alerts, limit)[0] for alerts, _ in runs) / days

    # Incidents do not fall steadily with the limit (one may break into two), but nearly.
    low, high = 0, len(scores) - 1
    while low < high:
        middle = (low + high) // 2
        if rate(scores[middle]) <= budget:
            high = middle
        else:
            low = middle + 1
    return scores[low] if scores else 0


class Index:
    """Scores of an estate without the attack, by account and time."""

    def __init__(self, alerts):
        self._times, self._scores = {}, {}
        for alert in alerts:
            self._times.setdefault(alert.account, []).append(alert.time)
            self._scores.setdefault(alert.account, []).append(alert.score)

    def score(self, alert):
        times = self._times.get(alert.account, [])
        place = bisect_left(times, alert.time)
        if place < len(times) and times[place] == alert.time:
            return self._scores[alert.account][place]
        return -math.inf


def candidates(takings, alerts, index):
    """(score, score without the attack, time) of the alerts that rest on one of the takings."""
    found = []
    for alert in alerts:
        before = index.score(alert)
        if alert.score <= before:
            continue
        names = alert.terminals | {alert.account}
        for taking in takings:
            if (
                names & taking.names
                and taking.time <= alert.time + 60
                and alert.since - 60 <= taking.until
            ):
                found.append((alert.score, before, alert.time))
                break
    return found


def first_alert(found, limit):
    times = [time for score, before, time in found if score > limit >= before]
    return min(times) if times else None
