"""The include check: which folder may include what (CONTRIBUTING.md, "Where a line belongs").

Bazel's visibility keeps our own targets apart, but any target can include any system header, and a header of another
layer is found through a transitive dependency. This reads the #include lines instead.

    python3 -m linters.includes FILE...
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# A family of headers that do not live in this repository, and how its includes begin.
FAMILIES = {
    "absl": ("absl/",),
    "protobuf": ("google/protobuf/", "google/rpc/", "google/api/", "google/type/"),
    "grpc": ("grpc/", "grpcpp/", "grpc++/"),
    "envoy": ("envoy/",),
    "pqxx": ("pqxx/", "libpq"),
    "sodium": ("sodium",),
    "openssl": ("openssl/",),
    "spdlog": ("spdlog/", "fmt/"),
    "prometheus": ("prometheus/",),
    "httplib": ("httplib.h",),
    "json": ("nlohmann/",),
    "gtest": ("gtest/", "gmock/"),
    "benchmark": ("benchmark/",),
    "icu": ("unicode/",),
}
TEST_FAMILIES = {"gtest", "benchmark"}

# Tests and what only they include.
TEST_FILE = re.compile(r"_(test|benchmark|fixture|fuzz)\.(cc|h)$|^libs/testing/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Who may read the real clock: its wrapper, and whoever talks to gRPC, whose deadlines are its instants.
REAL_CLOCK = ("libs/time/", "libs/rpc/")


@dataclass(frozen=True)
class Layer:
    """What the files of one layer may include, besides the C++ standard library."""

    families: set[str] = field(default_factory=set)
    # Prefixes of workspace paths; {service} is the service's own folder.
    paths: tuple[str, ...] = ()
    # C and POSIX headers (`unistd.h`, `sys/stat.h`).
    posix: bool = True
    # Clocks and threads of the standard library: the domain has neither.
    clocks: bool = True


DOMAIN = Layer(
    families={"absl"},
    paths=("{service}/domain/", "libs/status/", "libs/time/", "libs/id/", "libs/email/", "libs/text/"),
    posix=False,
    clocks=False,
)
STORAGE = Layer(
    families={"absl", "pqxx"},
    paths=(
        *DOMAIN.paths,
        "{service}/storage/",
        "libs/audit/",
        "libs/crypto/",
        "libs/db/",
        "libs/idempotency/",
        "libs/outbox/",
    ),
)
RPC = Layer(
    families={"absl", "protobuf", "grpc", "envoy"},
    paths=("{service}/domain/", "{service}/storage/", "{service}/rpc/", "libs/", "portal/"),
)
MAIN = Layer(families={"absl", "protobuf", "grpc"}, paths=("{service}/", "libs/", "portal/"))

# What a library may include from outside; each wraps its families for everybody else.
LIBRARY_FAMILIES = {
    "audit": {"json"},
    "auth": {"protobuf", "grpc", "json"},
    "crypto": {"sodium", "openssl"},
    "db": {"pqxx"},
    "idempotency": {"protobuf"},
    "notice": {"grpc"},
    "rpc": {"protobuf", "grpc", "json", "openssl"},
    "status": {"protobuf"},
    "telemetry": {"spdlog", "prometheus", "httplib", "json"},
    "text": {"icu"},
    "testing": {"protobuf", "grpc", "gtest", "json", "openssl", "pqxx"},
}
# Libraries that know the contracts.
CONTRACT_LIBRARIES = {"auth", "notice", "rpc", "status", "testing"}


def layer_of(path: str) -> Layer | None:
    """The layer a source file belongs to, or None where there are no rules (tests/, tools/)."""
    parts = PurePosixPath(path).parts
    if parts[0] == "libs":
        library = parts[1]
        contracts = ("portal/",) if library in CONTRACT_LIBRARIES else ()
        return Layer({"absl"} | LIBRARY_FAMILIES.get(library, set()), ("libs/", *contracts))
    if parts[0] == "services":
        return {"domain": DOMAIN, "storage": STORAGE, "rpc": RPC}.get(parts[2], MAIN)
    return None


def family_of(header: str) -> str | None:
    """The family an included header belongs to, or None for the standard library and POSIX."""
    for family, beginnings in FAMILIES.items():
        if header.startswith(beginnings):
            return family
    return None


def violation(path: str, bracket: str, header: str) -> str | None:
    """Says why `path` must not include `header`, or None if it may."""
    layer = layer_of(path)
    if layer is None:
        return None
    is_test = TEST_FILE.search(path) is not None
    family = family_of(header)
    if header == "absl/time/clock.h" and not path.startswith(REAL_CLOCK) and not is_test:
        return "time comes from libs/time/clock.h"
    if family is not None:
        if family in layer.families or (is_test and family in TEST_FAMILIES):
            return None
        return f"{family} headers do not belong in this layer"
    if bracket == "<":
        if header in ("chrono", "ctime", "thread") and not layer.clocks:
            return "no wall clock and no threads in this layer"
        if header.endswith(".h") and not layer.posix:
            return "no operating-system headers in this layer"
        return None
    service = "/".join(PurePosixPath(path).parts[:2])
    allowed = [prefix.format(service=service) for prefix in layer.paths]
    if is_test:
        allowed.append("libs/testing/")
    if header.startswith(tuple(allowed)):
        return None
    return "this folder is not one this layer may use" if "/" in header else "include from the workspace root"


def check_text(path: str, text: str) -> list[str]:
    """All violations in one file, as `path:line: message`."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if match and (reason := violation(path, *match.groups())):
            found.append(f"{path}:{number}: {match.group(2)}: {reason}")
    return found


def main(paths: list[str]) -> int:
    """Checks files given relative to the workspace root."""
    found = []
    for path in paths:
        with open(path, encoding="utf-8") as source:
            found += check_text(path, source.read())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
