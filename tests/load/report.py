"""docs/benchmarks.md."""

import os
from dataclasses import dataclass
from datetime import date
from typing import Any, Callable, Optional

from tests.load.operations import OUTSTANDING, PGBENCH_CLIENTS, Operation
from tests.load.seeds import HOLDERS, PATIENTS

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
    lines = [
        "# Benchmarks",
        "",
        "Written by `tests/load/run`. Only the ratios carry over to another machine: everything below ran on the same",
        "processors, PostgreSQL and the load generator included, taking turns.",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores; medians of {results.rounds} rounds of {results.seconds} s;"
        f" {OUTSTANDING} calls outstanding on 4 connections unless said;",
        f"pgbench with {PGBENCH_CLIENTS} clients (2 beside 2 at a time), prepared; {PATIENTS:,} patients,"
        f" {HOLDERS:,} account holders, fsync on.",
        "",
        "| what | a second | p50 ms | p99 ms | server CPU µs a call | pgbench, a second | ÷ pgbench | ÷ echo | wanted | met |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(it, results) for it in results.operations]
    lines += ["", "| compared with | a second | p50 ms | p99 ms | server CPU µs a call |", "|---|---|---|---|---|"]
    for name in (ECHO_TLS, ECHO_PLAIN):
        echo = results.median(name)
        lines.append(f"| {name} | {echo.per_second:,.0f} | {echo.p50_ms:.1f} | {echo.p99_ms:.1f} | {echo.server_cpu_us:.0f} |")
    lines.append(f"| {HASHES} | {results.median(HASHES).per_second:,.0f} | – | – | – |")
    lines += [
        "",
        "**Calls** go to the services as the gateway's do: mutual TLS, passports of many accounts, policy, limits, audit. The",
        "load generator decodes each answer and compares what it says; a wrong one, or a refusal, ends the run without a",
        "report. Server CPU is that of the services that take part: records and access_code for what an account holder reads.",
        "",
        "**÷ pgbench**: beside the service's own statements for one call, from its `.sql` files, one after the other with",
        "their audit rows, on a copy of its database. pgbench does nothing else: no TLS, no protobuf, no passport, no sealing",
        "of the audit trail.",
        "**÷ echo**: beside a gRPC server of our form that copies a text, over the same mutual TLS.",
        "",
        "**Sign in** is a password hash, Argon2id with 19 MiB and 2 passes, and hashes have one thread on two cores so that",
        "everybody else gets something done: it is measured by the bare hash on one thread. More than 32 at a time are",
        "refused, not queued.",
        "",
        "**Search** draws from 500 texts: beginnings of names of one letter and more, full names, names with two letters",
        "swapped, birth dates, phone numbers and e-mail addresses; up to 50 patients are shown, and each one is audited.",
        "",
        f"Resident memory of an idle service (limit {IDLE_LIMIT_MB} MB): "
        + ", ".join(f"{name} {size:.0f} MB" for name, size in results.idle_mb.items()) + ".",
        "",
    ]
    return "\n".join(lines)


def _row(operation: Operation, results: Results) -> str:
    sample = results.median(operation.name)
    pgbench = results.median(f"{operation.name}, pgbench")
    of_pgbench = sample.per_second / pgbench.per_second
    of_echo = sample.per_second / results.median(ECHO_TLS).per_second
    of_hashing = sample.per_second / results.median(HASHES).per_second
    target = operation.target
    wanted = [
        (text, value >= limit)
        for text, value, limit in (
            (f"{_ratio(target.of_pgbench)} of pgbench", of_pgbench, target.of_pgbench),
            (f"{_ratio(target.of_echo)} of echo", of_echo, target.of_echo),
            (f"{_ratio(target.of_hashing)} of hashing ({of_hashing:.2f})", of_hashing, target.of_hashing),
            (f"p99 {target.p99_ms} ms", -sample.p99_ms, None if target.p99_ms is None else -target.p99_ms),
        )
        if limit is not None
    ]
    columns = [
        operation.name, f"{sample.per_second:,.0f}", f"{sample.p50_ms:.1f}", f"{sample.p99_ms:.1f}",
        f"{sample.server_cpu_us:.0f}", f"{pgbench.per_second:,.0f}", f"{of_pgbench:.2f}", f"{of_echo:.2f}",
        ", ".join(text for text, _ in wanted), ", ".join("yes" if met else "**no**" for _, met in wanted),
    ]
    return f"| {' | '.join(columns)} |"


def _ratio(value: Optional[float]) -> str:
    return "" if value is None else f"{value:.2f}"
