"""A clinic revokes a grant, then writes: not one byte of what it wrote reaches the account, however the reads, which never
stop, fall between.

    PORTAL_REVOCATIONS=100000    more races than the few hundred of the normal run
"""

import itertools
import os
import re
import threading
from typing import Any, Callable

from tests.support.stage import WorldTest
from tests.support.world import new_id

ROUNDS = int(os.environ.get("PORTAL_REVOCATIONS", "300"))
READERS = 2
READ_SECONDS = 30.0
# So that no chart comes to have more revisions than real ones have.
ROUNDS_PER_CHART = 500
# Fewer than an account has attempts at codes.
ROUNDS_PER_RESET = 8
WRITTEN = "written after revocation {}"
SEEN = re.compile(rb"written after revocation (\d+)")
REFUSALS = ("TREATMENT_PLAN_NOT_FOUND", "PATIENT_NOT_FOUND")


class RevocationTest(WorldTest):
    """revoke, then write, then read"""

    def test_nothing_written_after_a_revocation_is_read(self) -> None:
        self.account = self.world.new_account("reader")
        self.answered, self.refused, self.texts, self.leaks, self.failures = 0, 0, 0, [], []
        # The round whose grant was the last to be asked for: its account may see what earlier rounds wrote.
        self.granting = 0
        # Held for the above; told of each call that was finished.
        self.progress, stop = threading.Condition(), threading.Event()
        self.account.passport()
        self.begin_chart()
        readers = [threading.Thread(target=self.read, args=(stop,)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, ROUNDS + 1):
                self.race(number)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        self.assertEqual(self.failures, [])
        self.assertEqual(self.leaks, [])
        self.assertGreaterEqual(self.answered, ROUNDS, "the account hardly read anything")
        self.assertGreaterEqual(self.texts, ROUNDS, "what was written is hardly seen in what was read")
        self.assertGreaterEqual(self.refused, ROUNDS, "no read came after a revocation")
        print(f"PROOF 0 reads of new content in {ROUNDS} races of revoke, write and read "
              f"({self.answered} reads answered, {self.refused} refused)")

    def begin_chart(self) -> None:
        """Another patient's plan is read and written from here on."""
        here = self.world.here
        self.patient_id = here.new_patient()
        self.chart = here.new_chart(self.patient_id)
        self.request = {"patient_id": self.patient_id, "treatment_plan_id": self.chart["soap_chart_id"]}

    def race(self, number: int) -> None:
        """One round: the account reads on while its grant ends and the clinic writes."""
        here = self.world.here
        if number % ROUNDS_PER_CHART == 0:
            self.begin_chart()
        if number % ROUNDS_PER_RESET == 0:
            self.world.ledger.forget_attempts()
        with self.progress:
            self.granting = number
        grant_id = here.grant(self.account, self.patient_id)
        self.wait_for_more("answered")
        here.revoke(grant_id)
        self.write(WRITTEN.format(number))
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

    def wait_for_more(self, kind: str) -> None:
        """Until every reader may have made a call that began after this."""
        before: Any = getattr(self, kind)
        self.wait_until(lambda: getattr(self, kind) > before + READERS, f"{kind} reads")

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Until the readers' calls made it so, or one failed."""
        with self.progress:
            if not self.progress.wait_for(lambda: holds() or bool(self.failures), READ_SECONDS):
                self.fail(f"waited {READ_SECONDS:.0f} s for {what}")

    def read(self, stop: threading.Event) -> None:
        """Reads the plan, alone and in the list of the patient's, until told to stop."""
        calls = itertools.cycle(("GetMyTreatmentPlan", "ListMyTreatmentPlans"))
        while not stop.is_set():
            call = next(calls)
            request = self.request if call == "GetMyTreatmentPlan" else {"patient_id": self.request["patient_id"]}
            outcome = self.world.send(f"records.TreatmentPlanService/{call}", request, self.account)
            with self.progress:
                self.judge(outcome)
                self.progress.notify_all()

    def judge(self, outcome: Any) -> None:
        """What a round wrote may be read once the next round's grant has been asked for, and not before."""
        written = [int(number) for number in SEEN.findall(outcome.everything())]
        self.texts += len(written)
        self.leaks += [number for number in written if number >= self.granting]
        self.answered += outcome.ok
        self.refused += outcome.reason in REFUSALS
        if not outcome.ok and outcome.reason not in REFUSALS:
            self.failures.append(str(outcome))
