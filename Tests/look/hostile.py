"""An estate whose names are hostile, and what must hold of every form of its reports.

    hostile.py make FOLDER      writes FOLDER/ometsuke.yml, report.yml and logs
    hostile.py check FOLDER     reads FOLDER/incident.{html,md,json,csv,xlsx,pdf} and scan.txt, as `make look` has them written

Names hold markup, formulas, bidirectional controls, escapes and what breaks tables; one line is 10 MB long. The names
are drawn: HOSTILE_SEED is another draw.
"""

import csv
import html.parser
import json
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as tree
import zipfile

PIECES = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "\" onload=\"x", "'", "`", "&lt;", "]]>",
    "<!--", "-->", "javascript:alert(1)", "[a](http://example.com)", "![x](y)", "=cmd|' /C calc'!A0", "+1", "-2+3",
    "@SUM(A1)", "\t=1", "\r\n=1", "|", "||", "```", "# x", "1. x", "\u202e", "\u2066", "\u200b", "\ufeff", "\x1b[31m",
    "\x1b]0;x\x07", "\x00", "\x7f", "\x9b", "\u2028", "\n", "\ufff9", "\U000e0041", "\u0301\u0301", "𠮷", "漢字", "\\",
    "{{x}}", "${x}", "\uff1d1", ",", ";",
]
# What no form may show: controls, bidirectional controls, invisible ones. HTML, JSON and CSV hold line feeds of their own.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]")
TAGS = set("html head meta title style body header main section footer nav ol ul li a p span h1 h2 h3 dl div dt dd br small "
           "code kbd table caption thead tbody tr th td figure figcaption svg desc rect line circle path text".split())


def make(folder):
    draw = random.Random(int(os.environ.get("HOSTILE_SEED", "7")))
    name = lambda: "".join(draw.choice(PIECES) for _ in range(draw.randint(2, 7)))
    os.makedirs(folder + "/app", exist_ok=True)
    owners = ["Kita " + name(), "Minato " + name()]
    clean = lambda text: text.replace("\x00", "").replace("\x7f", "").replace("\x9b", "")
    owners = [clean(owner) for owner in owners]
    accounts, terminals = [name() for _ in range(3)], [name() for _ in range(2)]
    with open(folder + "/app/app.jsonl", "w", encoding="utf-8") as log:
        for day in range(1, 29):
            for hour in range(9, 18):
                row = {"ts": f"2024-05-{day:02d}T{hour:02d}:10:00+09:00", "user": draw.choice(accounts),
                       "ip": draw.choice(terminals), "action": "csv_export" if day % 5 == 0 else "view",
                       "list": name(), "owner": draw.choice(owners), "rows": 4000 if day % 5 == 0 else 1,
                       "ticket": name() if hour == 9 else None, "result": "ok"}
                log.write(json.dumps(row, ensure_ascii=bool(hour % 2)) + "\n")
            if day == 14:
                log.write(json.dumps({"ts": "2024-05-14T18:00:00+09:00", "user": "x" * 10_000_000}) + "\n")
    estate = {
        "sources": [{"name": "app", "paths": ["app/*"], "format": "jsonl", "system": clean(name()),
                     "time-zone": "Asia/Tokyo", "fields": {
                         "time": "ts", "account": "user", "terminal": "ip", "object": "list", "owner": "owner",
                         "records": "rows", "ticket": "ticket",
                         "operation": {"field": "action", "values": {"view": "read", "csv_export": "export"},
                                       "otherwise": "other"}}}],
        "owners": [{"name": owner, "delivered": 9000, "categories": ["name"]} for owner in owners],
        "policy": {"time-zone": "Asia/Tokyo"},
    }
    with open(folder + "/ometsuke.yml", "w", encoding="utf-8") as file:
        json.dump(estate, file)
    text = clean(name())
    with open(folder + "/report.yml", "w", encoding="utf-8") as file:
        json.dump({"reporter": {"organisation": text, "contact": text, "executive": text}}, file)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.problems, self.text = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.problems.append(f"<{tag}>")
        for key, value in attributes:
            if key.startswith("on") or (key in ("href", "src") and not (value or "").startswith("#")):
                self.problems.append(f"{key}={value}")

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.text.append(data)


def hidden(where, text, problems):
    found = HIDDEN.search(text)
    if found:
        problems.append(f"{where}: U+{ord(found.group()):04X} near {text[max(0, found.start() - 20):found.start()]!r}")


def formula(where, cell, problems):
    if cell.lstrip("\ufeff")[:1] in tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"):
        problems.append(f"{where}: a formula: {cell[:40]!r}")


def check(folder):
    problems = []
    read = lambda name: open(f"{folder}/{name}", encoding="utf-8", newline="").read()
    for suffix in ("html", "md", "json", "txt"):
        hidden(suffix, read("scan.txt" if suffix == "txt" else "incident." + suffix), problems)
    page = Page()
    page.feed(read("incident.html"))
    problems += ["html: " + problem for problem in page.problems]
    if "script" not in "".join(page.text):
        problems.append("html: the hostile names are not in it: nothing was tested")
    for line in read("incident.md").splitlines():
        if re.search(r"(^|[^\\])<[a-zA-Z!/]", line) or re.search(r"(^|[^\\])\]\(", line):
            problems.append(f"md: markup: {line[:80]!r}")
    json.loads(read("incident.json"))
    tables = [name for name in os.listdir(folder) if name.endswith(".csv")]
    for name in tables:
        text = read(name)
        hidden(name, text.lstrip("\ufeff").replace("\r\n", ""), problems)
        for row in csv.reader(text.lstrip("\ufeff").splitlines()):
            for cell in row:
                formula(name, cell, problems)
    book = zipfile.ZipFile(folder + "/incident.xlsx")
    parts = {name: tree.fromstring(book.read(name)) for name in book.namelist() if name.endswith((".xml", ".rels"))}
    for name, part in parts.items():
        tags = [node.tag.split("}")[-1] for node in part.iter()]
        if "worksheets/" in name and ("f" in tags or "hyperlink" in tags):
            problems.append(f"xlsx: {name} has a formula or a link")
    for item in parts["xl/sharedStrings.xml"]:
        hidden("xlsx", "".join(item.itertext()).replace("\n", ""), problems)
    paper = subprocess.run(["pdftotext", "-layout", folder + "/incident.pdf", "-"], capture_output=True, text=True)
    hidden("pdf", paper.stdout.replace("\f", ""), problems)
    bytes_of_pdf = open(folder + "/incident.pdf", "rb").read()
    for word in (b"/JavaScript", b"/JS ", b"/Launch", b"/URI", b"/EmbeddedFile"):
        if word in bytes_of_pdf:
            problems.append(f"pdf: {word.decode()}")
    for problem in problems:
        print("hostile " + problem)
    print(f"hostile names in 7 forms, {len(tables)} tables: {len(problems)} problems")
    return 1 if problems else 0


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    sys.exit(check(sys.argv[2]))
