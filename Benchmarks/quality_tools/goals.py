"""The goals, and what a set of runs says of them."""

from statistics import mean, median

from . import baselines
from .runs import ALERT
from .scoring import SLACK
from .truth import distinct

ATTACKS = [f"A{n}" for n in range(1, 21)]
# To be alerted at the first taking beyond scope.
AT_ONCE = ["A1", "A2", "A3", "A7", "A8", "A9", "A10", "A13", "A15", "A16", "A20"]
# To be alerted before this share of the final loss; 20 % where only bytes are visible.
BEFORE = {code: 0.05 for code in ATTACKS if code not in AT_ONCE} | {"A17": 0.20, "A18": 0.20}
BUDGET = {"declared": 0.05, "undeclared": 0.5}
RECALL = {"declared": 20, "undeclared": 16}
LOOKALIKE_RATE = 0.01
OWNER_ERROR = 0.02


class Results:
    """Grounds and attacks of one set of seeds."""

    def __init__(self, grounds, attacks, together=()):
        self.grounds, self.attacks = grounds, attacks
        # Seed by seed, what is found when every attack happens in one estate.
        self.together = together
        self.seeds = [ground.seed for ground in grounds]
        self.codes = [c for c in ATTACKS if any(a["code"] == c for a in attacks)]

    def of(self, code, estate="declared", level=ALERT):
        return [a["estates"][estate][level] for a in self.attacks if a["code"] == code]

    def recall(self, estate="declared", level=ALERT):
        """How many attacks were found, seed by seed."""
        return [
            sum(a["estates"][estate][level]["found"] for a in self.attacks if a["seed"] == seed)
            for seed in self.seeds
        ]

    def false(self, estate="declared", level=ALERT, what="incidents"):
        """Per day and site."""
        days = sum(ground.days for ground in self.grounds)
        return sum(ground.false[estate][level][what] for ground in self.grounds) / days

    def lookalikes(self, estate="declared", level=ALERT):
        """Code -> (occurrences with an alert, occurrences)."""
        sums = {}
        for ground in self.grounds:
            for code, (hit, count) in ground.false[estate][level]["lookalikes"].items():
                held = sums.get(code, (0, 0))
                sums[code] = (held[0] + hit, held[1] + count)
        return dict(sorted(sums.items(), key=lambda item: int(item[0][1:])))

    def owners(self, estate="declared"):
        return [
            (a["code"], owner) for a in self.attacks
            for owner in a["estates"][estate][ALERT]["owners"]
        ]


def met(code, seen):
    """Whether one attack met its goal. None can be known before its first taking is in the log."""
    if not seen["found"]:
        return False
    return seen["at_once"] or (code in BEFORE and seen["share"] < BEFORE[code])


def missed(results, codes):
    """Those that did not meet it in every seed: `A5 1/3`."""
    words = []
    for code in codes:
        runs = results.of(code)
        good = sum(met(code, seen) for seen in runs)
        if good < len(runs):
            words.append(f"{code} {good}/{len(runs)}")
    return words


def judge(results, estates):
    """[(goal, wanted, what stands, held)]"""
    rows = []
    whole = len(results.codes) == len(ATTACKS)
    for estate in estates:
        if estate not in RECALL:
            continue
        recall, rate = results.recall(estate), results.false(estate)
        wanted = RECALL[estate] if whole else len(results.codes)
        rows.append((
            f"recall, estate {estate}", f"{wanted} of {len(results.codes)}",
            ", ".join(map(str, recall)), min(recall) >= wanted,
        ))
        rows.append((
            f"false incidents a day and site, estate {estate}", f"<= {BUDGET[estate]}",
            f"{rate:.3f}", rate <= BUDGET[estate],
        ))
    for title, wanted, codes in (
        ("alert at the first taking beyond scope", "within a minute", AT_ONCE),
        ("alert before a share of the final loss", "5 %, A17 and A18 20 %", list(BEFORE)),
    ):
        codes = [code for code in codes if code in results.codes]
        if codes:
            words = missed(results, codes)
            rows.append((
                title, f"{wanted}, {len(codes)} attacks",
                f"{len(codes) - len(words)} of {len(codes)}"
                + (f"; not {', '.join(words)}" if words else ""), not words,
            ))
    rates = {c: hit / count for c, (hit, count) in results.lookalikes().items() if count}
    loud = [f"{code} {rate:.0%}" for code, rate in rates.items() if rate > LOOKALIKE_RATE]
    rows.append((
        "look-alikes alerted", "<= 1 % of each class",
        f"{len(rates) - len(loud)} of {len(rates)} classes"
        + (f"; not {', '.join(loud)}" if loud else ""), not loud,
    ))
    rows += _counts(results)
    return rows


def _counts(results):
    owners = results.owners()
    stated = [owner["error"] for _, owner in owners if owner["stated"]]
    inside = [owner["persons_inside"] for _, owner in owners]
    if not owners or not stated:
        return []
    good = sum(error <= OWNER_ERROR for error in stated)
    return [
        (
            "records of an owner, where the logs state them", "error <= 2 %",
            f"{good} of {len(stated)} owners; median {median(stated):.2%}, worst {max(stated):.0%}",
            good == len(stated),
        ),
        (
            "persons of an owner within the interval", "always",
            f"{sum(inside)} of {len(inside)} owners", all(inside),
        ),
    ]


def limits(results):
    """Baseline -> the limit that keeps it within our budget on these seeds."""
    return {
        name: baselines.budget_limit(
            [(ground.baselines[name], ground.days) for ground in results.grounds],
            BUDGET["declared"],
        )
        for name in baselines.BASELINES
        if name not in baselines.UNSCALED
    }


def baseline(results, name, limit):
    """What a baseline would have done: the same figures as ours."""
    days = sum(ground.days for ground in results.grounds)
    counts = [baselines.incidents(g.baselines[name], limit) for g in results.grounds]
    found, shares = [], []
    first = 0
    for attack in results.attacks:
        seen = _baseline_seen(attack, name, limit)
        found.append((attack["seed"], seen["found"]))
        shares.append(seen["share"])
        first += attack["code"] in AT_ONCE and seen["at_once"]
    return {
        "recall": [sum(f for s, f in found if s == seed) for seed in results.seeds],
        "rate": sum(count for count, _ in counts) / days,
        "alert_days": sum(count for _, count in counts) / days,
        "share": median(shares),
        "at_once": first,
        "limit": limit,
    }


def _baseline_seen(attack, name, limit):
    worst = None
    from .scoring import actors

    for part, found in zip(actors(attack["code"], attack["takings"]), attack["baselines"][name]):
        time = baselines.first_alert(found, limit)
        seen = {
            "found": time is not None,
            "share": 1.0 if time is None
            else distinct(part, time + 1) / max(1, distinct(part)),
            "at_once": time is not None and time <= part[0].until + SLACK,
        }
        if worst is None or (not seen["found"], seen["share"]) > (not worst["found"], worst["share"]):
            worst = seen
    return worst


def ours(results, estate="declared", level=ALERT):
    shares = [a["estates"][estate][level]["share"] for a in results.attacks]
    return {
        "recall": results.recall(estate, level),
        "rate": results.false(estate, level),
        "alert_days": results.false(estate, level, "alert_days"),
        "share": median(shares) if shares else 0.0,
        "at_once": sum(
            a["estates"][estate][level]["at_once"] for a in results.attacks if a["code"] in AT_ONCE
        ),
    }


def average(values):
    return mean(values) if values else 0.0
