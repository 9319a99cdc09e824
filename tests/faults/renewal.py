"""Keys and certificates are replaced by `tools/portal rotate-keys` while calls run, and no call fails."""

import threading
from typing import Callable

from suite import keys, trails
from suite.client import RpcError
from suite.rotation import REFERENCES, Rotation
from suite.services import NAMES
from tests.support import passports
from tests.support.ledger import wait_until
from tests.support.stage import WorldTest
from tests.support.world import new_id, patient_fields

RENEWAL_SECONDS = 60.0
# Made before and after at the least, so that a step that breaks something is noticed.
CALLS_PER_STEP = 5


class RenewalTest(WorldTest):
    """Under a steady flow of calls: reads through connections and passports of their own, and codes issued, redeemed
    and revoked."""

    def test_certificates_and_their_authority_are_replaced_without_a_failed_call(self) -> None:
        suite = self.world.suite
        before = {name: suite.served_certificate(name) for name in NAMES}
        old_ca = (suite.home / "pki" / "ca.crt").read_text()
        self.rotate("certificates")
        for name in NAMES:
            self.assertNotEqual(suite.served_certificate(name), before[name], name)
            self.assertNotIn(old_ca, suite.certificates.snapshot(name).ca.read_text(), name)
        # The tests' own clients read their files once; services read them again.
        suite.client.close()
        # records' own client side as well: its connection to access_code is made anew with the new files.
        suite.restart("access_code")
        wait_until(lambda: self.world.send("records.PatientService/GetMyPatient",
                                           {"patient_id": self.world.patient_id}, self.world.granted).ok,
                   RENEWAL_SECONDS, "records to reach access_code again")

    def test_the_passport_key_is_replaced_without_a_failed_call(self) -> None:
        public = self.world.suite.keys / "passport_public"
        [old] = keys.key_files(public)
        self.rotate("passport")
        [new] = keys.key_files(public)
        self.assertGreater(new, old)
        self.world.ledger.forget_attempts()
        self.assertEqual(passports.key_id_of(self.world.account.another_session().passport()), new)

    def test_a_pepper_is_added_without_a_failed_call_and_codes_of_the_old_one_are_redeemed(self) -> None:
        here = self.world.here
        patient_id = here.new_patient()
        code = here.new_code(patient_id)
        [old] = keys.key_files(self.world.suite.keys / "access_code" / "code_peppers")
        self.rotate("peppers")
        [kept, new] = keys.key_files(self.world.suite.keys / "access_code" / "code_peppers")
        self.assertEqual(kept, old)
        here.new_code(patient_id)
        used = {row[0] for row in self.world.ledger.query("access_code", "SELECT DISTINCT pepper_id FROM access_codes")}
        self.assertEqual(used, {old, new})
        self.world.ledger.forget_attempts()
        self.world.account.call("access_code.AccessCodeService/RedeemAccessCode",
                                {"code": code["words"], "request_id": new_id()})

    def test_sealing_keys_are_added_without_a_failed_call_and_what_the_old_ones_sealed_opens(self) -> None:
        here = self.world.here
        request = {"clinic_id": here.clinic_id, "patient": patient_fields(), "request_id": new_id(),
                   "accept_duplicates": True}
        made = here.owner.call("records.PatientService/CreatePatient", request)
        listing = {"clinic_id": here.clinic_id, "page_size": 1}
        page = here.owner.call("records.PatientService/ListPatients", listing)
        self.rotate("sealing")
        again = here.owner.call("records.PatientService/CreatePatient", request)
        self.assertEqual(again["patient_id"], made["patient_id"])
        here.owner.call("records.PatientService/ListPatients", listing | {"page_token": page["next_page_token"]})
        here.new_patient()
        # What stored values name is counted for every kind of column that holds a key's id or a sealed text.
        told: list[str] = []
        rotation = Rotation(self.world.suite, told.append)
        [old, new] = keys.key_files(self.world.suite.keys / "records" / "sealing")
        questions = [row[0] for row in self.world.suite.query("records", REFERENCES)]
        self.assertTrue(any("idempotency_keys.mac_key_id" in it for it in questions), questions)
        self.assertTrue(any("idempotency_keys.response" in it for it in questions), questions)
        for key_id in (old, new):
            self.assertRegex(rotation.needed_for("records", key_id, questions) or "", "^[0-9]+ of idempotency_keys")
        self.assertIsNone(rotation.needed_for("records", "k20000101T000000", questions))

    def test_audit_keys_are_replaced_without_a_failed_call_and_the_whole_trail_verifies(self) -> None:
        self.rotate("audit")
        for name in NAMES:
            verdict = trails.verify(self.world.suite, name)
            self.assertEqual(verdict.status, trails.AS_SEALED, verdict.said)

    def rotate(self, kind: str) -> None:
        """Under load."""
        with Flow(self.read) as reading, Flow(self.hand_out) as handing_out:
            for flow in (reading, handing_out):
                flow.go_on()
            Rotation(self.world.suite, lambda line: None).rotate([kind])
            for flow in (reading, handing_out):
                flow.go_on()
        self.assertEqual(reading.failures + handing_out.failures, [])
        print(f"renewal: {kind}: {reading.rounds} reads and {handing_out.rounds} codes meanwhile, none failed")

    def read(self) -> None:
        """A patient, with a new passport request and new connections."""
        client = self.world.suite.new_client()
        try:
            client.resume(self.world.granted.session.session_token).call(
                "records.PatientService/GetMyPatient", {"patient_id": self.world.patient_id}
            )
        finally:
            client.close()

    def hand_out(self) -> None:
        """A code, from its issue to the end of its grant."""
        here = self.world.here
        self.world.ledger.forget_attempts()
        here.revoke(here.grant(self.world.other, self.world.patient_id))


class Flow:
    """A thread that does something again and again."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.failures: list[str] = []
        self.rounds = 0
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Flow":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def go_on(self) -> None:
        """Returns when it was done some more times."""
        wanted = self.rounds + CALLS_PER_STEP
        wait_until(lambda: self.rounds >= wanted, RENEWAL_SECONDS, "calls to be made")

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except RpcError as error:
                self.failures.append(str(error))
            self.rounds += 1
