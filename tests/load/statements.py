"""The services' own statements, from the files that they embed, and scripts of them for pgbench.

Parameters that a service computes are computed by PostgreSQL in a script, or fetched beforehand where they are long."""

import re
from dataclasses import dataclass
from typing import Iterable, Optional

from suite import artifacts
from tests.load import seeds
from tests.load.seeds import sql_id_of

# Copies of the services' databases; records' has access_code's grants too, because a script has one database.
IDENTITY, ACCESS_CODE, RECORDS = "bench_identity", "bench_access_code", "bench_records"
# Copied anew for each measurement: a code is redeemed once.
REDEEMING = "bench_redeeming"
NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
DAY_US = 86_400 * 1_000_000
SEARCHES = 500
# What the search may show, and when it looks for similar names too; see services/records/domain/limits.h.
MAX_CANDIDATES = 50
FEW_CANDIDATES = 10
QUESTIONS = 100  # of CheckGrants
BATCHES = 200
CLIENTS = 8
# How a script's statement begins that only fetches the parameters of the others. Its time is not counted.
FETCH = "SELECT /* parameters */"


@dataclass(frozen=True)
class Script:
    """Transactions for pgbench."""

    database: str
    text: str
    # How many transactions did what they should, as the database has it.
    proof: Optional[str] = None


def issue_passport() -> Script:
    """The session of a token."""
    read = statement("services/identity/storage/queries/sessions.sql", "GetSessionByToken")
    return Script(IDENTITY, _lines(
        f"\\set number random(1, {seeds.HOLDERS})",
        with_parameters(read, seeds.sql_token_hash("L", ":number"), "100"),
    ))


def sign_in() -> Script:
    """From a known device: attempts, credentials, and the transaction that opens the session; no hash."""
    def of(file: str, name: str, *values: str) -> str:
        return with_parameters(statement(f"services/identity/storage/queries/{file}.sql", name), *values)

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
    check = statement("services/access_code/storage/queries/grants.sql", "CheckGrants")
    return Script(RECORDS, _lines(
        f"\\set number random(1, {BATCHES})",
        f"{FETCH} accounts, patients FROM batches WHERE number = :number \\gset",
        with_parameters(check, ":accounts", ":patients", NOW),
    ))


def redeem() -> Script:
    """Attempts, the code's claim with the grant, audit, notice, and the record for a repetition."""
    def of(file: str, name: str, *values: str) -> str:
        return with_parameters(statement(file, name), *values)

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
    part = (seeds.PATIENTS - seeds.FIRST_WITH_CODE + 1) // CLIENTS
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
            of("services/access_code/storage/queries/closed_accounts.sql", "IsAccountClosed", account),
            of(grants, "EndPassedGrantsOfAccount", account, NOW),
            of(codes, "RedeemAccessCode", digests, account, NOW, sql_id_of("grant", ":number + 1000000"), "NULL::int",
               "5"),
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
    read = statement("services/records/storage/queries/patient.sql", "GetPatientProfile")
    patient, account = sql_id_of("patient", ":number"), sql_id_of("account", ":holder")
    return Script(RECORDS, _lines(
        _granted_patient(),
        with_parameters(read, patient),
        _check(),
        _audit("records.GetMyPatient", "1", account=account, patient=patient),
    ))


def list_plans() -> Script:
    """A page of plans, the grant, the audit row."""
    read = statement("services/records/storage/queries/treatment_plan.sql", "ListTreatmentPlans")
    patient, account = sql_id_of("patient", ":number"), sql_id_of("account", ":holder")
    return Script(RECORDS, _lines(
        _granted_patient(),
        with_parameters(read, patient, "2932897", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "21", account),
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
        search_statement("SearchPatientsByBirthDate", *asked, ":days", limit),
        "\\else",
        search_statement("SearchPatients", *asked, limit),
        "\\if :similar_too",
        search_statement("SearchPatientsBySimilarName", *asked, limit),
        "\\endif",
        "\\endif",
        _audit("records.SearchPatients", ":shown", account=sql_id_of("account", "1"),
               patient=sql_id_of("patient", ":number"), clinic=f"'{clinic_id}'::uuid"),
    ))


def search_statement(name: str, *values: str) -> str:
    """One of the search's, with its parameters."""
    return with_parameters(statement("services/records/storage/queries/patient_search.sql", name), *values)


def _granted_patient() -> str:
    return (f"\\set number random(1, {seeds.GRANTED})\n"
            f"\\set holder (:number - 1) % {seeds.HOLDERS} + 1")


def _check() -> str:
    check = statement("services/access_code/storage/queries/grants.sql", "CheckGrants")
    return with_parameters(
        check, f"ARRAY[{sql_id_of('account', ':holder')}]", f"ARRAY[{sql_id_of('patient', ':number')}]", NOW
    )


def _audit(
    action: str, count: str, *, account: str, patient: str = "NULL::uuid", clinic: str = "NULL::uuid",
    resource: tuple[str, str] = ("", "''"),
) -> str:
    """The row of an event, or of many that differ in their id only."""
    def column(value: str, kind: str) -> str:
        return f"ARRAY[{value}]" if count == "1" else f"array_fill(({value})::{kind}, ARRAY[(:shown)::int])"

    ids = f"ARRAY(SELECT gen_random_uuid() FROM generate_series(1, ({count})::int))"
    texts = [f"'{resource[0]}'", f"({resource[1]})::text", f"'{action}'", "'OK'", "'127.0.0.1'"]
    texts += [f"'{seeds.id_of('session', 0)}'", "''"]  # the request; account holders act without a name
    insert = statement("libs/audit/queries/audit.sql", "InsertAuditEvents")
    return with_parameters(
        insert, ids, column(NOW, "bigint"), column("'account'", "text"), column(account, "uuid"),
        column(account, "uuid"), column("'gateway'", "text"), column(clinic, "uuid"), column(patient, "uuid"),
        *(column(text, "text") for text in texts),
    )


def statement(file: str, name: str) -> str:
    """A statement of the services, from the file they embed."""
    text = (artifacts.ROOT / file).read_text(encoding="utf-8")
    body = re.search(rf"^-- name: {name}$(.*?)(?=^-- name: |\Z)", text, re.MULTILINE | re.DOTALL).group(1)
    return " ".join(line for line in body.splitlines() if line and not line.startswith("--")).rstrip("; ")


def with_parameters(text: str, *values: str) -> str:
    """The statement with values in place of $1, $2 …, of which it has as many as there are values."""
    wanted = {int(number) for number in re.findall(r"\$(\d+)", text)}
    if wanted != set(range(1, len(values) + 1)):
        raise ValueError(f"{len(values)} values for a statement with {len(wanted)} parameters: {text}")
    return re.sub(r"\$(\d+)", lambda match: f"({values[int(match.group(1)) - 1]})", text)


def _lines(*lines: str) -> str:
    """A script: statements end with a semicolon, pgbench's own commands with the line."""
    ended = (line if line.startswith("\\") or line.endswith(("\\gset", ";")) else f"{line};" for line in _flat(lines))
    return "\n".join(ended) + "\n"


def _flat(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        yield from line.splitlines()
