"""What is measured: the requests of each operation, what their answers have to say, and what it is compared with."""

import base64
import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Optional

from suite.client import CLIENT_ADDRESS_KEY, REQUEST_ID_KEY, SignedIn
from suite.suite import Suite
from tests.load import names, seeds, statements
from tests.load.pgbench import Found
from tests.load.statements import CLIENTS, Script

GRANTED, REFUSED = "GRANT_ANSWER_GRANTED", "GRANT_ANSWER_NOT_GRANTED"
PROFILES = 5_000  # requests that reads draw from
OUTSTANDING = 64
# A sign-in waits for the one thread that hashes on two cores; more than 32 are refused. See --queued_passwords.
SIGN_INS = 16


@dataclass(frozen=True)
class Request:
    """One call; the answer's field has to be as expected, "*" stands for anything."""

    fields: dict
    expected: str
    passport: str = ""
    client_address: str = ""


@dataclass(frozen=True)
class Target:
    """What is wanted, and why of this and not of that: docs/adr/0022."""

    of_pgbench: Optional[float] = None
    # Of what is left when a call is an echo and its statements besides.
    of_both: Optional[float] = None
    of_echo: Optional[float] = None
    of_hashes: Optional[float] = None
    p99_ms: Optional[float] = None


@dataclass(frozen=True)
class Operation:
    """Something the suite does."""

    name: str
    method: str
    # The first one is called; the processors' time of all counts.
    services: tuple[str, ...]
    answer_field: str
    requests: Callable[[], Iterable[Request]]
    script: Script
    target: Target
    caller: str = "gateway"
    once: bool = False
    outstanding: int = OUTSTANDING
    clients: int = CLIENTS


class Operations:
    """The operations on a suite that seeds.fill has filled."""

    def __init__(self, suite: Suite, staff: SignedIn, clinic_id: str, searches: list[Found]) -> None:
        self._suite = suite
        self._staff = staff
        self._clinic_id = clinic_id
        self._searches = searches
        self._next_code = seeds.FIRST_WITH_CODE
        self._random = random.Random(names.SEED)

    def all(self) -> list[Operation]:
        """In the order in which they are measured."""
        read = Target(of_pgbench=0.5, of_echo=0.25)
        look_up = Target(of_both=0.5, of_echo=0.25)
        search = Target(of_pgbench=1 / 1.5)
        grants = "access_code.GrantService/CheckGrants"
        searching = ("Search among 100,000 patients", "records.PatientService/SearchPatients", ("records",),
                     "patients.patient_id", self._search, statements.search(self._clinic_id))
        return [
            Operation("Issue a passport", "identity.SessionService/IssuePassport", ("identity",), "passport",
                      self._issue_passport, statements.issue_passport(), look_up),
            Operation("Check a grant", grants, ("access_code",), "answers", lambda: self._check_grants(1, PROFILES),
                      statements.check_grant(), look_up,
                      caller="records"),
            Operation("Check 100 grants at once", grants, ("access_code",), "answers",
                      lambda: self._check_grants(statements.QUESTIONS, statements.BATCHES), statements.check_grants(),
                      Target(), caller="records"),
            Operation("Read one patient", "records.PatientService/GetMyPatient", ("records", "access_code"),
                      "patient_id", self._read_patient, statements.read_patient(), read),
            Operation("List a patient's plans", "records.TreatmentPlanService/ListMyTreatmentPlans",
                      ("records", "access_code"), "treatment_plans.treatment_plan_id", self._list_plans,
                      statements.list_plans(), read),
            Operation(*searching, search),
            Operation(searching[0] + ", 2 at a time", *searching[1:], Target(of_pgbench=1 / 1.5, p99_ms=30),
                      outstanding=2, clients=2),
            Operation("Redeem an access code", "access_code.AccessCodeService/RedeemAccessCode", ("access_code",),
                      "patient.patient_id", self._redeem, statements.redeem(), Target(of_pgbench=0.5), once=True),
            Operation(f"Sign in, {SIGN_INS} at a time", "identity.SessionService/SignIn", ("identity",), "device_token",
                      self._sign_in, statements.sign_in(), Target(of_hashes=0.5), outstanding=SIGN_INS),
        ]

    def write(self, operation: Operation, file: Path) -> None:
        """Prepares requests for tests/load:load. Passports live for a minute: just before they are sent."""
        encode = self._suite.client.contracts.method(operation.method).encode
        with file.open("w", encoding="ascii") as out:
            for it in operation.requests():
                encoded = base64.b64encode(encode(it.fields)).decode()
                out.write("\t".join((encoded, it.passport, it.client_address, it.expected)) + "\n")

    def _issue_passport(self) -> Iterable[Request]:
        """As the gateway asks about each request: of sessions whose use was noted lately, once a minute that is."""
        self._passports()
        for number in range(1, seeds.HOLDERS + 1):
            yield Request({"session_token": seeds.session_token(number)}, "*")

    def _sign_in(self) -> Iterable[Request]:
        for number in range(1, seeds.HOLDERS + 1):
            token = seeds.device_token(number)
            fields = {"email": seeds.email(number), "password": seeds.PASSWORD, "device_token": token}
            yield Request(fields, token, client_address=_address(number))

    def _check_grants(self, questions: int, count: int) -> Iterable[Request]:
        """Every tenth question is about another holder's patient."""
        passports = self._passports()
        for _ in range(count):
            asked, answers = [], []
            for _ in range(questions):
                patient = self._granted_patient()
                granted = self._random.random() < 0.9
                holder = seeds.holder_of(patient if granted else patient + 1)
                asked.append({"passport": passports[holder], "patient_id": seeds.id_of("patient", patient)})
                answers.append(GRANTED if granted else REFUSED)
            yield Request({"questions": asked}, ",".join(answers))

    def _read_patient(self) -> Iterable[Request]:
        passports = self._passports()
        for _ in range(PROFILES):
            patient = self._granted_patient()
            patient_id = seeds.id_of("patient", patient)
            yield Request({"patient_id": patient_id}, patient_id, passports[seeds.holder_of(patient)])

    def _list_plans(self) -> Iterable[Request]:
        passports = self._passports()
        for _ in range(PROFILES):
            patient = self._granted_patient()
            plans = [seeds.id_of("plan", (patient - 1) * seeds.PLANS + it) for it in range(seeds.PLANS, 0, -1)]
            fields = {"patient_id": seeds.id_of("patient", patient)}
            yield Request(fields, ",".join(plans), passports[seeds.holder_of(patient)])

    def _search(self) -> Iterable[Request]:
        self._staff.renew()
        passport = self._staff.passport()
        for it in self._searches:
            yield Request({"clinic_id": self._clinic_id, "query": it.query.text}, ",".join(it.patient_ids), passport)

    def _redeem(self) -> Iterable[Request]:
        """Codes that were not redeemed in an earlier round, by holders who have all their attempts."""
        self._suite.query("access_code", "TRUNCATE redemption_attempts")
        passports = self._passports()
        first = self._next_code
        self._next_code = min(first + seeds.HOLDERS * seeds.ATTEMPTS_PER_HOLDER, seeds.PATIENTS + 1)
        for patient in range(first, self._next_code):
            fields = {"code": seeds.words_of(patient), "request_id": str(uuid.uuid4())}
            passport = passports[patient % seeds.HOLDERS + 1]
            yield Request(fields, seeds.id_of("patient", patient), passport, _address(patient))

    def _granted_patient(self) -> int:
        return self._random.randint(1, seeds.GRANTED)

    def _passports(self) -> dict[int, str]:
        """One of each holder, from identity."""
        method = self._suite.client.contracts.method("identity.SessionService/IssuePassport")
        call = self._suite.channel("identity").unary_unary(method.path)
        passports = {}
        numbers = range(1, seeds.HOLDERS + 1)
        for first in numbers[::OUTSTANDING]:
            some = range(first, min(first + OUTSTANDING, numbers.stop))
            asked = [
                call.future(method.encode({"session_token": seeds.session_token(number)}), timeout=10,
                            metadata=((REQUEST_ID_KEY, str(uuid.uuid4())), (CLIENT_ADDRESS_KEY, "127.0.0.1")))
                for number in some
            ]
            for number, answer in zip(some, asked):
                passports[number] = method.decode(answer.result())["passport"]
        return passports


def _address(number: int) -> str:
    """A client's, for limits that count by it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
