"""What is in the databases when measuring begins. Filled behind the services' backs, with ids, tokens and codes that
follow from numbers: requests and pgbench's scripts name the same rows."""

import base64
import csv
import hashlib
import hmac
import random
from pathlib import Path

from suite import keys
from suite.suite import Suite
from suite.services import WORD_LIST
from tests.load import names

PATIENTS = 100_000
# Accounts that are measured with, three patients each.
HOLDERS = 2_000
GRANTED = 3 * HOLDERS
PLANS = 4  # of each granted patient
# Patients with a live code that nobody has used; those between have a holder of their own.
FIRST_WITH_CODE = PATIENTS // 2 + 1
# So that the holders may try all the codes of a run within an hour.
ATTEMPTS_PER_HOLDER = 10
PASSWORD = "a load test's own long secret"
KINDS = ("patient", "account", "session", "device", "code", "pgbench_code", "grant", "plan")
SECTION = "One capsule in the morning with food; drink a glass of water with it. " * 3


def id_of(kind: str, number: int) -> str:
    """The id of a row."""
    return f"0190000{KINDS.index(kind)}-0000-7000-8000-{number:012x}"


def sql_id_of(kind: str, number: str) -> str:
    """The same as an SQL expression."""
    return f"('{id_of(kind, 0)[:24]}' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"


def session_token(number: int) -> str:
    """Of the account with the number; 43 characters, as they all have."""
    return str(number).rjust(43, "L")


def device_token(number: int) -> str:
    """Likewise."""
    return str(number).rjust(43, "D")


def sql_token_hash(letter: str, number: str) -> str:
    """What is stored of either."""
    return f"sha256(lpad(({number})::text, 43, '{letter}')::bytea)"


def email(number: int) -> str:
    """Of the account with the number."""
    return f"holder{number}@example.com"


def holder_of(patient: int) -> int:
    """Whose grant a granted patient's is."""
    return (patient - 1) % HOLDERS + 1


def words_of(patient: int) -> str:
    """The code of a patient that has one."""
    return _words().get(patient)


def fill(suite: Suite, folder: Path, clinic_id: str) -> None:
    """Fills the databases of a suite that has an account load@example.com with PASSWORD."""
    suite.postgres.run_script("portal_identity", _identity())
    suite.postgres.run_script("portal_records", _records(folder / "people.csv", clinic_id))
    suite.postgres.run_script("portal_access_code", _access_code(suite, folder, clinic_id))


def _identity() -> str:
    holders = f"generate_series(1, {HOLDERS}) AS n"
    return f"""
        INSERT INTO accounts (account_id, email, normalized_email, password_hash, created_at, first_signed_in_at)
        SELECT {sql_id_of('account', 'n')}, mailbox, mailbox, model.password_hash, now(), now()
        FROM {holders}, LATERAL (SELECT 'holder' || n || '@example.com') AS made (mailbox), accounts AS model
        WHERE model.normalized_email = 'load@example.com';
        INSERT INTO known_devices (device_id, account_id, token_hash, created_at, last_seen_at)
        SELECT {sql_id_of('device', 'n')}, {sql_id_of('account', 'n')}, {sql_token_hash('D', 'n')}, now(), now()
        FROM {holders};
        INSERT INTO sessions (session_id, account_id, token_hash, created_at, last_seen_at, expires_at, device_id)
        SELECT {sql_id_of('session', 'n')}, {sql_id_of('account', 'n')}, {sql_token_hash('L', 'n')}, now(), now(),
          now() + interval '12 hours', {sql_id_of('device', 'n')}
        FROM {holders};"""


def _records(people_file: Path, clinic_id: str) -> str:
    with people_file.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        for number, it in enumerate(names.people(PATIENTS), start=1):
            rows.writerow((number, it.given_name, it.family_name, it.birth_date, it.phone, it.email))
    return f"""
        CREATE TEMPORARY TABLE people (number int, given_name text, family_name text, birth_date date, phone text,
          email text);
        \\copy people FROM '{people_file}' WITH (FORMAT csv)
        INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones,
          address_lines, address_city, address_region, address_postal_code, address_country_code, health_card_number,
          emergency_contact_name, emergency_contact_relationship, emergency_contact_phone, staff_notes, version,
          created_at, updated_at)
        SELECT {sql_id_of('patient', 'number')}, '{clinic_id}', given_name, family_name, birth_date, 'female', email,
          ARRAY[phone], ARRAY[number || ' rue des Érables'], 'Montréal', 'QC', 'H2X 1Y4', 'CA', 'CARD' || number,
          'Contact ' || number, 'sister', '+1 514 555 0000', '', 1, now(), now()
        FROM people;
        INSERT INTO plan_section_kinds (clinic_id, kind_id, title, position)
        VALUES ('{clinic_id}', 'products', 'Products', 1), ('{clinic_id}', 'diet', 'Diet', 2),
          ('{clinic_id}', 'lifestyle', 'Lifestyle', 3);
        CREATE TEMPORARY TABLE charts AS
        SELECT {sql_id_of('plan', f'(n - 1) * {PLANS} + k')} AS soap_chart_id,
          {sql_id_of('patient', 'n')} AS patient_id,
          {sql_id_of('account', f'(n - 1) % {HOLDERS} + 1')} AS holder_id,
          date '2025-01-01' + 60 * k AS day, k
        FROM generate_series(1, {GRANTED}) AS n, generate_series(1, {PLANS}) AS k;
        INSERT INTO soap_charts (soap_chart_id, clinic_id, patient_id, practitioner_account_id,
          practitioner_display_name, encounter_date, subjective, objective, assessment, version, created_at, updated_at,
          plan_updated_at)
        SELECT soap_chart_id, '{clinic_id}', patient_id, {sql_id_of('account', '0')}, 'Dr. Load', day, 'Sleeps badly.',
          'Ferritin 24 µg/L.', 'Low iron stores.', 1, now(), now(), now()
        FROM charts;
        INSERT INTO plan_sections (clinic_id, soap_chart_id, kind_id, text)
        SELECT '{clinic_id}', soap_chart_id, kind_id, '{SECTION}'
        FROM charts, unnest(ARRAY['products', 'diet', 'lifestyle']) AS kind_id;
        INSERT INTO plan_revisions (clinic_id, soap_chart_id, revision, encounter_date, signed, sections,
          changed_by_account_id, changed_at)
        SELECT '{clinic_id}', soap_chart_id, 1, day, false, jsonb_build_array(
            jsonb_build_object('kind_id', 'products', 'title', 'Products', 'text', '{SECTION}'),
            jsonb_build_object('kind_id', 'diet', 'title', 'Diet', 'text', '{SECTION}'),
            jsonb_build_object('kind_id', 'lifestyle', 'title', 'Lifestyle', 'text', '{SECTION}')),
          {sql_id_of('account', '0')}, now()
        FROM charts;
        INSERT INTO plan_looks (account_id, soap_chart_id, revision, looked_at)
        SELECT holder_id, soap_chart_id, 1, now() FROM charts WHERE k < {PLANS};"""


def _access_code(suite: Suite, folder: Path, clinic_id: str) -> str:
    """Codes of patients before FIRST_WITH_CODE were redeemed: a grant needs one."""
    digests = folder / "digests.csv"
    [(pepper_id, pepper_file)] = keys.key_files(suite.keys / "access_code" / "code_peppers").items()
    pepper = base64.b64decode(pepper_file.read_text(encoding="ascii"))
    with digests.open("w", encoding="ascii") as file:
        for number, words in _words().items():
            file.write(f"{number},\\x{hmac.new(pepper, words.encode(), hashlib.sha256).hexdigest()}\n")
    holder = (f"CASE WHEN n <= {GRANTED} THEN {sql_id_of('account', f'(n - 1) % {HOLDERS} + 1')}"
              f" ELSE {sql_id_of('account', 'n + 1000000')} END")
    columns = "access_code_id, clinic_id, patient_id, pepper_id, digest, issuer_account_id, created_at, expires_at"
    terms = f"{sql_id_of('account', '0')}, now(), now() + interval '5 days'"
    used = f"generate_series(1, {FIRST_WITH_CODE - 1}) AS n"
    return f"""
        INSERT INTO patients (patient_id, clinic_id, display_name, version, birth_date)
        SELECT {sql_id_of('patient', 'n')}, '{clinic_id}', 'Patient ' || n, 1, date '1930-01-01' + n % 30000
        FROM generate_series(1, {PATIENTS}) AS n;
        INSERT INTO access_codes ({columns}, redeemed_at, redeemer_account_id)
        SELECT {sql_id_of('code', 'n')}, '{clinic_id}', {sql_id_of('patient', 'n')}, 'load',
          sha256(('used ' || n)::bytea), {terms}, now(), {holder}
        FROM {used};
        INSERT INTO grants (grant_id, access_code_id, clinic_id, patient_id, account_id, created_at)
        SELECT {sql_id_of('grant', 'n')}, {sql_id_of('code', 'n')}, '{clinic_id}', {sql_id_of('patient', 'n')},
          {holder}, now()
        FROM {used};
        CREATE TEMPORARY TABLE digests (number int, digest bytea);
        \\copy digests FROM '{digests}' WITH (FORMAT csv)
        INSERT INTO access_codes ({columns})
        SELECT {sql_id_of('code', 'number')}, '{clinic_id}'::uuid, {sql_id_of('patient', 'number')}, '{pepper_id}',
          digest, {terms}
        FROM digests
        UNION ALL
        SELECT {sql_id_of('pgbench_code', 'number')}, '{clinic_id}'::uuid, {sql_id_of('patient', 'number')}, 'load',
          {sql_pgbench_digest('number')}, {terms}
        FROM digests;"""


def sql_pgbench_digest(patient: str) -> str:
    """Of a patient's second code, which only pgbench redeems: SQL alone cannot make a code's HMAC."""
    return f"sha256(('pgbench ' || ({patient}))::bytea)"


_made_words: dict[int, str] = {}


def _words() -> dict[int, str]:
    """The codes by patient."""
    if not _made_words:
        lines = Path(WORD_LIST).read_text(encoding="ascii").splitlines()
        # The service's list has other words in place of the hyphenated ones.
        listed = [word for word in (line.split()[-1] for line in lines if line.strip()) if word.isalpha()]
        source = random.Random(names.SEED)
        _made_words.update(
            (number, " ".join(source.choices(listed, k=5))) for number in range(FIRST_WITH_CODE, PATIENTS + 1)
        )
    return _made_words
