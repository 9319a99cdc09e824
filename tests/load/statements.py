"""pgbench running the services' own statements, on copies of their databases."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Optional

from suite import artifacts
from suite.cluster import PROGRAMS, SUPERUSER, PostgresCluster
from suite.processes import run
from tests.load import names, seeds
from tests.load.names import Query
from tests.load.seeds import sql_id_of

IDENTITY, ACCESS_CODE, RECORDS = "bench_identity", "bench_access_code", "bench_records"
REDEEMING = "bench_redeeming"
NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# The settings of the services' sessions that matter to speed; see libs/db/connection.cc.
SESSION = "-c jit=off"
DAY_US = 86_400 * 1_000_000
SEARCHES = 500
# What the search may show, and one more to say whether there are others; see services/records/domain/limits.h.
MAX_CANDIDATES = 50
FEW_CANDIDATES = 10
QUESTIONS = 100
BATCHES = 200
# How the first statement of a script begins that only fetches the parameters of the others. Its time is not counted.
FETCH = "SELECT /* parameters */"


@dataclass(frozen=True)
class Found:
    """A search, and the patients it finds in their order."""

    query: Query
    patient_ids: list[str]


@dataclass(frozen=True)
class Script:
    """Transactions for pgbench."""

    database: str
    text: str
    # How many transactions did what they should, as the database has it.
    proof: Optional[str] = None


@dataclass(frozen=True)
class Rate:
    """What pgbench did."""

    per_second: float
    milliseconds: float


def prepare(postgres: PostgresCluster, folder: Path) -> None:
    """Copies the databases of the stopped services. Records' has access_code's grants too: a script has one database."""
    for name, copy in (("identity", IDENTITY), ("access_code", ACCESS_CODE), ("records", RECORDS)):
        _copy(postgres, name, f"portal_{name}", copy)
    dump = run([str(PROGRAMS / "pg_dump"), "-t", "grants", "--no-owner", "--no-privileges", "--section=pre-data"]
               + ["--section=data", "-d", postgres.url("portal_access_code", SUPERUSER)])
    table = "\n".join(line for line in dump.splitlines() if "TRIGGER" not in line)
    index = ("CREATE UNIQUE INDEX grants_active ON public.grants (account_id, patient_id) INCLUDE (grant_id, ends_at)"
             " WHERE revoked_at IS NULL;")
    postgres.run_script(RECORDS, f"{table}\n{index}\n{_batches()}")
    for database in ("portal_identity", "portal_access_code", "portal_records", IDENTITY, ACCESS_CODE, RECORDS):
        postgres.query(database, "VACUUM ANALYZE")


def searches(postgres: PostgresCluster, clinic_id: str) -> list[Found]:
    """What is typed, and what it finds: the statements are asked beforehand, so that every answer can be checked."""
    people = names.people(seeds.PATIENTS)
    typed = names.queries(people, SEARCHES)
    rows = ",".join(
        f"({number}, {_text(it.names)}, {_text(it.phone)}, {_text(it.email)}, '{_days(it)}')"
        for number, it in enumerate(typed, start=1)
    )
    letter, similar, dated = (
        _with_parameters(_search(name), f"'{clinic_id}'::uuid", "asked.names", "asked.phone", "asked.email", *more)
        for name, more in (
            ("SearchPatients", [str(MAX_CANDIDATES + 1)]),
            ("SearchPatientsBySimilarName", [str(MAX_CANDIDATES + 1)]),
            ("SearchPatientsByBirthDate", ["asked.days", str(MAX_CANDIDATES + 1)]),
        )
    )
    found = "ARRAY(SELECT found.patient_id FROM ({}) AS found)"
    few = f"cardinality(by_letter) < {FEW_CANDIDATES} AND names <> '' AND NOT dated"
    postgres.run_script(RECORDS, f"""
        CREATE TABLE searches (number int PRIMARY KEY, names text, phone text, email text, days int[],
          dated bool GENERATED ALWAYS AS (cardinality(days) > 0) STORED, by_letter uuid[], similar_too bool, by_name uuid[],
          disclosed int);
        INSERT INTO searches (number, names, phone, email, days) VALUES {rows};
        UPDATE searches AS asked SET by_letter = {found.format(dated)} WHERE dated;
        UPDATE searches AS asked SET by_letter = {found.format(letter)} WHERE NOT dated;
        UPDATE searches SET similar_too = {few};
        UPDATE searches AS asked SET by_name = {found.format(similar)} WHERE similar_too;
        VACUUM ANALYZE searches;""")
    answers = []
    lists = postgres.query(RECORDS, "SELECT array_to_string(by_letter, ','), array_to_string(by_name, ',')"
                                    " FROM searches ORDER BY number")
    for query, (by_letter, by_name) in zip(typed, lists):
        ids = dict.fromkeys(it for it in f"{by_letter},{by_name}".split(",") if it)
        answers.append(Found(query, list(ids)[:MAX_CANDIDATES]))
    disclosed = ",".join(f"({number}, {len(it.patient_ids)})" for number, it in enumerate(answers, start=1))
    postgres.query(RECORDS, f"UPDATE searches SET disclosed = it.count FROM (VALUES {disclosed}) AS it (number, count)"
                            " WHERE searches.number = it.number")
    return answers


def measure(postgres: PostgresCluster, folder: Path, script: Script, clients: int, seconds: int) -> Rate:
    """Runs a script with some clients."""
    if script.database == REDEEMING:
        postgres.query("postgres", f"DROP DATABASE IF EXISTS {REDEEMING}")
        _copy(postgres, "access_code", ACCESS_CODE, REDEEMING)
    file = folder / "script.sql"
    file.write_text(script.text, encoding="utf-8")
    out = run(
        ["/usr/bin/env", f"PGOPTIONS={SESSION}", str(PROGRAMS / "pgbench"), "-n", "-r", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
        + ["-D", "done=0", "-f", str(file), postgres.url(script.database, SUPERUSER)]
    )
    done = int(re.search(r"transactions actually processed: (\d+)", out).group(1))
    if script.proof and int(postgres.query(script.database, script.proof)[0][0]) != done:
        raise SystemExit("pgbench's transactions did not do what they should: not a measurement")
    milliseconds = float(re.search(r"latency average = ([\d.]+) ms", out).group(1))
    fetch = re.search(rf"^\s+([\d.]+)\s+\d+\s+{re.escape(FETCH)}", out, re.MULTILINE)
    milliseconds -= float(fetch.group(1)) if fetch else 0
    return Rate(clients / milliseconds * 1000, milliseconds)


# The scripts. Parameters that the service computes are computed by PostgreSQL here, or fetched beforehand where they
# are long.


def issue_passport() -> Script:
    """The session of a token."""
    read = _statement("services/identity/storage/queries/sessions.sql", "GetSessionByToken")
    return Script(IDENTITY, _lines(
        f"\\set number random(1, {seeds.HOLDERS})",
        _with_parameters(read, seeds.sql_token_hash("L", ":number"), "100"),
    ))


def sign_in() -> Script:
    """From a known device: attempts, credentials, and the transaction that opens the session; no hash."""
    def of(file: str, name: str, *values: str) -> str:
        return _with_parameters(_statement(f"services/identity/storage/queries/{file}.sql", name), *values)

    account, device = sql_id_of("account", ":number"), sql_id_of("device", ":number")
    # services/identity/storage/attempt_counter.h: from the client's address 2, from the device 6.
    client, tried = "sha256(('address ' || :address)::bytea)", f"sha256(({device})::text::bytea)"
    quarter = 900 * 1_000_000
    model = "(SELECT password_hash FROM accounts WHERE normalized_email = 'load@example.com')"
    return Script(IDENTITY, _lines(
        f"\\set number random(1, {seeds.HOLDERS})",
        "\\set address random(1, 1000000000)",
        "\\set session random(10000000, 1000000000000)",
        of("attempts", "CountAttempt", "2", client, NOW, f"{NOW} - {quarter}", "100", f"{NOW} + {quarter}"),
        of("devices", "GetKnownDevice", seeds.sql_token_hash("D", ":number"), "'holder' || :number || '@example.com'",
           f"{NOW} - 180 * {DAY_US}"),
        of("attempts", "CountAttempt", "6", tried, NOW, f"{NOW} - {quarter}", "10", f"{NOW} + {quarter}"),
        of("accounts", "GetCredentials", "'holder' || :number || '@example.com'"),
        "BEGIN;",
        of("accounts", "LockAccount", account, model),
        of("devices", "TouchKnownDevice", device, account, NOW),
        of("sessions", "InsertSession", sql_id_of("session", ":session"), account,
           "sha256((:session)::text::bytea)", NOW, f"{NOW} + {DAY_US // 2}", "''", device, "NULL::bigint"),
        of("attempts", "ClearAttempts", "6", tried),
        of("attempts", "ForgiveAttempt", "2", client),
        _audit("identity.SignIn", "1", account=account, resource=("session", sql_id_of("session", ":session"))),
        of("sessions", "GetSession", sql_id_of("session", ":session"), "100"),
        "COMMIT;",
    ))


def check_grant() -> Script:
    """One question."""
    return Script(RECORDS, _lines(_granted_patient(), _check()))


def check_grants() -> Script:
    """As many questions as go together."""
    check = _statement("services/access_code/storage/queries/grants.sql", "CheckGrants")
    return Script(RECORDS, _lines(
        f"\\set number random(1, {BATCHES})",
        f"{FETCH} accounts, patients FROM batches WHERE number = :number \\gset",
        _with_parameters(check, ":accounts", ":patients", NOW),
    ))


def redeem() -> Script:
    """Attempts, the code's claim with the grant, audit, notice, and the record for a repetition."""
    def of(file: str, name: str, *values: str) -> str:
        return _with_parameters(_statement(file, name), *values)

    codes = "services/access_code/storage/queries/access_codes.sql"
    grants = "services/access_code/storage/queries/grants.sql"
    attempts = "services/access_code/storage/queries/redemption_attempts.sql"
    repetitions = "libs/idempotency/queries/idempotency.sql"
    key = ["'account ' || :holder", "'RedeemAccessCode'", "'request ' || :number"]
    account, patient = sql_id_of("account", ":holder"), sql_id_of("patient", ":number")
    digests = f"ARRAY[{seeds.sql_pgbench_digest(':number')}]"
    hour = 3600 * 1_000_000
    answer = "decode(repeat('ab', 250), 'hex')"
    # Each client has a part of the codes.
    part = (seeds.PATIENTS - seeds.FIRST_WITH_CODE + 1) // 8
    clinic = f"(SELECT clinic_id FROM patients WHERE patient_id = {patient})"
    return Script(
        REDEEMING,
        _lines(
            f"\\set number {seeds.FIRST_WITH_CODE} + :client_id * {part} + :done",
            "\\set done :done + 1",
            "\\set holder random(1, 1000000)",
            "\\set address random(1, 1000000000)",
            of(repetitions, "GetIdempotencyKey", *key),
            "BEGIN;",
            of(attempts, "AdmitRedemptionAttempt", "'account:' || :holder", NOW, "10", f"{NOW} - {hour}"),
            of(attempts, "AdmitRedemptionAttempt", "'address:' || :address", NOW, "100", f"{NOW} - {hour}"),
            "COMMIT;",
            of(codes, "SpendBirthDateTry", digests, NOW, "5"),
            "BEGIN;",
            of(repetitions, "ClaimIdempotencyKey", *key, "'key'", "sha256('request')", NOW, f"{NOW} + {DAY_US}"),
            of(grants, "EndPassedGrantsOfAccount", account, NOW),
            of(codes, "RedeemAccessCode", digests, account, NOW, sql_id_of("grant", ":number + 1000000"), "NULL::int", "5"),
            _audit("access_code.RedeemAccessCode", "1", account=account, patient=patient,
                   resource=("access_code", sql_id_of("pgbench_code", ":number"))),
            of(grants, "ListHolders", patient, clinic, NOW, account),
            of("libs/outbox/queries/outbox.sql", "InsertOutboxEvent", "gen_random_uuid()", "'notice'", answer, NOW),
            of(repetitions, "StoreIdempotencyResponse", *key, answer),
            "COMMIT;",
        ),
        proof=f"SELECT count(*) FROM access_codes WHERE access_code_id >= '{seeds.id_of('pgbench_code', 0)}'"
              f" AND access_code_id < '{seeds.id_of('grant', 0)}' AND redeemed_at IS NOT NULL",
    )


def read_patient() -> Script:
    """The patient, the grant, the audit row."""
    read = _statement("services/records/storage/queries/patient.sql", "GetPatientProfile")
    return Script(RECORDS, _lines(
        _granted_patient(),
        _with_parameters(read, sql_id_of("patient", ":number")),
        _check(),
        _audit("records.GetMyPatient", "1", account=sql_id_of("account", ":holder"), patient=sql_id_of("patient", ":number")),
    ))


def list_plans() -> Script:
    """A page of plans, the grant, the audit row."""
    read = _statement("services/records/storage/queries/treatment_plan.sql", "ListTreatmentPlans")
    patient, account = sql_id_of("patient", ":number"), sql_id_of("account", ":holder")
    return Script(RECORDS, _lines(
        _granted_patient(),
        _with_parameters(read, patient, "2932897", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "21", account),
        _check(),
        _audit("records.ListMyTreatmentPlans", "1", account=account, patient=patient),
    ))


def search(clinic_id: str) -> Script:
    """The statement or two that a search takes, and an audit row for each patient shown."""
    limit = str(MAX_CANDIDATES + 1)
    asked = [f"'{clinic_id}'", ":names", ":phone", ":email"]
    return Script(RECORDS, _lines(
        f"\\set number random(1, {SEARCHES})",
        f"{FETCH} names, phone, email, days, dated::int, similar_too::int, greatest(disclosed, 1) AS shown"
        " FROM searches WHERE number = :number \\gset",
        "\\if :dated",
        _with_parameters(_search("SearchPatientsByBirthDate"), *asked, ":days", limit),
        "\\else",
        _with_parameters(_search("SearchPatients"), *asked, limit),
        "\\if :similar_too",
        _with_parameters(_search("SearchPatientsBySimilarName"), *asked, limit),
        "\\endif",
        "\\endif",
        _audit("records.SearchPatients", ":shown", account=sql_id_of("account", "1"),
               patient=sql_id_of("patient", ":number"), clinic=f"'{clinic_id}'::uuid"),
    ))


def _granted_patient() -> str:
    return (f"\\set number random(1, {seeds.GRANTED})\n"
            f"\\set holder (:number - 1) % {seeds.HOLDERS} + 1")


def _check() -> str:
    check = _statement("services/access_code/storage/queries/grants.sql", "CheckGrants")
    return _with_parameters(
        check, f"ARRAY[{sql_id_of('account', ':holder')}]", f"ARRAY[{sql_id_of('patient', ':number')}]", NOW
    )


def _audit(
    action: str, count: str, *, account: str, patient: str = "NULL::uuid", clinic: str = "NULL::uuid",
    resource: tuple[str, str] = ("", "''"),
) -> str:
    """The row of an event, or of many that differ in their id only."""
    def column(value: str, kind: str) -> str:
        return f"ARRAY[{value}]" if count == "1" else f"array_fill(({value})::{kind}, ARRAY[(:shown)::int])"

    ids = "ARRAY[gen_random_uuid()]" if count == "1" else f"ARRAY(SELECT gen_random_uuid() FROM generate_series(1, ({count})::int))"
    statement = _statement("libs/audit/queries/audit.sql", "InsertAuditEvents")
    texts = [f"'{resource[0]}'", f"({resource[1]})::text", f"'{action}'", "'OK'", "'127.0.0.1'"]
    texts.append(f"'{seeds.id_of('session', 0)}'")
    return _with_parameters(
        statement, ids, column(NOW, "bigint"), column("'account'", "text"), column(account, "uuid"),
        column(account, "uuid"), column("'gateway'", "text"), column(clinic, "uuid"), column(patient, "uuid"),
        *(column(text, "text") for text in texts),
    )


def _batches() -> str:
    """A table of questions that go together, as the texts that the service sends."""
    patient = f"(batch * 7919 + question * 104729) % {seeds.GRANTED} + 1"
    return f"""
        SET search_path = public;
        CREATE TABLE batches AS
        SELECT batch AS number, array_agg({sql_id_of('account', 'asked.holder')})::text AS accounts,
          array_agg({sql_id_of('patient', 'asked.patient')})::text AS patients
        FROM generate_series(1, {BATCHES}) AS batch, generate_series(1, {QUESTIONS}) AS question,
          LATERAL (SELECT {patient} AS patient, ({patient} - 1) % {seeds.HOLDERS} + 1 AS holder) AS asked
        GROUP BY batch;
        ALTER TABLE batches ADD PRIMARY KEY (number);"""


def _copy(postgres: PostgresCluster, service: str, template: str, copy: str) -> None:
    postgres.query("postgres", f"CREATE DATABASE {copy} OWNER portal_{service}_owner TEMPLATE {template}")


def _search(name: str) -> str:
    return _statement("services/records/storage/queries/patient_search.sql", name)


def _days(query: Query) -> str:
    if query.birth_date is None:
        return "{}"
    return f"{{{query.birth_date.toordinal() - names.date(1970, 1, 1).toordinal()}}}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _statement(file: str, name: str) -> str:
    """A statement of the services, from the file they embed."""
    text = (artifacts.ROOT / file).read_text(encoding="utf-8")
    body = re.search(rf"^-- name: {name}$(.*?)(?=^-- name: |\Z)", text, re.MULTILINE | re.DOTALL).group(1)
    return " ".join(line for line in body.splitlines() if line and not line.startswith("--")).rstrip("; ")


def _with_parameters(statement: str, *values: str) -> str:
    """The statement with values in place of $1, $2 …"""
    return re.sub(r"\$(\d+)", lambda match: f"({values[int(match.group(1)) - 1]})", statement)


def _lines(*lines: str) -> str:
    """A script: statements end with a semicolon, pgbench's own commands with the line."""
    ended = (line if line.startswith("\\") or line.endswith(("\\gset", ";")) else f"{line};" for line in _flat(lines))
    return "\n".join(ended) + "\n"


def _flat(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield from line.splitlines()
