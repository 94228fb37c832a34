"""Holds the answers of `ometsuke coverage` and `inquire` (JSON Lines) against docs/answers.schema.json.

    python answers.py OMETSUKE

Asks the store of a case of Tests/CommandTests/Asking for every owner, and checks that the schema refuses a line with a
field less. Exit status: 0 as expected, 1 not (each difference is a line), 2 usage.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CASE = ROOT / "Tests/CommandTests/Asking/call-centre"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads((ROOT / "docs/answers.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults, kinds, lines = 0, set(), 0
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "case"
        shutil.copytree(CASE, place)

        def run(*words: str) -> str:
            done = subprocess.run([program, *words], cwd=place, capture_output=True, text=True)
            if done.returncode not in (0, 3):
                raise SystemExit(f"{words}: status {done.returncode}: {done.stderr}")
            return done.stdout

        run("nightly", "--now", "2024-06-01T02:00:00Z", "--fail-on", "never")
        questions = [["coverage", "--days"]]
        for owner in ("Kita Denryoku", "Minato Gas", "Tsubaki Town"):
            questions.append(["coverage", "--owner", owner])
            questions.append(["inquire", "--owner", owner, "--annex", "--subjects", "complaints.txt"])
        for words in questions:
            for line in run(*words, "--format", "jsonl").splitlines():
                answer = json.loads(line)
                lines += 1
                kinds.add(answer["kind"])
                for error in validator.iter_errors(answer):
                    faults += 1
                    cause = jsonschema.exceptions.best_match([error])
                    print(f"{' '.join(words)}: {answer['kind']}: {cause.message}")
                for field in answer:
                    less = {name: value for name, value in answer.items() if name != field}
                    if validator.is_valid(less):
                        faults += 1
                        print(f"{answer['kind']}: is taken without {field}")
    known = {entry["$ref"].rsplit("/", 1)[1] for entry in schema["oneOf"]}
    for kind in sorted(known - kinds):
        faults += 1
        print(f"{kind}: no answer has it")
    print(f"{lines} lines of {len(kinds)} kinds, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
