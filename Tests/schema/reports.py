"""Holds reports as JSON against docs/formats/report.schema.json: the goldens, and every kind of the sample estate.

    python reports.py [OMETSUKE]

Without a program only the goldens of Tests/CommandTests/Reports. Exit status: 0 all are valid, 1 some are not (each
fault is a line).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PERIOD = ["--from", "2024-04-01", "--to", "2024-06-01"]
KINDS = {
    "incident": ["incident"],
    "owner": ["incident", "--owner", "Minato Gas"],
    "inquiry": ["inquiry", "--owner", "Minato Gas", "--annex"] + PERIOD,
    "quarterly": ["quarterly", "2024-Q2"],
    "coverage": ["coverage"] + PERIOD,
    "notification": ["notification", "22ba6273c7ef6d08", "--owner", "Minato Gas"],
}


def made(program: str):
    """Every kind in both languages, of a store that one night has filled."""
    with tempfile.TemporaryDirectory() as folder:
        at = ["-c", str(ROOT / "sample-logs/ometsuke.yml"), "--store", folder + "/samples.store"]
        night = ["--fail-on", "never", "--now", "2024-06-01T02:00:00Z"]
        subprocess.run([program, "nightly"] + at + night, check=True, capture_output=True, cwd=ROOT)
        for kind, words in KINDS.items():
            for language in ("ja", "en"):
                run = subprocess.run(
                    [program, "report"] + words + at
                    + ["--now", "2024-06-04T00:00:00Z", "--lang", language, "--format", "json"],
                    check=True, capture_output=True, text=True, cwd=ROOT)
                report = json.loads(run.stdout)
                assert (report["kind"], report["language"]) == (kind, language), (kind, language)
                yield f"{kind}, {language}", report


def main() -> int:
    schema = json.loads((ROOT / "docs/formats/report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    goldens = sorted((ROOT / "Tests/CommandTests/Reports").glob("*.json"))
    reports = [(file.name, json.loads(file.read_text(encoding="utf-8"))) for file in goldens]
    if len(sys.argv) > 1:
        reports += made(str(pathlib.Path(sys.argv[1]).resolve()))
    faults = 0
    for name, report in reports:
        for error in validator.iter_errors(report):
            faults += 1
            print(f"{name}: {error.json_path}: {error.message[:200]}")
    print(f"{len(reports)} reports, {faults} faults")
    return 1 if faults or not reports else 0


if __name__ == "__main__":
    sys.exit(main())
