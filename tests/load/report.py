"""docs/benchmarks.md."""

import os
from dataclasses import dataclass
from datetime import date
from typing import Any, Callable

from tests.load.operations import OUTSTANDING, Operation
from tests.load.seeds import HOLDERS, PATIENTS
from tests.load.statements import CLIENTS, SEARCHES

ECHO_TLS = "gRPC echo, mutual TLS"
ECHO_PLAIN = "gRPC echo, plain text"
HASHES = "Password hashes, one thread"
IDLE_LIMIT_MB = 60


@dataclass(frozen=True)
class Results:
    """What was measured; `median` by name: of an operation, of "<operation>, pgbench", and of those above."""

    operations: list[Operation]
    median: Callable[[str], Any]
    idle_mb: dict[str, float]
    rounds: int
    seconds: int


def text(results: Results) -> str:
    """The page."""
    columns = ["what", "a second", "p50 ms", "p99 ms", "server CPU µs", "pgbench", "÷ pgbench", "÷ echo", "÷ both", "wanted",
               "met"]
    compared = ["compared with", "a second", "p50 ms", "p99 ms", "server CPU µs"]
    echoes = [[name, *_figures(results.median(name))] for name in (ECHO_TLS, ECHO_PLAIN)]
    hashes = [HASHES, f"{results.median(HASHES).per_second:,.0f}", "–", "–", "–"]
    idle = ", ".join(f"{name} {size:.0f} MB" for name, size in results.idle_mb.items())
    return f"""# Benchmarks

Written by `tests/load/run`. Only the ratios carry over to another machine: everything below ran on the same processors,
PostgreSQL and the load generator included, taking turns.

{date.today().isoformat()}, {os.cpu_count()} cores; medians of {results.rounds} rounds of {results.seconds} s;
{OUTSTANDING} calls outstanding on 4 connections unless said; pgbench with {CLIENTS} clients (2 beside 2 at a time), prepared;
{PATIENTS:,} patients, {HOLDERS:,} account holders, fsync on.

{_table(columns, [_row(it, results) for it in results.operations])}

{_table(compared, [*echoes, hashes])}

**Calls** go to the services as the gateway's do: mutual TLS, passports of many accounts, policy, limits, audit. The load
generator decodes each answer and compares what it says; a wrong one, or a refusal, ends the run without a report. Server
CPU is a call's, without PostgreSQL's, of the services that take part: records and access_code for what an account
holder reads.

**÷ pgbench**: beside the service's own statements for one call, from its `.sql` files, one after the other with their
audit rows, on a copy of its database. pgbench does nothing else: no TLS, no protobuf, no passport, no sealing of the
audit trail. Where a call commits, fsync is most of either, and the service commits the audit rows of many reads together.

**÷ echo**: beside a gRPC server of our form that copies a text, over the same mutual TLS.

**÷ both**: beside a call that is such an echo and then runs the statements as pgbench does, each as fast as by itself.
Why this is wanted of look-ups, and what cannot be: [ADR 22](adr/0022-what-speed-is-measured-by.md).

**Sign in** is a password hash, Argon2id with 19 MiB and 2 passes, and hashes have one thread on two cores so that
everybody else gets something done: it is measured by the bare hash on one thread. More than 32 at a time are refused, not
queued.

**Search** draws from {SEARCHES} texts: beginnings of names from one letter on, full names, names with two letters
swapped, birth dates, phone numbers and e-mail addresses; up to 50 patients are shown, and each one is audited.

Resident memory of an idle service (limit {IDLE_LIMIT_MB} MB): {idle}.
"""


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(sample: Any) -> list[str]:
    return [f"{sample.per_second:,.0f}", f"{sample.p50_ms:.1f}", f"{sample.p99_ms:.1f}", f"{sample.server_cpu_us:,.0f}"]


def _row(operation: Operation, results: Results) -> list[str]:
    sample = results.median(operation.name)
    pgbench = results.median(f"{operation.name}, pgbench")
    of_pgbench = sample.per_second / pgbench.per_second
    echo = results.median(ECHO_TLS)
    of_echo = sample.per_second / echo.per_second
    pgbench_of_echo = pgbench.per_second / echo.per_second
    of_both = of_pgbench + of_echo
    of_hashes = sample.per_second / results.median(HASHES).per_second
    target = operation.target
    # What is wanted, what there is, and what it has to be at least.
    wanted = [
        (f"÷ pgbench {target.of_pgbench or 0:.2f}", of_pgbench, target.of_pgbench),
        (f"÷ both {target.of_both or 0:.2f}", of_both, target.of_both),
        (f"÷ echo {target.of_echo or 0:.2f} (pgbench {pgbench_of_echo:.2f})", of_echo, target.of_echo),
        (f"÷ hashes {target.of_hashes or 0:.2f}, is {of_hashes:.2f}", of_hashes, target.of_hashes),
        (f"p99 {target.p99_ms or 0:.0f} ms", -sample.p99_ms, target.p99_ms and -target.p99_ms),
    ]
    told = [(words, "yes" if value >= least else "**no**") for words, value, least in wanted if least is not None]
    return [
        operation.name, *_figures(sample), f"{pgbench.per_second:,.0f}", f"{of_pgbench:.2f}", f"{of_echo:.2f}",
        f"{of_both:.2f}", "; ".join(words for words, _ in told) or "–", "; ".join(met for _, met in told) or "–",
    ]
