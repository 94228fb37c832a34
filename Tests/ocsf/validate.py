"""Checks JSON Lines of OCSF events, findings and scans, against the published schema 1.8.0, offline.

    python validate.py FILE

Exit status: 0 all valid, 1 errors (printed with line and path), 2 usage or an empty file.
"""

import json
import sys

from jsonschema.validators import validator_for
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

CLASSES = {2004: "detection_finding", 6007: "scan_activity"}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    published = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0"))
    validators = {}
    for number, name in CLASSES.items():
        schema = published.get_class_schema(name)
        validators[number] = validator_for(schema)(schema)
    lines = errors = 0
    with open(arguments[0], encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            lines += 1
            try:
                event = json.loads(line)
            except ValueError as error:
                print(f"{number}: not JSON: {error}")
                errors += 1
                continue
            validator = validators.get(event.get("class_uid"))
            if validator is None:
                print(f"{number}: class_uid {event.get('class_uid')} is none of {list(CLASSES)}")
                errors += 1
                continue
            for error in validator.iter_errors(event):
                print(f"{number}: {error.json_path}: {error.message[:200]}")
                errors += 1
    if lines == 0:
        print("no lines to check", file=sys.stderr)
        return 2
    print(f"{lines} lines, {errors} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
