"""The published pages, and the detail of tuned seeds."""

import os
from datetime import datetime, timezone

from . import goals, tables
from .baselines import BASELINES
from .runs import ALERT, LEVELS


def head(title, facts):
    seeds = "; ".join(
        f"{name} {', '.join(map(str, seeds))}" for name, seeds in facts["seeds"].items())
    return (
        f"# {title}\n\nMeasured {facts['date']} at commit {facts['commit']} by `{facts['command']}` in "
        f"{facts['minutes']:.0f} minutes.\nSeeds: {seeds}; {facts['days']} days, "
        f"{facts['accounts']} accounts, one attack at a time with every look-alike.\n"
        "How it is judged: [Benchmarks/README.md](../README.md#quality).\n\n"
    )


def publish(folder, sets, estates, facts):
    os.makedirs(folder, exist_ok=True)
    tuned = sets.get("tuned") or next(iter(sets.values()))
    pages = {
        "README.md": head("Quality: the goals", facts) + tables.summary(sets, estates)
        + "\nBy attack: [attacks.md](attacks.md); look-alikes and false incidents: "
        + "[look-alikes.md](look-alikes.md); simple rules and statistics beside: "
        + "[baselines.md](baselines.md).\n",
        "attacks.md": head("Quality: attack by attack", facts) + attack_page(sets, estates),
        "look-alikes.md": head("Quality: look-alikes and false incidents", facts)
        + "Occurrences with an alert, of all:\n\n" + tables.lookalikes(sets, estates)
        + "\nEverything that is raised in the estates without an attack is false:\n\n"
        + tables.false(sets, estates, LEVELS),
    }
    if all(ground.baselines for results in sets.values() for ground in results.grounds):
        usual, fitted = tables.baseline_tables(sets, tuned, estates)
        rules = "\n".join(f"- **{name}**: {what}" for name, (what, _) in BASELINES.items())
        pages["baselines.md"] = (
            head("Quality: beside simple rules and statistics", facts)
            + f"Seeds: {next(iter(sets))}. At their usual limits:\n\n{usual}\n"
            + "At the limit that keeps each within 0.05 false incidents a day on the tuned seeds\n"
            + "(rules of yes or no have none):\n\n"
            + f"{fitted}\n{rules}\n"
        )
    for name, text in pages.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def attack_page(sets, estates):
    text = "Of several seeds the figures stand side by side, in their order.\n"
    for name, results in sets.items():
        text += f"\n## Seeds {name}, estate declared\n\n" + tables.attacks(results)
        text += "\nCounts and dates of the incidents that hold the takings:\n\n"
        text += tables.counts(results)
        text += tables.together(results)
    for estate in estates[1:]:
        for name, results in sets.items():
            text += f"\n## Seeds {name}, estate {estate}\n\n" + tables.attacks(results, estate)
    return text


def clock(time):
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def detail(results, estate):
    """What was missed, late or false, line by line."""
    lines = []
    for attack in results.attacks:
        seen = attack["estates"][estate][ALERT]
        code = attack["code"]
        if seen.get("verified") is False:
            lines.append(f"seed {attack['seed']} {code}: a scan up to the alert does not have it")
        for note in seen["extra"]:
            lines.append(f"seed {attack['seed']} {code}: beside it {words(note)}")
        if goals.met(code, seen):
            continue
        lines.append(
            f"seed {attack['seed']} {code} {attack['title']}: "
            + (f"late, {seen['lost']:,} of {seen['total']:,} lost ({seen['share']:.1%}), alert "
               f"{clock(seen['alert'])}" if seen["found"] else "missed")
        )
        for taking in attack["takings"][:min(4, seen["takings"] + 1)]:
            lines.append(
                f"    {clock(taking.time)} {taking.account} at {taking.terminal} "
                f"{taking.owner}: {taking.records:,} records, "
                + ("stated" if taking.stated else "not stated")
                + (f", {taking.covered:,} covered" if taking.covered else "")
                + (f"; {taking.hidden}" if taking.hidden else "")
            )
    for ground in results.grounds:
        for note in ground.false[estate][ALERT]["notes"]:
            lines.append(f"seed {ground.seed} false: {words(note)}")
    return "\n".join(lines) + "\n"


def words(note):
    actor, time, detectors = note
    return f"{actor} {clock(time)} " + ", ".join(f"{d} {n}" for d, n in detectors.items())
