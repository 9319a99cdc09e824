"""A clinic revokes a grant, then writes: not one byte of what it wrote reaches the account, however the reads, which never
stop, fall between.

    PORTAL_REVOCATIONS=100000    more races than the few hundred of the normal run
"""

import os
import threading
from typing import Any, Callable

from tests.support.stage import WorldTest
from tests.support.world import new_id

ROUNDS = int(os.environ.get("PORTAL_REVOCATIONS", "300"))
READERS = 2
READ_SECONDS = 30.0
SECRET = b"written after the revocation"
NEUTRAL = "Iron, every second day."


class RevocationTest(WorldTest):
    """revoke, then write, then read"""

    def test_nothing_written_after_a_revocation_is_read(self) -> None:
        here = self.world.here
        self.account = self.world.new_account("reader")
        patient_id = here.new_patient()
        self.chart = here.new_chart(patient_id)
        self.request = {"patient_id": patient_id, "treatment_plan_id": self.chart["soap_chart_id"]}
        self.answered, self.refused, self.leaks, self.failures = 0, 0, 0, []
        # Of each reader, how many calls it has finished.
        self.finished = [0] * READERS
        # Held for the above; told of each call that was finished.
        self.progress, stop = threading.Condition(), threading.Event()
        self.account.passport()
        readers = [threading.Thread(target=self.read, args=(number, stop)) for number in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            for _ in range(ROUNDS):
                self.race(patient_id)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        self.assertEqual(self.failures, [])
        self.assertEqual(self.leaks, 0)
        self.assertGreaterEqual(self.answered, ROUNDS, "the account hardly read anything")
        self.assertGreaterEqual(self.refused, ROUNDS, "no read came after a revocation")
        print(f"PROOF 0 reads of new content in {ROUNDS} races of revoke, write and read "
              f"({self.answered} reads answered, {self.refused} refused)")

    def race(self, patient_id: str) -> None:
        """One round: the account reads on while its grant ends and the clinic writes."""
        here = self.world.here
        self.write(NEUTRAL)
        # A read that took up the last round's text, and waits for its check, must not find this round's grant.
        self.wait_for_readers()
        self.world.ledger.forget_attempts()
        grant_id = here.grant(self.account, patient_id)
        self.wait_for_more("answered")
        here.revoke(grant_id)
        self.write(SECRET.decode())
        self.wait_for_more("refused")

    def write(self, text: str) -> None:
        """Makes the plan say this."""
        here = self.world.here
        self.chart = here.practitioner.call("records.SoapChartService/UpdateSoapChart", {
            "clinic_id": here.clinic_id,
            "soap_chart_id": self.chart["soap_chart_id"],
            "soap_chart": {"plan_sections": [{"plan_section_kind_id": "products", "text": text}],
                           "etag": self.chart["etag"]},
            "update_mask": "planSections",
            "request_id": new_id(),
        })

    def wait_for_readers(self) -> None:
        """Until every reader has finished a call that began after this."""
        before = list(self.finished)
        self.wait_until(lambda: all(now > then + 1 for now, then in zip(self.finished, before)), "every reader")

    def wait_for_more(self, kind: str) -> None:
        """Until every reader may have made a call that began after this."""
        before: Any = getattr(self, kind)
        self.wait_until(lambda: getattr(self, kind) > before + READERS, f"{kind} reads")

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Until the readers' calls made it so, or one failed."""
        with self.progress:
            if not self.progress.wait_for(lambda: holds() or bool(self.failures), READ_SECONDS):
                self.fail(f"waited {READ_SECONDS:.0f} s for {what}")

    def read(self, number: int, stop: threading.Event) -> None:
        """Reads the plan until told to stop."""
        while not stop.is_set():
            outcome = self.world.send("records.TreatmentPlanService/GetMyTreatmentPlan", self.request, self.account)
            with self.progress:
                self.finished[number] += 1
                self.answered += outcome.ok
                self.refused += outcome.reason in ("TREATMENT_PLAN_NOT_FOUND", "PATIENT_NOT_FOUND")
                self.leaks += SECRET in outcome.everything()
                if not outcome.ok and outcome.reason not in ("TREATMENT_PLAN_NOT_FOUND", "PATIENT_NOT_FOUND"):
                    self.failures.append(str(outcome))
                self.progress.notify_all()
