"""Looks at reports in a real browser: screenshots at three widths, light and dark, and what must hold.

    look.py FOLDER PAGE.html ...

Drives a headless Chromium over its debugging pipe; nothing but Python, Chromium and poppler's tools is needed.
Fails on text that runs over the edge of the page, glyphs that no font has, console errors, and what a checker of
accessibility finds: axe-core where AXE names its file, and in any case language, order of headings,
headers of tables, names of pictures and regions, contrast, ids. Printed on A4, fails on a font that is not in the
file, words beyond the margins, words that cannot be found again, a heading or titles of a table alone at the end of
a page, a row or a picture that is cut, and a picture wider than the page.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

WIDTHS = (390, 820, 1280)
# Before a page is printed to find where its parts come to lie: each part becomes a link, whose place the PDF tells.
MARK = r"""
(() => {
  let count = 0;
  const kinds = [];
  const link = (node, name) => {
    const anchor = document.createElement('a');
    anchor.href = 'https://mark.invalid/' + name;
    anchor.append(...node.childNodes);
    node.append(anchor);
  };
  for (const node of document.querySelectorAll('h2,h3,p,li,thead tr,tbody tr,.fields > div,.cards > div,svg')) {
    if (node.closest('nav') || !node.getClientRects().length) continue;
    const name = String(count);
    if (node.tagName === 'svg') {
      const anchor = document.createElement('a');
      anchor.href = 'https://mark.invalid/' + name;
      anchor.style.display = 'block';
      node.replaceWith(anchor);
      anchor.append(node);
    } else if (/^(TR|DIV)$/.test(node.tagName)) {
      for (const part of node.children) link(part, name);
    } else link(node, name);
    const kind = node.parentElement.tagName === 'THEAD' ? 'titles' : node.tagName.toLowerCase();
    kinds.push([kind, node.textContent.trim().replace(/\s+/g, ' ').slice(0, 40)]);
    count += 1;
  }
  return kinds;
})()
"""

CHECK = r"""
(() => {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) problems.push(`the page is ${root.scrollWidth} wide, the window ${innerWidth}`);
  for (const node of document.querySelectorAll('body *')) {
    if (node.closest('.scroll') && !node.matches('.scroll')) continue;
    const box = node.getBoundingClientRect();
    if (box.width && box.right > innerWidth + 1) problems.push(`${node.tagName} ${node.className} runs over the edge`);
  }
  // Glyphs: drawn like a scalar that no font has.
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 24;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const font = getComputedStyle(document.body).fontFamily;
  const draw = (text) => {
    pen.clearRect(0, 0, 24, 24);
    pen.font = '18px ' + font;
    pen.fillText(text, 2, 18);
    return pen.getImageData(0, 0, 24, 24).data.join();
  };
  const blank = draw(' '), missing = draw('\u{10FFFE}');
  for (const scalar of new Set(document.body.textContent)) {
    if (/\s/u.test(scalar) || /\p{M}|\p{Cf}/u.test(scalar)) continue;
    const image = draw(scalar);
    if (image === missing || image === blank) problems.push(`no glyph for U+${scalar.codePointAt(0).toString(16)}`);
  }
  if (!root.lang) problems.push('no language');
  if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
  let level = 0;
  for (const heading of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) problems.push(`heading ${heading.textContent} skips a level`);
    level = next;
  }
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption) problems.push('a table without a caption');
    for (const cell of table.querySelectorAll('th')) if (!cell.scope) problems.push('a header without scope');
  }
  for (const picture of document.querySelectorAll('svg')) {
    if (!picture.querySelector('title') || !picture.querySelector('desc')) problems.push('a picture without words');
  }
  for (const region of document.querySelectorAll('.scroll')) {
    if (region.tabIndex !== 0 || !region.getAttribute('aria-label')) problems.push('a region without name or focus');
  }
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  if (new Set(ids).size !== ids.length) problems.push('an id is there twice');
  // Contrast of text on what is behind it (WCAG 2.1, 1.4.3).
  const parse = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = (colour) => colour.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const seen = new Set();
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    const style = getComputedStyle(node);
    const ink = parse(node.closest('svg') ? style.fill : style.color);
    let back = null;
    for (let at = node; at && !back; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] > 0)) back = colour;
    }
    if (node.tagName === 'title' || node.tagName === 'desc' || !ink.length) continue;
    const [a, b] = [light(ink), light(back || [255, 255, 255])];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = `${node.tagName} ${node.getAttribute('class')} ${ratio.toFixed(2)}`;
    if (ratio < 4.5 && !seen.has(key)) { seen.add(key); problems.push('contrast: ' + key); }
  }
  return problems;
})()
"""

AXE = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then((r) => " \
    "r.violations.map((v) => `axe ${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 120)}`))"


class Browser:
    def __init__(self):
        name = os.environ.get("OMETSUKE_CHROMIUM") or next(
            (n for n in ("chromium", "chromium-browser", "google-chrome") if shutil.which(n)), None)
        if name is None:
            sys.exit("make look: needs Chromium (Debian: apt-get install chromium fonts-noto-cjk)")
        self.profile = tempfile.mkdtemp(prefix="ometsuke-look-")
        to_browser, self.out = os.pipe()
        self.inp, from_browser = os.pipe()

        def hand_over():
            # The debugging pipe is descriptors 3 and 4.
            a, b = os.dup(to_browser), os.dup(from_browser)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [name, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             f"--user-data-dir={self.profile}", "--remote-debugging-pipe"],
            preexec_fn=hand_over, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def read(self):
        while b"\0" not in self.rest:
            block = os.read(self.inp, 1 << 20)
            if not block:
                sys.exit("make look: the browser is gone")
            self.rest += block
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"make look: {method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def evaluate(self, text):
        result = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"make look: {result['exceptionDetails']}")
        return result["result"].get("value")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def look(browser, page, folder, axe):
    problems = []
    name = os.path.splitext(os.path.basename(page))[0]
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            browser.events.clear()
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                         deviceScaleFactor=1, mobile=False)
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.call("Page.navigate", url="file://" + os.path.abspath(page))
            browser.wait("Page.loadEventFired")
            found = browser.evaluate(CHECK)
            if axe and width == WIDTHS[-1]:
                browser.evaluate(axe)
                found += browser.evaluate(AXE)
            for event in browser.events:
                entry = event.get("params", {}).get("entry", {})
                if entry.get("level") == "error" or event.get("method") == "Runtime.exceptionThrown":
                    found.append(f"console: {entry.get('text')}")
            problems += [f"{name}, {width}, {scheme}: {problem}" for problem in found]
            size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
            if scheme == "dark" and width != WIDTHS[-1]:
                continue
            shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
                "x": 0, "y": 0, "width": width, "height": min(size["height"], 16000), "scale": 1})
            with open(f"{folder}/{name}-{width}-{scheme}.png", "wb") as file:
                file.write(base64.b64decode(shot["data"]))
    return problems


def places(path):
    """Where the marks lie: of each its number, the pages from 0 and its left and right edges in points."""
    data = open(path, "rb").read().decode("latin-1")
    objects = dict(re.findall(r"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", data, re.S))
    found = {}
    pages = [body for _, body in sorted(objects.items(), key=lambda item: int(item[0]))
             if re.search(r"/Type\s*/Page\b(?!s)", body)]
    for number, body in enumerate(pages):
        listed = re.search(r"/Annots\s*\[(.*?)\]", body, re.S)
        for name in re.findall(r"(\d+) 0 R", listed.group(1) if listed else ""):
            mark = re.search(r"mark\.invalid/(\d+)", objects[name])
            box = re.search(r"/Rect\s*\[([^\]]*)\]", objects[name])
            if mark and box:
                left, low, right, high = (float(word) for word in box.group(1).split())
                # What a break has moved to the next page leaves a sliver at the end of this one.
                if high - low > 3:
                    found.setdefault(int(mark.group(1)), []).append((number, left, right))
    return found, len(pages)


def breaks(kinds, found, width, margin):
    """What a page break must not do: leave a heading or the titles of a table alone, cut a row, a field, a picture."""
    problems = []
    if len(found) < len(kinds) * 0.95:
        problems.append(f"only {len(found)} of {len(kinds)} parts were found on paper")
    first = {mark: min(number for number, _, _ in boxes) for mark, boxes in found.items()}
    for mark, (kind, text) in enumerate(kinds):
        if mark not in found:
            continue
        sheets = sorted({number for number, _, _ in found[mark]})
        if kind in ("h2", "h3", "titles"):
            follower = first.get(mark + 1, first[mark])
            if follower != first[mark]:
                problems.append(f"page {first[mark] + 1}: {kind} alone at its end: {text}")
        elif len(sheets) > 1 and kind in ("tr", "div", "svg"):
            problems.append(f"page {sheets[0] + 1}: {kind} is cut: {text}")
        if kind == "svg" and any(left < margin - 3 or right > width - margin + 3 for _, left, right in found[mark]):
            problems.append(f"page {sheets[0] + 1}: a picture is wider than the page: {text}")
    return problems


def paper(browser, page, folder):
    """The page as it is printed: its fonts are in the file, nothing is cut at the edge, its words can be searched."""
    name = os.path.splitext(os.path.basename(page))[0]
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.call("Emulation.clearDeviceMetricsOverride")
    printed = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    path = f"{folder}/{name}.pdf"
    with open(path, "wb") as file:
        file.write(base64.b64decode(printed["data"]))
    problems = []

    def run(*words):
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    for line in run("pdffonts", path).splitlines()[2:]:
        # Columns from the right: object (2), unicode, subset, embedded.
        if line.split()[-5] != "yes":
            problems.append(f"a font is not in the file: {line}")
    words = run("pdftotext", "-bbox", path, "-")
    width = float(re.search(r'<page width="([\d.]+)"', words).group(1))
    if abs(width - 595) > 2:
        problems.append(f"a page is {width} points wide, not A4")
    margin = 15 / 25.4 * 72 - 2
    for left, right, word in re.findall(r'<word xMin="(-?[\d.]+)" .*?xMax="([\d.]+)" .*?>(.*?)</word>', words):
        if float(right) > width - margin + 3 or float(left) < margin - 3:
            problems.append(f"{word} runs over the margin: {left} to {right}")
    title = browser.evaluate("document.querySelector('h1').textContent").replace(" ", "")
    if title not in re.sub(r"\s", "", run("pdftotext", path, "-")):
        problems.append("the title cannot be found in the text")
    browser.call("Emulation.setEmulatedMedia", media="print")
    kinds = browser.evaluate(MARK)
    marked = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    browser.call("Emulation.setEmulatedMedia", media="")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(base64.b64decode(marked["data"]))
        file.flush()
        found, sheets = places(file.name)
    pages = int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", path)).group(1))
    if sheets != pages:
        problems.append(f"{sheets} pages with marks, {pages} without: the places are not those of the report")
    problems += breaks(kinds, found, width, margin)
    return [f"{name}, paper: {problem}" for problem in problems]


def main():
    folder, pages = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    axe = open(os.environ["AXE"]).read() if os.environ.get("AXE") else None
    browser = Browser()
    problems = []
    for page in pages:
        problems += look(browser, page, folder, axe)
        problems += paper(browser, page, folder)
    browser.close()
    for problem in problems:
        print(problem)
    print(f"{len(pages)} pages at {len(WIDTHS)} widths, light and dark, and on A4; axe-core "
          f"{'too' if axe else 'NOT'}: {len(problems)} problems")
    sys.exit(1 if problems or not pages else 0)


main()
