"""Every alert names metrics, labels and values that some program has and a page that exists; every page belongs to an alert.

    python3 -m linters.alerts deploy/prometheus/alerts.yaml docs/playbooks SOURCE...
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

# In a source: AddCounter("name", …), on one line or two. A histogram has series of its own.
REGISTERED = re.compile(r'\bAdd(Counter|Gauge|Latencies|Histogram)\(\s*"([a-z][a-z0-9_]*)"')
SERIES = {"Latencies": ("_bucket", "_sum", "_count"), "Histogram": ("_bucket", "_sum", "_count")}
# Prometheus' own.
BUILT_IN = {"up"}
BUILT_IN_LABELS = {"job", "instance"}
# {{"label", value}}, in the call or in a variable that the call is given.
LABEL = re.compile(r'\{\s*"([a-z_]+)",')
LABELS_VARIABLE = re.compile(r"\bLabels\s+(\w+)\s*=\s*(\{.*?\});", re.DOTALL)
LITERAL = re.compile(r'"(\w+)"')
# In an expression: metric{label="value", …}.
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
# A name in an expression that is neither a function (…), a label in braces or in by (…), nor a text.
TEXT = re.compile(r'"[^"]*"')
LABELS = re.compile(r"\{[^}]*\}|\b(?:by|on|without|ignoring)\s*\([^)]*\)|\[[^\]]*\]")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w*\s*\()")
WORDS = {"and", "or", "unless", "bool", "offset"}
LINK = re.compile(r"\(([a-z0-9-]+\.md)\)")


@dataclass
class Registered:
    """What the sources say: the labels of each series, and every word in quotes, among them the labels' values."""

    labels: dict[str, set[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def read(self, source: str) -> None:
        """Adds what one source registers."""
        self.words |= set(LITERAL.findall(source))
        variables = dict(LABELS_VARIABLE.findall(source))
        for match in REGISTERED.finditer(source):
            kind, name = match.groups()
            call = _call(source, match.end())
            for variable, value in variables.items():
                if re.search(rf"\b{variable}\b", call):
                    call += value
            for suffix in SERIES.get(kind, ("",)):
                labels = self.labels.setdefault(name + suffix, set())
                labels |= set(LABEL.findall(call)) | ({"le"} if suffix == "_bucket" else set())


def _call(source: str, start: int) -> str:
    """From `start`, within a call's parentheses, to their end."""
    depth = 1
    for at in range(start, len(source)):
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        if depth == 0:
            return source[start:at]
    return source[start:]


def metrics_of(expression: str) -> set[str]:
    """The series that an expression reads."""
    names = NAME.findall(LABELS.sub(" ", TEXT.sub('""', expression)))
    return {name for name in names if name not in WORDS and not name.isdigit()}


def labels_unknown(expression: str, registered: Registered) -> list[str]:
    """The labels that an expression's metrics don't have, and the values that no source names."""
    found = []
    for metric, matchers in SELECTOR.findall(expression):
        known = registered.labels.get(metric, set()) | BUILT_IN_LABELS
        for label, values in MATCHER.findall(matchers):
            if label not in known:
                found.append(f"{metric} has no label {label}")
            # What is no plain word is a pattern over names that no source spells out, as methods' are.
            found += [f"{metric} has no {label} {value}" for value in values.split("|")
                      if re.fullmatch(r"\w+", value) and value not in registered.words]
    return found


def check(rules: dict, pages: dict[str, str], registered: Registered) -> list[str]:
    """What is wrong. `pages`: contents by file name."""
    found, linked = [], set()
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    for rule in alerts:
        name = rule["alert"]
        read = metrics_of(rule["expr"])
        found += [f"{name}: there is no metric {it}" for it in sorted(read - registered.labels.keys() - BUILT_IN)]
        found += [f"{name}: {it}" for it in labels_unknown(rule["expr"], registered)]
        if not read:
            found.append(f"{name}: reads no metric")
        page = rule.get("annotations", {}).get("playbook", "").removeprefix("docs/playbooks/")
        linked.add(page)
        if page not in pages:
            found.append(f"{name}: there is no page docs/playbooks/{page}")
        elif name not in pages.get("README.md", ""):
            found.append(f"{name}: is not in the index docs/playbooks/README.md")
    indexed = set(LINK.findall(pages.get("README.md", "")))
    for page in sorted(pages.keys() - {"README.md"}):
        if page not in linked:
            found.append(f"docs/playbooks/{page}: no alert links it")
        if page not in indexed:
            found.append(f"docs/playbooks/{page}: is not in the index")
        for heading in ("**Means.**", "**Look.**", "**Do.**", "**Over.**"):
            if heading not in pages[page]:
                found.append(f"docs/playbooks/{page}: does not say {heading}")
    return found


def main(arguments: list[str]) -> int:
    """Checks files given relative to the workspace root."""
    rules, folder, *sources = arguments
    registered = Registered()
    for path in sources:
        registered.read(Path(path).read_text(encoding="utf-8"))
    pages = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).glob("*.md")}
    found = check(yaml.safe_load(Path(rules).read_text(encoding="utf-8")), pages, registered)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
