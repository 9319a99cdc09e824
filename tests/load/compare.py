"""The suite's main operations, measured beside a raw gRPC echo, pgbench running the same statements, and a bare
password hash; ratios of one run."""

import argparse
import statistics
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Callable, TypeVar

from suite import artifacts, ports
from suite.services import NAMES, Ports
from suite.suite import Suite, memory_bytes
from tests.load import report
from tests.load.measure import Measurements, Sample
from tests.load.report import Results
from tests.load.pgbench import Rate

TARGETS = [f"//tests/load:{name}" for name in ("load", "echo_server", "hash_rate", "descriptors")]
REPORT = artifacts.ROOT / "docs" / "benchmarks.md"

Taken = TypeVar("Taken", Sample, Rate)


class Rounds:
    """Measures all subjects in turns, and takes the median of each."""

    def __init__(self) -> None:
        self._taken: dict[str, list] = {}

    def measure(self, name: str, subject: Callable[[], Taken]) -> None:
        """One measurement, told as it is taken."""
        taken = subject()
        self._taken.setdefault(name, []).append(taken)
        print(f"  {name}: {taken.per_second:,.0f}/s", flush=True)

    def median(self, name: str) -> Taken:
        """Field by field."""
        taken = self._taken[name]
        kind = type(taken[0])
        return kind(*(statistics.median(getattr(it, field.name) for it in taken) for field in fields(kind)))


def main() -> None:
    """Builds, measures in turns, writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("words", nargs="*", help="only operations with one in their names; nothing is written")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-load-", dir="/tmp")))
        folder.chmod(0o711)
        built = artifacts.build(folder / "build")
        subprocess.run(["bazel", "build", *TARGETS], cwd=artifacts.ROOT, check=True)
        suite = _suite(folder, built)
        stack.callback(suite.postgres.delete)
        stack.callback(suite.down)
        suite.up(print)
        idle = {name: memory_bytes(suite.pid(name)) / 2**20 for name in NAMES}
        print("seeding", flush=True)
        measurements = Measurements(suite, folder, options.seconds)
        operations = measurements.operations(options.words)
        rounds = Rounds()
        for number in range(1, options.rounds + 1):
            print(f"round {number}", flush=True)
            for it in operations:
                rounds.measure(it.name, lambda it=it: measurements.operation(it))
                rounds.measure(f"{it.name}, pgbench", lambda it=it: measurements.statements(it))
            rounds.measure(report.ECHO_TLS, lambda: measurements.echo(encrypted=True))
            rounds.measure(report.ECHO_PLAIN, lambda: measurements.echo(encrypted=False))
            rounds.measure(report.HASHES, measurements.hashes)
    text = report.text(Results(operations, rounds.median, idle, options.rounds, options.seconds))
    if not options.words:
        REPORT.write_text(text, encoding="utf-8")
    print(text)


def _suite(folder: Path, built: artifacts.Artifacts) -> Suite:
    """As tools/portal has it, fsync on, in a folder and on ports of its own."""
    free = ports.free_ports(2 * len(NAMES))
    (folder / "suite").mkdir(mode=0o711)
    return Suite(folder / "suite", built, {
        name: Ports(*free[2 * index : 2 * index + 2]) for index, name in enumerate(NAMES)
    })


if __name__ == "__main__":
    main()
