"""Something that a call needs is not there."""

import json
import os
import signal
import time
from typing import Any, Callable, Optional

import grpc

from suite.processes import is_alive
from suite.services import NAMES
from tests.support.calls import Outcome
from tests.support.ledger import Ledger, wait_until
from tests.support.stage import WorldTest
from tests.support.world import Person, World, new_id, patient_fields

# What a service gives itself for a call; a caller who waits longer was left hanging.
DEADLINE_SECONDS = 5.0
RECOVERY_SECONDS = 20.0
OUTAGE_REASONS = {"DEPENDENCY_UNAVAILABLE", "COMMIT_IN_DOUBT"}

# A read and a change of each service, with the person who may make it. All of them need the database.
Call = tuple[str, dict[str, Any], Optional[Person]]


def calls_that_need_databases(world: World) -> list[Call]:
    """Fresh requests."""
    clinic = {"clinic_id": world.here.clinic_id}
    patient = clinic | {"patient_id": world.patient_id}
    owner = world.here.owner
    return [
        ("identity.SessionService/GetSession", {}, world.account),
        ("identity.ClinicService/InviteStaffMember",
         clinic | {"email": world.new_email(), "roles": ["STAFF_ROLE_FRONT_DESK"], "request_id": new_id()}, owner),
        ("access_code.GrantService/ListMyPatients", {}, world.granted),
        ("access_code.AccessCodeService/IssueAccessCode", patient | {"request_id": new_id()}, owner),
        ("records.PatientService/GetPatient", patient, owner),
        ("records.PatientService/GetMyPatient", {"patient_id": world.patient_id}, world.granted),
        ("records.PatientService/CreatePatient",
         clinic | {"patient": patient_fields(), "request_id": new_id(), "accept_duplicates": True}, owner),
    ]


class OutageTest(WorldTest):
    """What the tests of outages share."""

    def setUp(self) -> None:
        # Passports are fetched while identity is there.
        for person in (self.world.account, self.world.granted, self.world.here.owner):
            person.session.renew()
            person.passport()

    def timed(self, call: Call) -> Outcome:
        """A call that answers within its deadline, well or badly."""
        method, request, person = call
        began = time.monotonic()
        outcome = self.world.send(method, request, person, timeout=2 * DEADLINE_SECONDS)
        self.assertLess(time.monotonic() - began, DEADLINE_SECONDS + 1, f"{method}: {outcome}")
        return outcome

    def assert_unavailable(self, call: Call, reasons: set[Optional[str]]) -> None:
        """Refused as unavailable, with one of the reasons; None if there is nobody to give one."""
        outcome = self.timed(call)
        self.assertEqual(outcome.code, grpc.StatusCode.UNAVAILABLE, f"{call[0]}: {outcome}")
        self.assertIn(outcome.reason, reasons, call[0])

    def assert_works(self, call: Call) -> None:
        """Answered."""
        outcome = self.timed(call)
        self.assertTrue(outcome.ok, f"{call[0]}: {outcome}")

    def wait_until_works(self, call: Call) -> None:
        """Answered before long, without anybody's help."""
        wait_until(lambda: self.timed(call).ok, RECOVERY_SECONDS, call[0])


class ServiceOutageTest(OutageTest):
    """One service at a time is killed."""

    def test_without_access_code_nobody_sees_what_a_grant_unlocks_and_staff_go_on(self) -> None:
        self.outage_of("access_code", self.without_access_code)

    def test_without_records_the_others_go_on(self) -> None:
        self.outage_of("records", self.without_records)

    def test_without_identity_passports_hold_until_they_expire(self) -> None:
        self.outage_of("identity", self.without_identity)

    def outage_of(self, name: str, meanwhile: Callable[[], None]) -> None:
        """Kills a service, looks around, and expects everything to work again once it is back."""
        suite = self.world.suite
        others = {other: suite.pid(other) for other in NAMES if other != name}
        suite.kill(name)
        try:
            meanwhile()
        finally:
            suite.restart(name)
        for call in calls_that_need_databases(self.world):
            self.wait_until_works(call)
        self.assertEqual({other: suite.pid(other) for other in others}, others)

    def without_access_code(self) -> None:
        world = self.world
        mine = {"patient_id": world.patient_id}
        plan = mine | {"treatment_plan_id": world.chart["soap_chart_id"]}
        for method, request in (
            ("records.PatientService/GetMyPatient", mine),
            ("records.TreatmentPlanService/ListMyTreatmentPlans", mine),
            ("records.TreatmentPlanService/GetMyTreatmentPlan", plan),
        ):
            for person in (world.granted, world.account):
                self.assert_unavailable((method, request, person), {"DEPENDENCY_UNAVAILABLE"})
        self.assert_unavailable(("access_code.GrantService/ListMyPatients", {}, world.granted), {None})
        for call in calls_that_need_databases(world):
            if not call[0].startswith("access_code.") and "GetMyPatient" not in call[0]:
                self.assert_works(call)
        # A patient made now is told about later.
        self.patient_id = world.here.new_patient()
        self.addCleanup(world.here.new_code, self.patient_id)

    def without_records(self) -> None:
        for call in calls_that_need_databases(self.world):
            if call[0].startswith("records."):
                self.assert_unavailable(call, {None})
            else:
                self.assert_works(call)

    def without_identity(self) -> None:
        for call in calls_that_need_databases(self.world):
            if call[0].startswith("identity."):
                self.assert_unavailable(call, {None})
            else:
                self.assert_works(call)


class DatabaseOutageTest(OutageTest):
    """PostgreSQL dies in several ways."""

    def test_services_outlive_a_killed_server(self) -> None:
        self.outage(self.world.suite.postgres.kill)

    def test_services_outlive_an_immediate_stop(self) -> None:
        self.outage(self.stop_at_once)

    def test_services_outlive_a_restart(self) -> None:
        """As after an upgrade: no call in between."""
        self.world.ledger.close()
        self.world.suite.postgres.restart()
        self.world.ledger = Ledger(self.world.suite)
        for call in calls_that_need_databases(self.world):
            self.wait_until_works(call)

    def outage(self, stop: Callable[[], object]) -> None:
        """Refusals in time while it is away, and recovery without a restart when it is back."""
        suite, pids = self.world.suite, {name: self.world.suite.pid(name) for name in NAMES}
        self.world.ledger.close()
        stop()
        try:
            for _ in range(2):
                for call in calls_that_need_databases(self.world):
                    self.assert_unavailable(call, OUTAGE_REASONS)
            for name in NAMES:
                self.assertEqual(suite.probe(name, "/livez"), 200, name)
                wait_until(lambda name=name: not suite.is_ready(name), RECOVERY_SECONDS, f"{name} to say so")
        finally:
            suite.postgres.start()
            self.world.ledger = Ledger(suite)
        for name in NAMES:
            suite.wait_until_ready(name)
        for call in calls_that_need_databases(self.world):
            self.wait_until_works(call)
        self.assertEqual({name: suite.pid(name) for name in NAMES}, pids)

    def stop_at_once(self) -> None:
        """SIGQUIT: PostgreSQL drops everybody and recovers from its log at the next start."""
        pid = json.loads((self.world.suite.home / "run" / "postgres.json").read_text())["pid"]
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not is_alive(pid), RECOVERY_SECONDS, "PostgreSQL to end")
