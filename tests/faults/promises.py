"""What was acknowledged is there, exactly once, whatever died meanwhile."""

import functools
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Optional

import grpc

from suite.client import RpcError
from suite.processes import POLL_SECONDS
from suite.services import NAMES
from tests.support.ledger import Ledger, wait_until
from tests.support.stage import WorldTest
from tests.support.world import Clinic, Person, chart_fields, new_id, patient_fields

ROUNDS = int(os.environ.get("PORTAL_FAULT_ROUNDS", "2"))
WRITERS = 4
# Written between two kills, so that there is something to lose.
WRITES_PER_ROUND = 40
RETRY_SECONDS = 60.0
# Transient by contract: the same request may be sent again.
TRANSIENT = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.ABORTED}


@dataclass
class Ledgered:
    """What the writers were told."""

    # Request id → the id that the answer gave, by patients and charts.
    patients: dict[str, str] = field(default_factory=dict)
    charts: dict[str, str] = field(default_factory=dict)
    # By identity: address → the membership that was offered.
    invited: dict[str, str] = field(default_factory=dict)
    in_doubt: int = 0
    retries: int = 0
    failures: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.patients) + len(self.charts)


class PromiseTest(WorldTest):
    """Writers go on while services and PostgreSQL are killed."""

    def test_acknowledged_writes_are_there_exactly_once(self) -> None:
        clinic, told, stop = self.world.here, Ledgered(), threading.Event()
        self.world.ledger.close()
        for person in clinic.staff.values():
            person.passport()
        writers = [threading.Thread(target=write, args=(clinic, told, stop)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            for _ in range(ROUNDS):
                for kill in (self.kill_postgres, *(functools.partial(self.kill, name) for name in NAMES)):
                    written = len(told)
                    wait_until(lambda written=written: len(told) >= written + WRITES_PER_ROUND or bool(told.failures),
                               RETRY_SECONDS, "writes to go on")
                    kill()
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        self.world.ledger = Ledger(self.world.suite)
        self.assertEqual(told.failures, [])
        self.assertGreater(told.retries, 0, "no kill was noticed")
        self.check(told)
        print(f"PROOF {len(told.patients)} patients, {len(told.charts)} charts and {len(told.invited)} invitations "
              f"acknowledged during {(1 + len(NAMES)) * ROUNDS} kills, {told.retries} calls repeated, {told.in_doubt} of them in doubt; all there exactly once")

    def check(self, told: Ledgered) -> None:
        """By the databases: each request made one row, the one that was acknowledged."""
        query = self.world.ledger.query
        # The request id was written into the record.
        patients = query("records", "SELECT health_card_number, patient_id FROM patients WHERE staff_notes = 'promise'")
        charts = query("records", "SELECT objective, soap_chart_id FROM soap_charts WHERE subjective = 'promise'")
        self.assertEqual(sorted(map(tuple, patients)), sorted((short(it), made) for it, made in told.patients.items()))
        self.assertEqual(sorted(map(tuple, charts)), sorted((it, made) for it, made in told.charts.items()))
        members = query("identity", "SELECT email, staff_member_id FROM staff_members WHERE email LIKE 'promise.%'")
        self.assertEqual(sorted(map(tuple, members)), sorted(told.invited.items()))
        # What was to be told to access_code arrived as well, and so did the mails: at least once, and each as one letter.
        self.world.ledger.deliver_now()
        letters = {mail.recipient: set() for mail in self.world.suite.mailbox.mails()}
        for mail in self.world.suite.mailbox.mails():
            letters[mail.recipient].add(mail.message["Message-ID"])
        self.assertEqual({address: len(letters.get(address, ())) for address in told.invited}, dict.fromkeys(told.invited, 1))
        known = {row[0] for row in query("access_code", "SELECT patient_id FROM patients")}
        self.assertEqual(set(told.patients.values()) - known, set())

    def kill_postgres(self) -> None:
        self.world.suite.postgres.kill()
        self.world.suite.postgres.start()

    def kill(self, name: str) -> None:
        self.world.suite.kill(name)
        self.world.suite.restart(name)


def write(clinic: Clinic, told: Ledgered, stop: threading.Event) -> None:
    """Makes patients with a chart each, and invites staff; stops when all three are there."""
    while not stop.is_set():
        try:
            request_id = new_id()
            patient = patient_fields(health_card_number=short(request_id), staff_notes="promise")
            made = insist(clinic, told, "records.PatientService/CreatePatient",
                          {"patient": patient, "request_id": request_id, "accept_duplicates": True})
            told.patients[request_id] = made["patient_id"]
            request_id = new_id()
            chart = chart_fields(subjective="promise", objective=request_id)
            made = insist(clinic, told, "records.SoapChartService/CreateSoapChart",
                          {"patient_id": made["patient_id"], "soap_chart": chart, "request_id": request_id})
            told.charts[request_id] = made["soap_chart_id"]
            request_id = new_id()
            email = f"promise.{short(request_id)}@example.com"
            made = insist(clinic, told, "identity.ClinicService/InviteStaffMember",
                          {"email": email, "roles": ["STAFF_ROLE_FRONT_DESK"], "request_id": request_id}, clinic.owner)
            told.invited[email] = made["staff_member_id"]
        except Exception as error:  # pylint: disable=broad-except
            told.failures.append(repr(error))
            return


def insist(clinic: Clinic, told: Ledgered, method: str, request: dict, person: Optional[Person] = None) -> dict:
    """Repeats a request, of a practitioner unless told otherwise, until it is acknowledged."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return (person or clinic.practitioner).call(method, {"clinic_id": clinic.clinic_id} | request)
        except RpcError as error:
            if error.code not in TRANSIENT or time.monotonic() > deadline:
                raise
            told.retries += 1
            told.in_doubt += error.reason == "COMMIT_IN_DOUBT"
        time.sleep(POLL_SECONDS)


def short(request_id: str) -> str:
    """As long as a health-card number may be."""
    return request_id.replace("-", "")
