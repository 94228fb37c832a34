"""The scoring of `make quality` on a truth and incidents made by hand."""

import json
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks"))

from quality_tools import baselines, goals, rows, runs, scoring, truth  # noqa: E402

HIGH = scoring.SEVERITIES.index("high")


def taking(number, time, records, first=1, **changes):
    item = {
        "kind": "taking", "id": "A1", "n": number, "time": f"2024-05-{time}+09:00",
        "until": f"2024-05-{time}+09:00", "account": "adm.kita", "person": "Kita Rin",
        "terminal": "mnt-pc01", "address": "192.0.2.41", "owner": "Minato Gas",
        "records": records, "first": first, "last": first + records - 1, "stated": records,
        "covered": 0, "logs": ["logs/app/x"], "hidden": None,
    }
    return {**item, **changes}


def finding(time, first=None, severity="high", window="event", detector="bulk-export"):
    return {
        "time": f"2024-05-{time}+09:00", "first": f"2024-05-{first or time}+09:00",
        "severity": severity, "window": window, "detector": detector, "evidence": [],
    }


def incident(*findings, actor="person:Kita Rin", records=(0, 0), subjects=(0, 0)):
    return scoring.suspicion({
        "actor": actor, "accounts": ["adm.kita"] if "Kita" in actor else [], "persons": [],
        "terminals": [], "findings": list(findings),
        "owners": [{
            "owner": "Minato Gas", "records": {"low": records[0], "high": records[1]},
            "subjects": {"low": subjects[0], "high": subjects[1]},
        }],
        "first": findings[0]["first"], "last": findings[-1]["time"],
    })


def told(*items):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "truth.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            for item in (
                {"kind": "simulation", "days": 30, "accounts": 60},
                {"kind": "owner", "owner": "Minato Gas", "delivered": 1000},
                *items,
                {"kind": "attack", "id": "A1", "title": "classic"},
            ):
                file.write(json.dumps(item) + "\n")
        return truth.Truth(path)


class ScoringTests(unittest.TestCase):
    def setUp(self):
        # 400 of 1,000, then 300 of which 100 were taken before.
        self.truth = told(
            taking(1, "10T10:00:00", 400), taking(2, "20T10:00:00", 300, first=301))
        self.takings = self.truth.attack("A1")

    def score(self, *suspicions, known=frozenset()):
        return scoring.score("A1", self.takings, list(suspicions), HIGH, known)

    def test_persons_are_counted_once(self):
        self.assertEqual(truth.distinct(self.takings), 600)

    def test_an_alert_at_the_first_taking_loses_that_taking(self):
        seen = self.score(incident(finding("10T10:00:05")))
        self.assertTrue(seen["found"] and seen["at_once"])
        self.assertEqual((seen["lost"], seen["total"], seen["takings"]), (400, 600, 1))

    def test_an_alert_at_the_second_is_late(self):
        seen = self.score(incident(finding("20T10:00:00")))
        self.assertFalse(seen["at_once"])
        self.assertEqual((seen["share"], seen["takings"]), (1.0, 2))
        self.assertAlmostEqual(seen["days"], 10.0)
        self.assertFalse(goals.met("A1", seen))

    def test_others_and_lower_severities_are_no_alert(self):
        self.assertFalse(self.score(incident(finding("10T10:00:00"), actor="person:Mori"))["found"])
        low = incident(finding("10T10:00:00", severity="medium"))
        self.assertFalse(self.score(low)["found"])

    def test_what_is_raised_before_a_taking_or_without_the_attack_does_not_count(self):
        self.assertFalse(self.score(incident(finding("09T10:00:00")))["found"])
        raised = incident(finding("10T10:00:00"))
        self.assertFalse(self.score(raised, known=raised.keys())["found"])

    def test_a_window_reaches_back_to_the_taking(self):
        within = incident(finding("15T10:00:00", window="7d"))
        self.assertTrue(self.score(within)["found"])
        self.assertFalse(self.score(incident(finding("15T10:00:00", window="24h")))["found"])

    def test_a_source_counts_for_missing_lines_alone(self):
        silence = incident(finding("10T12:00:00"), actor="source:database")
        self.assertFalse(self.score(silence)["found"])
        hidden = told(taking(1, "10T10:00:00", 400, hidden="lines were taken out"))
        seen = scoring.score("A15", hidden.takings, [silence], HIGH)
        self.assertTrue(seen["found"])

    def test_two_actors_need_two_incidents(self):
        pair = told(
            taking(1, "10T10:00:00", 10, id="A20"),
            taking(2, "10T10:00:00", 10, id="A20", person="Mori", account="adm.mori",
                   terminal="mnt-pc02", address="192.0.2.42"),
        ).attack("A20")
        kita = incident(finding("10T10:00:00"))
        mori = incident(finding("10T10:00:00"), actor="person:Mori")
        self.assertFalse(scoring.score("A20", pair, [kita], HIGH)["found"])
        self.assertTrue(scoring.score("A20", pair, [kita, mori], HIGH)["found"])

    def test_counts_of_an_owner(self):
        seen = self.score(incident(finding("10T10:00:00"), records=(707, 707), subjects=(590, 610)))
        owner = seen["owners"][0]
        self.assertAlmostEqual(owner["error"], 0.01)
        self.assertTrue(owner["persons_inside"])
        self.assertFalse(owner["records_inside"])

    def test_what_a_genuine_ticket_covers_by_chance_is_right_either_way(self):
        def ticket(**changes):
            return {
                "executor": "adm.kita", "owner": "Minato Gas", "most_records": "400",
                "opened": "2024-05-02T09:00:00+09:00", "closed": "2024-05-02T18:00:00+09:00",
                **changes,
            }

        def covered(ticket, **changes):
            takings = told(taking(1, "02T11:00:00", 500, **changes)).attack(changes.get("id", "A1"))
            return truth.beside(takings, [ticket])[0].covered

        self.assertEqual(covered(ticket()), 400)
        self.assertEqual(covered(ticket(most_records="")), 500)
        self.assertEqual(covered(ticket(executor="Kita Rin", most_records="9000")), 500)
        self.assertEqual(covered(ticket(opened="2024-05-03T10:00:00+09:00", closed="")), 400)
        for other in (
            ticket(executor="adm.sora"), ticket(owner="Kita Denryoku"), ticket(most_records="0"),
            ticket(closed="2024-05-02T10:00:00+09:00"), ticket(opened="2024-05-03T12:00:00+09:00"),
        ):
            self.assertEqual(covered(other), 0)
        self.assertEqual(covered(ticket(), id="A7"), 0)
        self.assertEqual(truth.beside(told(taking(1, "02T11:00:00", 5)).attack("A1"), [])[0].covered, 0)

    def test_an_owner_that_is_possible_by_name_may_have_lost_all_of_it(self):
        truth = told(taking(1, "10T10:00:00", 100)).attack("A1")
        item = incident(finding("10T10:00:00"), actor="terminal:mnt-pc01 Kita")
        item.owners = {"?": (0, None, 0, None)}
        seen = scoring.score("A1", truth, [item], HIGH)
        self.assertFalse(seen["owners"][0]["persons_inside"])
        item.possible = {"Minato Gas": 99}
        seen = scoring.score("A1", truth, [item], HIGH)
        self.assertFalse(seen["owners"][0]["persons_inside"])
        item.possible = {"Minato Gas": 1000}
        seen = scoring.score("A1", truth, [item], HIGH)
        self.assertTrue(seen["owners"][0]["persons_inside"])

    def test_what_trickles_is_lost_in_proportion(self):
        slow = told(taking(1, "10T10:00:00", 400, until="2024-05-10T12:00:00+09:00")).takings
        half = truth.moment("2024-05-10T11:00:00+09:00")
        self.assertEqual(truth.distinct(slow, half), 200)

    def test_falsehoods_name_their_look_alike(self):
        estate = told({**taking(1, "10T10:00:00", 400), "kind": "occurrence", "id": "H6"})
        raised = [
            incident(finding("10T10:00:00")),
            incident(finding("12T10:00:00"), actor="person:Kita Mio"),
        ]
        found = scoring.falsehoods(estate, raised, HIGH)
        self.assertEqual((found["incidents"], found["background"]), (2, 1))
        self.assertEqual(found["lookalikes"], {"H6": (1, 1)})


class BaselineTests(unittest.TestCase):
    def alerts(self, *pairs):
        return [
            baselines.Raised(day * 86400.0, day * 86400.0, "sup01", frozenset(), score)
            for day, score in pairs
        ]

    def test_alerts_within_four_days_are_one_incident(self):
        self.assertEqual(baselines.incidents(self.alerts((1, 9), (4, 9), (20, 9)), 5), (2, 3))

    def test_the_limit_keeps_the_budget(self):
        alerts = self.alerts((1, 9), (20, 7), (40, 3))
        self.assertEqual(baselines.budget_limit([(alerts, 100)], 0.01), 7)

    def test_an_alert_that_comes_without_the_attack_too_does_not_count(self):
        found = [(9, 8, 100.0), (9, -1, 200.0)]
        self.assertEqual(baselines.first_alert(found, 5), 200.0)

    def test_reads_of_an_application_log(self):
        line = (
            b'{"ts":"2024-05-10T01:00:00.500Z","user":"adm.kita","ip":"192.0.2.41",'
            b'"action":"%s","screen":"list","list":"minato-gas/export","owner":"Minato Gas",'
            b'"rows":%d,"bytes":9,"result":"%s"}\n'
        )
        views, reads = rows.application(
            line % (b"csv_export", 400, b"ok") + line % (b"csv_export", 9, b"failed")
            + line % (b"view", 1, b"ok"))
        self.assertEqual([(read.rows, read.export) for read in reads], [(400, True)])
        self.assertEqual(views, [(10, "adm.kita", "192.0.2.41", "minato-gas", False, 1)])


class EstateTests(unittest.TestCase):
    TEXT = "sources:\n  - name: a\n\naccounts:\n  - x\nauthorisations:\n  jobs:\n\n    - b\npolicy:\n  y: 1\n"

    def test_an_undeclared_estate_has_no_authorisations(self):
        kept = runs.reduced(self.TEXT, "undeclared")
        self.assertEqual(kept, "sources:\n  - name: a\n\naccounts:\n  - x\npolicy:\n  y: 1\n")

    def test_a_bare_one_has_sources_and_policy(self):
        self.assertEqual(
            runs.reduced(self.TEXT, "bare"), "sources:\n  - name: a\n\npolicy:\n  y: 1\n")


if __name__ == "__main__":
    unittest.main()
