"""Measures one thing at a time: calls of an operation, pgbench running its statements, an echo, a password hash."""

import base64
import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from suite import artifacts, people, ports
from suite.contracts import Contracts
from suite.pki import TRUST_DOMAIN
from suite.processes import POLL_SECONDS, run
from suite.services import NAMES
from suite.suite import Suite
from tests.load import pgbench, seeds
from tests.load.operations import OUTSTANDING, Operation, Operations

PROGRAMS = artifacts.ROOT / "bazel-bin" / "tests" / "load"
OWNER = "owner@example.com"
ECHOED = "0188a5d0-0000-7000-8000-000000000003"
START_SECONDS = 10
SETTLE_SECONDS = 600
WARM_UP_SECONDS = 1
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Events that are not sealed yet, and letters that are not delivered.
UNFINISHED = ("SELECT (SELECT count(*) FROM audit_events WHERE batch_no IS NULL)"
              " + (SELECT count(*) FROM outbox_events WHERE dead_at IS NULL)")


@dataclass(frozen=True)
class Sample:
    """One measurement of calls."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu_us: float  # of the server's processes, a call; PostgreSQL's not counted


class Measurements:
    """The suite with seeds, and what it is compared with."""

    def __init__(self, suite: Suite, folder: Path, seconds: int) -> None:
        self._suite = suite
        self._folder = folder
        self._seconds = seconds
        people.sign_up(suite, "load@example.com", seeds.PASSWORD)
        clinic_id = people.create_clinic(suite, "load", "Clinic of the load test", OWNER)
        owner = people.accept_invitation(suite, OWNER, seeds.PASSWORD, "Dr. Load")
        seeds.fill(suite, folder, clinic_id)
        self._copy_databases()
        self._operations = Operations(suite, owner, clinic_id, pgbench.searches(suite.postgres, clinic_id))

    def operations(self, words: list[str]) -> list[Operation]:
        """Those with one of the words in their names; all without words."""
        found = self._operations.all()
        return [it for it in found if not words or any(word.lower() in it.name.lower() for word in words)]

    def operation(self, operation: Operation) -> Sample:
        """As the gateway, or another service, calls it."""
        self._settle()
        requests = self._folder / "requests"
        self._operations.write(operation, requests)
        method = self._suite.client.contracts.method(operation.method).full_name
        flags = [f"--address=localhost:{self._suite.ports[operation.services[0]].grpc}", f"--requests={requests}",
                 f"--answer_field={operation.answer_field}", f"--outstanding={operation.outstanding}"]
        flags += ["--once"] if operation.once else []
        flags += self._calling_tls(operation.caller, operation.services[0])
        return self._load(method, [self._suite.pid(name) for name in operation.services], flags)

    def statements(self, operation: Operation) -> pgbench.Rate:
        """The statements of the operation's calls."""
        self._settle()
        clients = operation.clients
        return pgbench.measure(self._suite.postgres, self._folder, operation.script, clients, self._seconds)

    def echo(self, encrypted: bool) -> Sample:
        """The same load on a server that only copies a text."""
        self._settle()
        port = ports.free_ports(1)[0]
        method = Contracts(PROGRAMS / "descriptors.binpb").method("testing.ProbeService/CallPublic")
        requests = self._folder / "requests"
        encoded = base64.b64encode(method.encode({"text": ECHOED})).decode()
        requests.write_text(f"{encoded}\t\t\t{ECHOED}\n", encoding="ascii")
        own_tls = self._tls("records") if encrypted else []
        flags = [f"--address=localhost:{port}", f"--requests={requests}", "--answer_field=text",
                 f"--outstanding={OUTSTANDING}", *(self._calling_tls("gateway", "records") if encrypted else [])]
        with _running([PROGRAMS / "echo_server", f"--listen_address=127.0.0.1:{port}", *own_tls]) as pid:
            _wait_until_listening(port)
            return self._load(method.full_name, [pid], flags)

    def hashes(self) -> pgbench.Rate:
        """Password hashes, on one thread as identity has it on two cores."""
        self._settle()
        per_second = json.loads(run([str(PROGRAMS / "hash_rate"), f"--duration={self._seconds}s"]))["per_second"]
        return pgbench.Rate(per_second, 1000 / per_second)

    def _load(self, method: str, pids: list[int], flags: list[str]) -> Sample:
        before = sum(_cpu_seconds(pid) for pid in pids)
        result = json.loads(run(
            [str(PROGRAMS / "load"), f"--contracts={PROGRAMS / 'descriptors.binpb'}", f"--method={method}", *flags]
            + [f"--warm_up={WARM_UP_SECONDS}s", f"--duration={self._seconds}s"]
        ))
        spent = sum(_cpu_seconds(pid) for pid in pids) - before
        if result["failures"]:
            raise SystemExit(f"{method}: {result['failures']}: not a measurement")
        if result["seconds"] < self._seconds / 2:
            raise SystemExit(f"{method}: the requests were used up in {result['seconds']:.1f} s: not a measurement")
        return Sample(result["calls_per_second"], result["p50_us"] / 1000, result["p99_us"] / 1000,
                      spent / result["calls"] * 1e6)

    def _tls(self, name: str) -> list[str]:
        files = self._suite.certificates.certificate(name)
        return [f"--tls_certificate={files.certificate}", f"--tls_key={files.key}", f"--tls_ca={files.ca}"]

    def _calling_tls(self, caller: str, server: str) -> list[str]:
        return [*self._tls(caller), f"--server_uri=spiffe://{TRUST_DOMAIN}/service/{server}"]

    def _copy_databases(self) -> None:
        for name in NAMES:
            self._suite.stop(name)
        pgbench.prepare(self._suite.postgres)
        for name in NAMES:
            self._suite.restart(name)

    def _settle(self) -> None:
        """Waits until nothing of the measurement before is left to do: audit events are sealed, letters delivered."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while any(self._suite.query(name, UNFINISHED) != [["0"]] for name in NAMES):
            if time.monotonic() > deadline:
                raise SystemExit("what a measurement left to do is not done")
            time.sleep(POLL_SECONDS)
        self._suite.postgres.query("postgres", "CHECKPOINT")


@contextmanager
def _running(command: list) -> Iterator[int]:
    process = subprocess.Popen([str(part) for part in command])
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((ports.LOOPBACK, port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(POLL_SECONDS)
    raise SystemExit("the echo server does not listen")


def _cpu_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS_PER_SECOND
