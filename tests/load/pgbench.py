"""pgbench, and the copies of the services' databases that it works on."""

import re
from dataclasses import dataclass
from pathlib import Path

from suite.cluster import PROGRAMS, SUPERUSER, PostgresCluster
from suite.processes import ENVIRONMENT, run
from tests.load import names, seeds, statements
from tests.load.names import Query
from tests.load.seeds import sql_id_of

# What the services' sessions have set that matters to speed; see libs/db/connection.cc.
SESSION = {"PGOPTIONS": "-c jit=off -c plan_cache_mode=force_generic_plan"}
COPIES = {"identity": statements.IDENTITY, "access_code": statements.ACCESS_CODE, "records": statements.RECORDS}


@dataclass(frozen=True)
class Found:
    """A search, and the patients it finds in their order."""

    query: Query
    patient_ids: list[str]


@dataclass(frozen=True)
class Rate:
    """How fast something is that is not called over gRPC."""

    per_second: float
    milliseconds: float


def prepare(postgres: PostgresCluster) -> None:
    """Copies the databases of the stopped services, and access_code's grants into the copy of records'."""
    for service, copy in COPIES.items():
        _copy(postgres, service, f"portal_{service}", copy)
    dump = run([str(PROGRAMS / "pg_dump"), "-t", "grants", "--no-owner", "--no-privileges", "--section=pre-data"]
               + ["--section=data", "-d", postgres.url("portal_access_code", SUPERUSER)])
    table = "\n".join(line for line in dump.splitlines() if "TRIGGER" not in line)
    index = ("CREATE UNIQUE INDEX grants_active ON public.grants (account_id, patient_id) INCLUDE (grant_id, ends_at)"
             " WHERE revoked_at IS NULL;")
    postgres.run_script(statements.RECORDS, f"{table}\n{index}\n{_batches()}")
    for service, copy in COPIES.items():
        postgres.query(f"portal_{service}", "VACUUM ANALYZE")
        postgres.query(copy, "VACUUM ANALYZE")


def searches(postgres: PostgresCluster, clinic_id: str) -> list[Found]:
    """What is typed, and what it finds: the statements are asked beforehand, so that every answer can be checked."""
    people = names.people(seeds.PATIENTS)
    typed = names.queries(people, statements.SEARCHES)
    rows = ",".join(
        f"({number}, {_text(it.names)}, {_text(it.phone)}, {_text(it.email)}, '{_days(it)}')"
        for number, it in enumerate(typed, start=1)
    )
    terms = [f"'{clinic_id}'::uuid", "asked.names", "asked.phone", "asked.email"]
    limit = str(statements.MAX_CANDIDATES + 1)
    letter = statements.search_statement("SearchPatients", *terms, limit)
    similar = statements.search_statement("SearchPatientsBySimilarName", *terms, limit)
    dated = statements.search_statement("SearchPatientsByBirthDate", *terms, "asked.days", limit)
    found = "ARRAY(SELECT found.patient_id FROM ({}) AS found)"
    few = f"cardinality(by_letter) < {statements.FEW_CANDIDATES} AND names <> '' AND NOT dated"
    postgres.run_script(statements.RECORDS, f"""
        CREATE TABLE searches (number int PRIMARY KEY, names text, phone text, email text, days int[],
          dated bool GENERATED ALWAYS AS (cardinality(days) > 0) STORED, by_letter uuid[], similar_too bool,
          by_name uuid[], disclosed int);
        INSERT INTO searches (number, names, phone, email, days) VALUES {rows};
        UPDATE searches AS asked SET by_letter = {found.format(dated)} WHERE dated;
        UPDATE searches AS asked SET by_letter = {found.format(letter)} WHERE NOT dated;
        UPDATE searches SET similar_too = {few};
        UPDATE searches AS asked SET by_name = {found.format(similar)} WHERE similar_too;
        VACUUM ANALYZE searches;""")
    answers = []
    lists = postgres.query(
        statements.RECORDS,
        "SELECT array_to_string(by_letter, ','), array_to_string(by_name, ',') FROM searches ORDER BY number",
    )
    for query, (by_letter, by_name) in zip(typed, lists):
        ids = dict.fromkeys(it for it in f"{by_letter},{by_name}".split(",") if it)
        answers.append(Found(query, list(ids)[:statements.MAX_CANDIDATES]))
    disclosed = ",".join(f"({number}, {len(it.patient_ids)})" for number, it in enumerate(answers, start=1))
    postgres.query(
        statements.RECORDS,
        f"UPDATE searches SET disclosed = it.count FROM (VALUES {disclosed}) AS it (number, count)"
        " WHERE searches.number = it.number",
    )
    return answers


def measure(postgres: PostgresCluster, folder: Path, script: statements.Script, clients: int, seconds: int) -> Rate:
    """Runs a script with some clients."""
    if script.database == statements.REDEEMING:
        postgres.query("postgres", f"DROP DATABASE IF EXISTS {statements.REDEEMING}")
        _copy(postgres, "access_code", statements.ACCESS_CODE, statements.REDEEMING)
    file = folder / "script.sql"
    file.write_text(script.text, encoding="utf-8")
    out = run(
        [str(PROGRAMS / "pgbench"), "-n", "-r", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
        + ["-D", "done=0", "-f", str(file), postgres.url(script.database, SUPERUSER)],
        env=ENVIRONMENT | SESSION,
    )
    done = int(re.search(r"transactions actually processed: (\d+)", out).group(1))
    if script.proof and int(postgres.query(script.database, script.proof)[0][0]) != done:
        raise SystemExit("pgbench's transactions did not do what they should: not a measurement")
    milliseconds = float(re.search(r"latency average = ([\d.]+) ms", out).group(1))
    fetch = re.search(rf"^\s+([\d.]+)\s+\d+\s+{re.escape(statements.FETCH)}", out, re.MULTILINE)
    milliseconds -= float(fetch.group(1)) if fetch else 0
    return Rate(clients / milliseconds * 1000, milliseconds)


def _batches() -> str:
    """A table of questions that go together, as the texts that the service sends."""
    patient = f"(batch * 7919 + question * 104729) % {seeds.GRANTED} + 1"
    return f"""
        SET search_path = public;
        CREATE TABLE batches AS
        SELECT batch AS number, array_agg({sql_id_of('account', 'asked.holder')})::text AS accounts,
          array_agg({sql_id_of('patient', 'asked.patient')})::text AS patients
        FROM generate_series(1, {statements.BATCHES}) AS batch, generate_series(1, {statements.QUESTIONS}) AS question,
          LATERAL (SELECT {patient} AS patient, ({patient} - 1) % {seeds.HOLDERS} + 1 AS holder) AS asked
        GROUP BY batch;
        ALTER TABLE batches ADD PRIMARY KEY (number);"""


def _copy(postgres: PostgresCluster, service: str, template: str, copy: str) -> None:
    postgres.query("postgres", f"CREATE DATABASE {copy} OWNER portal_{service}_owner TEMPLATE {template}")


def _days(query: Query) -> str:
    if query.birth_date is None:
        return "{}"
    return f"{{{query.birth_date.toordinal() - names.date(1970, 1, 1).toordinal()}}}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
