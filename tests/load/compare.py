"""Read one patient, measured beside a raw gRPC echo and pgbench running the same statements; ratios of one run."""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Iterator

from suite import artifacts, people, ports
from suite.pki import TRUST_DOMAIN
from suite.processes import POLL_SECONDS, run
from suite.services import NAMES, Ports
from suite.suite import Suite

PROGRAMS = artifacts.ROOT / "bazel-bin" / "tests" / "load"
REPORT = artifacts.ROOT / "docs" / "benchmarks.md"
PATIENTS = 100_000
GRANTED = 5_000
OUTSTANDING = 64
PGBENCH_CLIENTS = 8
START_SECONDS = 10
# Seeds' ids: the number in the last 12 hexadecimal digits.
ID_PREFIX = "01900000-0000-7000-8000-"
CLINIC = "01900000-0000-7000-9000-000000000001"
BENCH_DATABASE = "portal_bench"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    """One measurement of one thing."""

    per_second: float
    p50_us: float
    p99_us: float
    server_cpu_us: float  # of the server's processes, a call; PostgreSQL's not counted


class Comparison:
    """The suite with seeds, and what it is compared with."""

    def __init__(self, suite: Suite, folder: Path, seconds: int) -> None:
        self._suite = suite
        self._folder = folder
        self._seconds = seconds
        self._account = people.sign_up(suite, "load@example.com", "a load test's own long secret")
        session = self._account.call("identity.SessionService/GetSession")
        self._account_id = session["account_id"]

    def seed(self) -> None:
        """Fills the tables behind the services' backs: what is measured is reading."""
        self._suite.postgres.query("portal_records", _seed_records())
        self._suite.postgres.query("portal_access_code", _seed_access_code(self._account_id))
        ids = "\n".join(f"{ID_PREFIX}{number:012x}" for number in range(1, GRANTED + 1))
        (self._folder / "patients").write_text(ids, encoding="ascii")
        self._make_bench_database()

    def read_patient(self) -> Sample:
        """GetMyPatient on records, as the gateway calls it."""
        passport = self._folder / "passport"
        self._account.renew()
        passport.write_text(self._account.passport(), encoding="ascii")
        files = [f"--passport_file={passport}", f"--patient_ids_file={self._folder / 'patients'}"]
        pids = [self._suite.pid("records"), self._suite.pid("access_code")]
        address = f"localhost:{self._suite.ports['records'].grpc}"
        return self._load("GetMyPatient", address, pids, self._calling_tls() + files)

    def echo(self, encrypted: bool) -> Sample:
        """The same load on a server that only copies a text."""
        port = ports.free_ports(1)[0]
        own_tls = self._tls("records") if encrypted else []
        with _running([PROGRAMS / "echo_server", f"--listen_address=127.0.0.1:{port}", *own_tls]) as pid:
            _wait_until_listening(port)
            return self._load("Echo", f"localhost:{port}", [pid], self._calling_tls() if encrypted else [])

    def pgbench(self) -> Sample:
        """The statements of one call, as one client of PostgreSQL after the other sends them."""
        script = self._folder / "read_patient.sql"
        script.write_text(_pgbench_script(self._account_id), encoding="utf-8")
        out = run(
            ["/usr/lib/postgresql/15/bin/pgbench", "-n", "-M", "prepared", "-c", str(PGBENCH_CLIENTS), "-j", "2"]
            + ["-T", str(self._seconds), "-f", str(script), self._suite.postgres.url(BENCH_DATABASE, "postgres")]
        )
        per_second = float(re.search(r"tps = ([\d.]+)", out).group(1))
        latency_us = float(re.search(r"latency average = ([\d.]+) ms", out).group(1)) * 1000
        return Sample(per_second, latency_us, float("nan"), float("nan"))

    def resident_megabytes(self) -> dict[str, float]:
        """VmRSS of each service now."""
        return {name: _resident_megabytes(self._suite.pid(name)) for name in NAMES}

    def _load(self, method: str, address: str, pids: list[int], flags: list[str]) -> Sample:
        before = sum(_cpu_seconds(pid) for pid in pids)
        out = run(
            [str(PROGRAMS / "load"), f"--address={address}", f"--method={method}", "--warm_up=1s"]
            + [f"--duration={self._seconds}s", f"--outstanding={OUTSTANDING}", *flags]
        )
        spent = sum(_cpu_seconds(pid) for pid in pids) - before
        result = json.loads(out)
        failures = {name: count for name, count in result["outcomes"].items() if name != "OK"}
        if failures:
            raise SystemExit(f"{method}: {failures}: not a measurement")
        # The warm-up's calls cost as well: the processor's time is spread over both.
        calls = result["calls_per_second"] * (self._seconds + 1)
        return Sample(result["calls_per_second"], result["p50_us"], result["p99_us"], spent / calls * 1e6)

    def _tls(self, name: str) -> list[str]:
        files = self._suite.certificates.certificate(name)
        return [f"--tls_certificate={files.certificate}", f"--tls_key={files.key}", f"--tls_ca={files.ca}"]

    def _calling_tls(self) -> list[str]:
        return [*self._tls("gateway"), f"--server_uri=spiffe://{TRUST_DOMAIN}/service/records"]

    def _make_bench_database(self) -> None:
        """Records' database with access_code's grants beside it: pgbench talks to one database only."""
        postgres = self._suite.postgres
        for name in NAMES:
            self._suite.stop(name)
        postgres.query("postgres", f"CREATE DATABASE {BENCH_DATABASE} TEMPLATE portal_records")
        dump = run(["/usr/lib/postgresql/15/bin/pg_dump", "-t", "grants", "--no-owner", "--no-privileges"]
                   + ["--section=pre-data", "--section=data", "-d", postgres.url("portal_access_code", "postgres")])
        script = self._folder / "grants.sql"
        table = "\n".join(line for line in dump.splitlines() if "TRIGGER" not in line)
        index = ("CREATE UNIQUE INDEX grants_active ON grants (account_id, patient_id) INCLUDE (grant_id, ends_at)"
                 " WHERE revoked_at IS NULL;")
        script.write_text(f"{table}\nSET search_path = public;\n{index}\nVACUUM ANALYZE;\n", encoding="utf-8")
        run(["/usr/bin/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script)]
            + ["-d", postgres.url(BENCH_DATABASE, "postgres")])
        for database in ("portal_records", "portal_access_code"):
            postgres.query(database, "VACUUM ANALYZE")
        for name in NAMES:
            self._suite.restart(name)


def _seed_records() -> str:
    return f"""
        INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones,
          address_lines, address_city, address_region, address_postal_code, address_country_code, health_card_number,
          emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, staff_notes, version,
          created_at, updated_at)
        SELECT {_id_of('n')}, '{CLINIC}', 'Given ' || n, 'Family ' || n % 5000,
          date '1930-01-01' + n % 30000, 'female', 'p' || n || '@example.com', ARRAY['+1 514 555 ' || 1000 + n % 9000],
          ARRAY[n || ' rue des Érables'], 'Montréal', 'QC', 'H2X 1Y4', 'CA', 'CARD' || n, 'Contact ' || n, 'sister',
          '+1 514 555 0000', '', 1, now(), now()
        FROM generate_series(1, {PATIENTS}) AS n"""


def _seed_access_code(account_id: str) -> str:
    issuer = f"{ID_PREFIX}ffffffffffff"
    return f"""
        INSERT INTO patients (patient_id, clinic_id, display_name, version)
        SELECT {_id_of('n')}, '{CLINIC}', 'Given ' || n || ' Family ' || n % 5000, 1
        FROM generate_series(1, {PATIENTS}) AS n;
        INSERT INTO access_codes (access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id,
          created_at, expires_at, redeemed_at, redeemer_account_id)
        SELECT {_id_of('n')}, '{CLINIC}', {_id_of('n')}, 'load', sha256(n::text::bytea), '{issuer}', now(),
          now() + interval '5 days', now(), {_holder(account_id)}
        FROM generate_series(1, {PATIENTS}) AS n;
        INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, created_at)
        SELECT {_id_of('n')}, {_id_of('n')}, '{CLINIC}', {_id_of('n')}, {_holder(account_id)}, now()
        FROM generate_series(1, {PATIENTS}) AS n"""


def _holder(account_id: str) -> str:
    """The measured account holds the first patients' grants, another account each of the rest."""
    return f"CASE WHEN n <= {GRANTED} THEN '{account_id}'::uuid ELSE {_id_of('n')} END"


def _id_of(number: str) -> str:
    return f"('{ID_PREFIX}' || lpad(to_hex({number}), 12, '0'))::uuid"


def _statement(file: str, name: str) -> str:
    """A statement of the services, from the file they embed."""
    text = (artifacts.ROOT / file).read_text(encoding="utf-8")
    body = re.search(rf"^-- name: {name}$(.*?)(?=^-- name: |\Z)", text, re.MULTILINE | re.DOTALL).group(1)
    return " ".join(line for line in body.splitlines() if line and not line.startswith("--")).rstrip("; ")


def _with_parameters(statement: str, *values: str) -> str:
    for number in range(len(values), 0, -1):
        statement = statement.replace(f"${number}", values[number - 1])
    return statement + ";"


def _pgbench_script(account_id: str) -> str:
    patient = _id_of(":number::bigint")
    read = _statement("services/records/storage/queries/patient.sql", "GetPatientProfile")
    check = _statement("services/access_code/storage/queries/grants.sql", "CheckGrants")
    audit = _statement("libs/audit/queries/audit.sql", "InsertAuditEvents")
    texts = ["account", "gateway", "", "", "records.GetMyPatient", "OK", "127.0.0.1", ID_PREFIX + "0" * 12]
    kind, service, resource_kind, resource_id, action, outcome, address, request = (
        f"ARRAY['{text}']" for text in texts
    )
    now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    now_us = f"ARRAY[{now}]"
    account = f"ARRAY['{account_id}'::uuid]"
    row = ["ARRAY[gen_random_uuid()]", now_us, kind, account, account, service, "ARRAY[NULL::uuid]"]
    row += [f"ARRAY[{patient}]", resource_kind, resource_id, action, outcome, address, request]
    return "\n".join([
        f"\\set number random(1, {GRANTED})",
        _with_parameters(read, patient),
        _with_parameters(check, f"ARRAY['{account_id}'::uuid]", f"ARRAY[{patient}]", now),
        _with_parameters(audit, *row),
    ])


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
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def _resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def _median(samples: list[Sample]) -> Sample:
    return Sample(*(statistics.median(getattr(sample, name) for sample in samples)
                    for name in ("per_second", "p50_us", "p99_us", "server_cpu_us")))


def _row(name: str, sample: Sample, read: Sample) -> str:
    def number(value: float) -> str:
        return "–" if value != value else f"{value:,.0f}"

    return (f"| {name} | {number(sample.per_second)} | {number(sample.p50_us)} | {number(sample.p99_us)} "
            f"| {number(sample.server_cpu_us)} | {read.per_second / sample.per_second:.2f} |")


def _report(medians: dict[str, Sample], idle: dict[str, float], rounds: int, seconds: int) -> str:
    read = medians["read one patient"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `tests/load/run`. Only the ratios carry over to another machine: everything below ran on the same",
        "processors, load generator included, taking turns.",
        "",
        f"{date.today().isoformat()}, {os.cpu_count()} cores; medians of {rounds} rounds of {seconds} s;"
        f" {OUTSTANDING} calls outstanding on 4 connections,",
        f"pgbench with {PGBENCH_CLIENTS} clients, prepared; {PATIENTS:,} patients, fsync on.",
        "",
        "| what | a second | p50 µs | p99 µs | server CPU µs a call | read one patient ÷ this |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(name, sample, read) for name, sample in medians.items()]
    lines += [
        "",
        "*Read one patient* is `GetMyPatient` on records, as the gateway calls it: mutual TLS, passport, policy, the",
        "statement, the grant asked of access_code over its own TLS connection, and the audit row committed before the",
        "answer leaves. Its server CPU is that of records and access_code together. pgbench runs the same three",
        "statements one after the other, without any of the rest; its p50 is the average of a transaction.",
        "",
        "Resident memory of an idle service (limit 60 MB): "
        + ", ".join(f"{name} {size:.0f} MB" for name, size in idle.items()) + ".",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Builds, measures in turns, writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-load-", dir="/tmp")))
        folder.chmod(0o711)
        built = artifacts.build(folder / "build")
        subprocess.run(["bazel", "build", "//tests/load:load", "//tests/load:echo_server"], cwd=artifacts.ROOT, check=True)
        free = ports.free_ports(2 * len(NAMES))
        suite = Suite(folder / "suite", built, {
            name: Ports(*free[2 * index : 2 * index + 2]) for index, name in enumerate(NAMES)
        })
        (folder / "suite").mkdir(mode=0o711)
        stack.callback(suite.postgres.delete)
        stack.callback(suite.down)
        suite.up(print)
        comparison = Comparison(suite, folder, options.seconds)
        idle = comparison.resident_megabytes()
        print("seeding", flush=True)
        comparison.seed()
        subjects = {
            "read one patient": comparison.read_patient,
            "pgbench, the same statements": comparison.pgbench,
            "gRPC echo, mutual TLS": lambda: comparison.echo(encrypted=True),
            "gRPC echo, plain text": lambda: comparison.echo(encrypted=False),
        }
        samples: dict[str, list[Sample]] = {name: [] for name in subjects}
        for number in range(options.rounds):
            for name, measure in subjects.items():
                samples[name].append(measure())
                print(f"round {number + 1}: {name}: {samples[name][-1].per_second:,.0f}/s", flush=True)
    report = _report({name: _median(taken) for name, taken in samples.items()}, idle, options.rounds, options.seconds)
    REPORT.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
