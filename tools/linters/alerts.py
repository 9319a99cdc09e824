"""Every alert names metrics that some program has and a page that exists; every page belongs to an alert or says so.

    python3 -m linters.alerts deploy/prometheus/alerts.yaml docs/playbooks SOURCE...
"""

import re
import sys
from pathlib import Path

import yaml

# In a source: AddCounter("name", …), on one line or two. A histogram has series of its own.
REGISTERED = re.compile(r'\bAdd(Counter|Gauge|Latencies|Histogram)\(\s*"([a-z][a-z0-9_]*)"')
SERIES = {"Latencies": ("_bucket", "_sum", "_count"), "Histogram": ("_bucket", "_sum", "_count")}
# Prometheus' own.
BUILT_IN = {"up"}
# A name in an expression that is neither a function (…), a label in braces or in by (…), nor a text.
TEXT = re.compile(r'"[^"]*"')
LABELS = re.compile(r"\{[^}]*\}|\b(?:by|on|without|ignoring)\s*\([^)]*\)|\[[^\]]*\]")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w*\s*\()")
WORDS = {"and", "or", "unless", "bool", "offset"}
LINK = re.compile(r"\(([a-z0-9-]+\.md)\)")


def metrics_in(source: str) -> set[str]:
    """The series that a source registers."""
    found = set()
    for kind, name in REGISTERED.findall(source):
        found |= {name + suffix for suffix in SERIES.get(kind, ("",))}
    return found


def metrics_of(expression: str) -> set[str]:
    """The series that an expression reads."""
    names = NAME.findall(LABELS.sub(" ", TEXT.sub('""', expression)))
    return {name for name in names if name not in WORDS and not name.isdigit()}


def check(rules: dict, pages: dict[str, str], registered: set[str]) -> list[str]:
    """What is wrong. `pages`: contents by file name."""
    found, linked = [], set()
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    for rule in alerts:
        name = rule["alert"]
        read = metrics_of(rule["expr"])
        found += [f"{name}: there is no metric {it}" for it in sorted(read - registered - BUILT_IN)]
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
    registered: set[str] = set()
    for path in sources:
        registered |= metrics_in(Path(path).read_text(encoding="utf-8"))
    pages = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).glob("*.md")}
    found = check(yaml.safe_load(Path(rules).read_text(encoding="utf-8")), pages, registered)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
