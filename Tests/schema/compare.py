"""Compares docs/ometsuke.schema.json with what `ometsuke check` says of the same files.

    python compare.py OMETSUKE

    good/        both accept
    bad/         both refuse
    check-only/  the schema cannot see the fault, the program refuses

Comments `#= LINE: MESSAGE` at the start of a file of the last two are the errors of the program, all
of them, in order. Exit status: 0 as expected, 1 not (each difference is a line), 2 usage.
"""

import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Core(yaml.SafeLoader):
    """The core schema of YAML 1.2: `no` and 2024-04-01 are text, << is a key, no key stands twice."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        result = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or name in result:
                raise yaml.constructor.ConstructorError(None, None, "key", key.start_mark)
            result[name] = self.construct_object(value, deep=True)
        return result

    def construct_integer(self, node):
        text = node.value
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def construct_fraction(self, node):
        return float(node.value.replace(".inf", "inf").replace(".nan", "nan"))


for name, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
}.items():
    Core.add_implicit_resolver("tag:yaml.org,2002:" + name, re.compile(f"^(?:{pattern})$"), None)
Core.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))
Core.add_constructor("tag:yaml.org,2002:int", Core.construct_integer)
Core.add_constructor("tag:yaml.org,2002:float", Core.construct_fraction)


def complaint_of_schema(check, path):
    """None when the schema accepts the file."""
    try:
        value = yaml.load(path.read_bytes(), Loader=Core)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        return f"not YAML: {error}".splitlines()[0]
    error = jsonschema.exceptions.best_match(check.iter_errors(value))
    return error and f"{error.json_path}: {error.message}"[:200]


def errors_of_program(program, path):
    """`LINE: MESSAGE` of each error; no line number where none was given."""
    run = subprocess.run(
        [program, "check", "--no-logs", "--quiet", "-c", path.name],
        cwd=path.parent, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False,
    )
    said = (run.stdout + run.stderr).decode()
    errors = re.findall(
        rf"^(?:ometsuke: )?{re.escape(path.name)}:(?:(\d+):)? error: (.*)$", said, re.MULTILINE
    )
    if run.returncode not in (0, 2) or (run.returncode == 2) != bool(errors):
        errors.append(("", f"ended with status {run.returncode}: {said}"))
    return [f"{line}: {message}" for line, message in errors]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = str(pathlib.Path(arguments[0]).resolve())
    schema = json.loads((ROOT / "docs/ometsuke.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    differences = []
    own = json.loads((ROOT / "docs/format.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(own)
    for path in sorted(ROOT.glob("Tests/*Tests/**/formats.d/*.yml")):
        complaint = complaint_of_schema(jsonschema.Draft202012Validator(own), path)
        if complaint:
            differences.append(f"{path.relative_to(ROOT)}: schema says {complaint}")

    listed = subprocess.run([program, "formats"], capture_output=True, text=True, check=True).stdout
    formats = [line for line in listed.splitlines() if line and line[0] != " "]
    known = schema["$defs"]["source"]["properties"]["format"]["anyOf"][0]["enum"]
    if known != ["auto", *formats, None]:
        differences.append(f"schema: formats of a source are {known}, the program has {formats}")

    good = [*HERE.glob("good/*.yml"), *ROOT.glob("Tests/*Tests/**/estate.yml")]
    good += [ROOT / "sample-logs/ometsuke.yml", *ROOT.glob("Tests/*Tests/**/ometsuke.yml")]
    cases = [(path, True, True) for path in good]
    cases += [(path, False, False) for path in HERE.glob("bad/*.yml")]
    cases += [(path, True, False) for path in HERE.glob("check-only/*.yml")]
    for path, fits, is_right in sorted(cases):
        name = path.relative_to(ROOT)
        complaint = complaint_of_schema(check, path)
        if (complaint is None) != fits:
            differences.append(f"{name}: schema says {complaint or 'nothing'}")
        said = errors_of_program(program, path)
        expected = [
            line[3:].decode() for line in path.read_bytes().splitlines() if line.startswith(b"#= ")
        ]
        if said != expected or bool(said) == is_right:
            differences.append(f"{name}: program says {said}, expected {expected}")
    print(*differences, f"{len(cases)} files, {len(differences)} differences", sep="\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
