"""Results as Markdown tables."""

from statistics import median

from . import goals
from .baselines import BASELINES
from .runs import ALERT
from .scoring import SEVERITIES


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def percent(share):
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def summary(sets, estates):
    """The goals first, the unseen seeds first."""
    judged = {name: goals.judge(results, estates) for name, results in sets.items()}
    rows = []
    for place, (goal, wanted, _, _) in enumerate(next(iter(judged.values()))):
        row = [goal, wanted]
        for name in judged:
            _, _, stands, held = judged[name][place]
            row += [stands, "held" if held else "**missed**"]
        rows.append(row)
    head = ["goal", "wanted"]
    for name in judged:
        head += [f"{name}: stands at", ""]
    return table(head, rows)


def attacks(results, estate="declared", level=ALERT):
    rows = []
    for code in results.codes:
        runs = results.of(code, estate, level)
        title = next(a["title"] for a in results.attacks if a["code"] == code)
        days = [run["days"] for run in runs if run["days"] is not None]
        takings = [f"{run['takings']}/{run['of']}" if run["found"] else f"-/{run['of']}" for run in runs]
        goal = "first taking" if code in goals.AT_ONCE else f"< {goals.BEFORE[code]:.0%}"
        good = sum(goals.met(code, run) for run in runs)
        errors = [abs(run["first_error"]) for run in runs if run["found"]]
        detectors = sorted({name for run in runs for name in run["detectors"]})
        rows.append((
            code, title, f"{sum(run['found'] for run in runs)}/{len(runs)}", goal,
            f"{good}/{len(runs)}" if good == len(runs) else f"**{good}/{len(runs)}**",
            " · ".join(f"{run['lost']:,}" for run in runs),
            " · ".join(percent(run["share"]) for run in runs),
            " · ".join(takings),
            f"{median(days):.1f}" if days else "-",
            f"{max(errors):.0f}" if errors else "-",
            ", ".join(detectors) or "-",
        ))
    return table((
        "", "attack", "found", "goal", "met", "persons lost before the alert", "share of all",
        "takings until then", "days, median", "first date off by, days", "detectors",
    ), rows)


def counts(results):
    rows = []
    for code in results.codes:
        owners = [owner for c, owner in results.owners() if c == code]
        if not owners:
            continue
        stated = [owner["error"] for owner in owners if owner["stated"]]
        runs = [run for run in results.of(code) if run["found"]]
        rows.append((
            code, len(owners),
            f"{sum(e <= goals.OWNER_ERROR for e in stated)}/{len(stated)}" if stated else "-",
            percent(max(stated)) if stated else "-",
            f"{sum(o['persons_inside'] for o in owners)}/{len(owners)}",
            f"{sum(o['records_inside'] for o in owners)}/{len(owners)}",
            f"{goals.average([run['wrong_owners'] for run in runs]):.1f}",
            f"{goals.average([run['wrong_records'] for run in runs]):,.0f}",
            f"{goals.average([run['last_error'] for run in runs]):+.0f}",
        ))
    return table((
        "", "owners", "error <= 2 % of those stated", "worst error", "persons inside",
        "records inside", "owners named wrongly, a run", "their records, a run",
        "last date off by, days",
    ), rows)


def together(results):
    """A sentence on the estates in which every attack happens."""
    if not results.together:
        return ""
    counts = ", ".join(str(sum(found.values())) for found in results.together)
    missed = sorted(
        {code for found in results.together for code, is_found in found.items() if not is_found},
        key=results.codes.index,
    )
    return (
        f"\nAll of them in one estate, where two fall to one person and share an incident: {counts} of "
        f"{len(results.codes)} found, seed by seed"
        + (f"; not with every seed: {', '.join(missed)}" if missed else "") + ".\n"
    )


def lookalikes(sets, estates):
    rows = []
    codes = [c for r in sets.values() for c in r.lookalikes()]
    for code in sorted(set(codes), key=lambda c: int(c[1:])):
        row = [code]
        for estate in estates:
            for results in sets.values():
                hit, count = results.lookalikes(estate).get(code, (0, 0))
                rate = hit / count if count else 0
                loud = estate == "declared" and rate > goals.LOOKALIKE_RATE
                row.append(f"**{hit}/{count}**" if loud else f"{hit}/{count}")
        rows.append(row)
    head = [""] + [f"{estate}, {name}" for estate in estates for name in sets]
    return table(head, rows)


def false(sets, estates, levels):
    rows = []
    for name, results in sets.items():
        for estate in estates:
            for level in levels:
                sums = {}
                for ground in results.grounds:
                    for detector, count in ground.false[estate][level]["detectors"].items():
                        sums[detector] = sums.get(detector, 0) + count
                background = sum(g.false[estate][level]["background"] for g in results.grounds)
                rows.append((
                    name, estate, f">= {SEVERITIES[level]}",
                    f"{goals.average(results.recall(estate, level)):.1f}",
                    f"{results.false(estate, level):.3f}",
                    f"{results.false(estate, level, 'alert_days'):.3f}",
                    background,
                    ", ".join(f"{d} {n}" for d, n in sorted(sums.items())) or "-",
                ))
    return table((
        "seeds", "estate", "severity", "recall of 20", "false incidents a day",
        "actor-days alerted a day", "of no look-alike", "findings by detector",
    ), rows)


def rival(word, found, count, codes):
    once = len([code for code in codes if code in goals.AT_ONCE]) * count
    return (
        word, f"{goals.average(found['recall']):.1f}", f"{found['rate']:.3f}",
        f"{found['alert_days']:.3f}", f"{found['at_once']}/{once}", percent(found["share"]),
    )


HEAD = (
    "", "recall of 20", "false incidents a day", "actor-days alerted a day",
    "alert at the first taking", "lost before, median",
)


def baseline_tables(sets, tuned, estates):
    """(at their usual limits, at the budget), for the unseen seeds where there are some."""
    results = next(iter(sets.values()))
    count = len(results.seeds)
    own = [
        rival(f"**Ometsuke**, estate {e}", goals.ours(results, e), count, results.codes)
        for e in estates
    ]
    usual = own + [
        rival(name, goals.baseline(results, name, limit), count, results.codes)
        for name, (_, limit) in BASELINES.items()
    ]
    fitted = own[:1]
    for name, limit in goals.limits(tuned).items():
        word = f"{name} > {limit:,.4g}"
        fitted.append(rival(word, goals.baseline(results, name, limit), count, results.codes))
    return table(HEAD, usual), table(HEAD, fitted)
