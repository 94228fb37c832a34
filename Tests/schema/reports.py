"""Holds the reports of Tests/CommandTests/Reports (JSON) against docs/formats/report.schema.json.

    python reports.py

Exit status: 0 all are valid, 1 some are not (each fault is a line).
"""

import json
import pathlib
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main() -> int:
    schema = json.loads((ROOT / "docs/formats/report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted((ROOT / "Tests/CommandTests/Reports").glob("*.json"))
    faults = 0
    for file in files:
        for error in validator.iter_errors(json.loads(file.read_text(encoding="utf-8"))):
            faults += 1
            print(f"{file.name}: {error.json_path}: {error.message[:200]}")
    print(f"{len(files)} reports, {faults} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
