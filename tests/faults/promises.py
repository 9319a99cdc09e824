"""What was acknowledged is there, exactly once, whatever died meanwhile."""

import functools
import itertools
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Optional

import grpc

from suite import trails
from suite.client import RpcError
from suite.errors import SuiteError
from suite.processes import POLL_SECONDS
from suite.services import NAMES
from suite.suite import Suite
from tests.support.ledger import Ledger, wait_until
from tests.support.stage import WorldTest
from tests.support.world import Person, World, chart_fields, new_id, patient_fields

ROUNDS = int(os.environ.get("PORTAL_FAULT_ROUNDS", "2"))
WRITERS = 4
# Written between two kills, so that there is something to lose.
WRITES_PER_ROUND = 80
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
    # By access_code: code → its patient; code → the grant it became and whose that is; grants that were revoked.
    codes: dict[str, str] = field(default_factory=dict)
    redeemed: dict[str, tuple[str, str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    in_doubt: int = 0
    retries: int = 0
    failures: list[str] = field(default_factory=list)

    def made(self) -> dict[str, list[str]]:
        """Action → the ids of what was acknowledged, as the audit trail names them. A redemption is about its code."""
        return {
            "records.CreatePatient": list(self.patients.values()),
            "records.CreateSoapChart": list(self.charts.values()),
            "identity.InviteStaffMember": list(self.invited.values()),
            "access_code.IssueAccessCode": list(self.codes),
            "access_code.RedeemAccessCode": list(self.redeemed),
            "access_code.RevokeGrant": self.revoked,
        }

    def __len__(self) -> int:
        return sum(len(ids) for ids in self.made().values())


class PromiseTest(WorldTest):
    """Writers go on while services and PostgreSQL are killed."""

    def test_acknowledged_writes_are_there_exactly_once(self) -> None:
        clinic, told, stop = self.world.here, Ledgered(), threading.Event()
        holders = [self.world.new_account("promise") for _ in range(WRITERS)]
        [[self.since]] = self.world.ledger.query("records", "SELECT clock_timestamp()")
        self.world.ledger.close()
        for person in clinic.staff.values():
            person.passport()
        writers = [Writer(self.world, holder, told, stop) for holder in holders]
        for writer in writers:
            writer.start()
        try:
            for _ in range(ROUNDS):
                for kill in (self.kill_postgres, *(functools.partial(self.kill, name) for name in NAMES)):
                    written = len(told)
                    wait_until(lambda written=written: len(told) >= written + WRITES_PER_ROUND or bool(told.failures),
                               RETRY_SECONDS, "writes to go on")
                    kill()
                    # Codes are for patients whom access_code has heard of: not after a lease of who was killed.
                    self.world.suite.query("records", "UPDATE outbox_events SET available_at = now()")
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        self.world.ledger = Ledger(self.world.suite)
        self.assertEqual(told.failures, [])
        self.assertGreater(told.retries, 0, "no kill was noticed")
        for action, ids in told.made().items():
            self.assertGreater(len(ids), 0, action)
        self.check(told)
        self.check_codes(told)
        self.check_trails(told)
        print(f"PROOF {len(told.patients)} patients, {len(told.charts)} charts, {len(told.invited)} invitations, "
              f"{len(told.codes)} codes, {len(told.redeemed)} redemptions and {len(told.revoked)} revocations "
              f"acknowledged during {(1 + len(NAMES)) * ROUNDS} kills, {told.retries} calls repeated, {told.in_doubt} of "
              "them in doubt; all there exactly once, as are their audit rows, under seals that hold")

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

    def check_codes(self, told: Ledgered) -> None:
        """Each code is there once, redeemed only if it was; each redemption made one grant, which ended only if revoked."""
        query = self.world.ledger.query
        codes = query("access_code", "SELECT access_code_id, patient_id, coalesce(redeemer_account_id::text, '') "
                      f"FROM access_codes WHERE created_at >= '{self.since}'")
        nobody = ("", "")
        self.assertEqual(sorted(map(tuple, codes)),
                         sorted((it, patient, told.redeemed.get(it, nobody)[1]) for it, patient in told.codes.items()))
        grants = query("access_code", "SELECT grant_id, access_code_id, patient_id, account_id, coalesce(end_cause, '') "
                       f"FROM grants WHERE created_at >= '{self.since}'")
        self.assertEqual(sorted(map(tuple, grants)),
                         sorted((grant, code, told.codes[code], holder, "revoked" if grant in told.revoked else "")
                                for code, (grant, holder) in told.redeemed.items()))

    def check_trails(self, told: Ledgered) -> None:
        """The seals hold, and each acknowledged write has one audit row, which repetitions have not added to; nor has
        anything a row that was not acknowledged."""
        for name in NAMES:
            verdict = trails.verify(self.world.suite, name)
            self.assertEqual(verdict.status, trails.AS_SEALED, verdict.said)
        for action, made in told.made().items():
            rows = self.world.ledger.query(action.partition(".")[0],
                                           f"SELECT resource_id FROM audit_events WHERE action = '{action}' "
                                           f"AND outcome = 'OK' AND occurred_at >= '{self.since}'")
            self.assertEqual(sorted(row[0] for row in rows), sorted(made), action)

    def kill_postgres(self) -> None:
        self.world.suite.postgres.kill()
        self.world.suite.postgres.start()

    def kill(self, name: str) -> None:
        self.world.suite.kill(name)
        self.world.suite.restart(name)


class Writer(threading.Thread):
    """Makes patients with a chart each, invites staff, and gives out, redeems and revokes codes; stops when all of these
    are there."""

    def __init__(self, world: World, holder: Person, told: Ledgered, stop: threading.Event) -> None:
        super().__init__()
        self._suite, self._clinic, self._told, self._stop_asked = world.suite, world.here, told, stop
        self._holder = holder
        self._holder_id = holder.call("identity.AccountService/GetAccount")["account_id"]

    def run(self) -> None:
        try:
            # Of the codes, every third is left as it is and every third becomes a grant that is left as it is.
            for number in itertools.count():
                if self._stop_asked.is_set():
                    return
                patient_id = self.write_patient()
                self.invite()
                code = self.issue(patient_id)
                if number % 3 > 0:
                    grant_id = self.redeem(code)
                    if number % 3 > 1:
                        self.revoke(grant_id)
        except Exception as error:  # pylint: disable=broad-except
            self._told.failures.append(repr(error))

    def write_patient(self) -> str:
        """With a chart; the patient's id."""
        request_id = new_id()
        patient = patient_fields(health_card_number=short(request_id), staff_notes="promise")
        made = self.insist("records.PatientService/CreatePatient",
                           {"patient": patient, "request_id": request_id, "accept_duplicates": True})
        self._told.patients[request_id] = made["patient_id"]
        request_id = new_id()
        chart = chart_fields(subjective="promise", objective=request_id)
        written = self.insist("records.SoapChartService/CreateSoapChart",
                              {"patient_id": made["patient_id"], "soap_chart": chart, "request_id": request_id})
        self._told.charts[request_id] = written["soap_chart_id"]
        return made["patient_id"]

    def invite(self) -> None:
        """Somebody."""
        request_id = new_id()
        email = f"promise.{short(request_id)}@example.com"
        made = self.insist("identity.ClinicService/InviteStaffMember",
                           {"email": email, "roles": ["STAFF_ROLE_FRONT_DESK"], "request_id": request_id},
                           self._clinic.owner)
        self._told.invited[email] = made["staff_member_id"]

    def issue(self, patient_id: str) -> dict[str, Any]:
        """A code."""
        code = self.insist("access_code.AccessCodeService/IssueAccessCode",
                           {"patient_id": patient_id, "request_id": new_id()})
        self._clinic.issued_words.append(code["words"])
        self._told.codes[code["access_code"]["access_code_id"]] = patient_id
        return code

    def redeem(self, code: dict[str, Any]) -> str:
        """The grant's id."""
        forget_attempts(self._suite)
        patient = insist(self._told, self._holder, "access_code.AccessCodeService/RedeemAccessCode",
                         {"code": code["words"], "request_id": new_id()})["patient"]
        self._told.redeemed[code["access_code"]["access_code_id"]] = patient["grant_id"], self._holder_id
        return patient["grant_id"]

    def revoke(self, grant_id: str) -> None:
        """Ends it."""
        self.insist("access_code.GrantService/RevokeGrant", {"grant_id": grant_id, "request_id": new_id()})
        self._told.revoked.append(grant_id)

    def insist(self, method: str, request: dict[str, Any], person: Optional[Person] = None) -> dict[str, Any]:
        """On behalf of the clinic; of its practitioner unless told otherwise."""
        return insist(self._told, person or self._clinic.practitioner, method,
                      {"clinic_id": self._clinic.clinic_id} | request)


def insist(told: Ledgered, person: Person, method: str, request: dict[str, Any]) -> dict[str, Any]:
    """Repeats a request until it is acknowledged."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return person.call(method, request)
        except RpcError as error:
            # access_code hears of a patient after the patient was made.
            unheard = method.endswith("/IssueAccessCode") and error.reason == "PATIENT_NOT_FOUND"
            if error.code not in TRANSIENT and not unheard or time.monotonic() > deadline:
                raise
            told.retries += not unheard
            told.in_doubt += error.reason == "COMMIT_IN_DOUBT"
        time.sleep(POLL_SECONDS)


def forget_attempts(suite: Suite) -> None:
    """As Ledger.forget_attempts(), whose session does not outlive PostgreSQL. Limits are other tests' matter."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            suite.query("access_code", "DELETE FROM redemption_attempts")
            return
        except SuiteError:
            if time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS)


def short(request_id: str) -> str:
    """As long as a health-card number may be."""
    return request_id.replace("-", "")
