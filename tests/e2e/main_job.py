"""The main job as mission.md tells it, with every answer looked at."""

import random
from pathlib import Path
from typing import Any

from suite import people
from suite.client import RpcError
from suite.services import WORD_LIST
from tests.support.calls import Outcome
from tests.support.stage import WorldTest
from tests.support.world import PASSWORD, chart_fields, new_id, patient_fields

REDEEM = "access_code.AccessCodeService/RedeemAccessCode"
MY_PATIENTS = "access_code.GrantService/ListMyPatients"
MY_PATIENT = "records.PatientService/GetMyPatient"
MY_PLANS = "records.TreatmentPlanService/ListMyTreatmentPlans"
MY_PLAN = "records.TreatmentPlanService/GetMyTreatmentPlan"
# No account holder ever reads one of these.
HIDDEN = {"subjective": "Hidden-Subjective", "objective": "Hidden-Objective", "assessment": "Hidden-Assessment"}
STAFF_NOTES = "Hidden-Notes"


class MainJobTest(WorldTest):
    """Sign-up, empty account, code, plan, revocation."""

    def test_the_main_job(self) -> None:
        clinic = self.world.here
        patient = self.sign_up_by_hand()
        self.assertEqual(patient.call(MY_PATIENTS)["patients"], [])

        patient_id = clinic.new_patient(staff_notes=STAFF_NOTES)
        chart = clinic.new_chart(patient_id, **HIDDEN)
        clinic.new_chart(patient_id, plan_sections=[], **HIDDEN)
        plan = {"patient_id": patient_id, "treatment_plan_id": chart["soap_chart_id"]}
        with self.assertRaises(RpcError) as refused:
            patient.call(MY_PLAN, plan)
        self.assertEqual(refused.exception.reason, "PATIENT_NOT_FOUND")

        words = clinic.new_code(patient_id)["words"]
        redeemed = patient.call(REDEEM, {"code": words.replace(" ", "-").upper(), "request_id": new_id()})["patient"]
        self.assertEqual(redeemed["patient_id"], patient_id)
        self.assertEqual([it["patient_id"] for it in patient.call(MY_PATIENTS)["patients"]], [patient_id])

        profile = patient.call(MY_PATIENT, {"patient_id": patient_id})
        official = patient_fields()
        self.assertEqual({name: profile[name] for name in official if name != "staff_notes"},
                         {name: value for name, value in official.items() if name != "staff_notes"})
        plans = patient.call(MY_PLANS, {"patient_id": patient_id})
        self.assertEqual([it["treatment_plan_id"] for it in plans["treatment_plans"]], [chart["soap_chart_id"]])
        shown = patient.call(MY_PLAN, plan)
        self.assertEqual([it["text"] for it in shown["sections"]],
                         [it["text"] for it in chart_fields()["plan_sections"]])
        self.assertEqual(shown["practitioner_display_name"], "Dr. Test")
        self.assertFalse(shown["signed"])

        chart = self.change_plan(chart, "Walk every day.")
        self.assertEqual([it["text"] for it in patient.call(MY_PLAN, plan)["sections"]], ["Walk every day."])
        self.lock(chart)
        self.assertTrue(patient.call(MY_PLAN, plan)["signed"])
        self.assertNotIn("Hidden-", str([profile, plans, shown, patient.call(MY_PLAN, plan)]))

        clinic.revoke(redeemed["grant_id"])
        for method, request in ((MY_PLAN, plan), (MY_PATIENT, {"patient_id": patient_id})):
            gone, unknown = (
                self.world.send(method, request | {"patient_id": asked}, patient)
                for asked in (patient_id, new_id())
            )
            self.assertEqual(gone.reason, "PATIENT_NOT_FOUND")
            self.assertEqual(gone.refusal(), unknown.refusal())
        self.assertEqual(patient.call(MY_PATIENTS)["patients"], [])

    def test_codes_that_do_not_work_are_not_told_from_each_other(self) -> None:
        clinic, ledger = self.world.here, self.world.ledger
        patient_id = clinic.new_patient()
        used, cancelled, expired = (clinic.new_code(patient_id) for _ in range(3))
        self.assertTrue(self.redeem(self.world.other, used["words"]).ok)
        clinic.owner.call(
            "access_code.AccessCodeService/CancelAccessCode",
            {"clinic_id": clinic.clinic_id, "access_code_id": cancelled["access_code"]["access_code_id"],
             "request_id": new_id()},
        )
        ledger.query(
            "access_code",
            "UPDATE access_codes SET created_at = now() - interval '6 days', expires_at = now() - interval '1 day' "
            f"WHERE access_code_id = '{expired['access_code']['access_code_id']}'",
        )
        words = [line.split()[-1] for line in Path(WORD_LIST).read_text(encoding="ascii").splitlines() if line.strip()]
        unknown = " ".join(random.choices([word for word in words if word.isalpha()], k=5))
        ledger.forget_attempts()
        dead = [used["words"], cancelled["words"], expired["words"], unknown, "not a code", ""]
        before = ledger.snapshot()
        outcomes = [self.redeem(self.world.account, code) for code in dead]
        self.assertEqual({it.reason for it in outcomes}, {"ACCESS_CODE_REJECTED"})
        self.assertEqual(len({it.refusal() for it in outcomes}), 1)
        self.assertEqual(ledger.snapshot(), before)

    def sign_up_by_hand(self) -> Any:
        """As people.sign_up, and not before the mailbox is proven."""
        email = self.world.new_email("lea")
        client = self.world.suite.client
        credentials = {"email": email, "password": PASSWORD, "request_id": new_id()}
        client.call("identity.AccountService/SignUp", credentials | people.TERMS)
        with self.assertRaises(RpcError) as refused:
            client.sign_in(email, PASSWORD)
        self.assertEqual(refused.exception.reason, "EMAIL_NOT_VERIFIED")
        verify = "identity.AccountService/VerifyEmail"
        proof = {"token": self.world.suite.mailbox.wait_for_token(email), "request_id": new_id()}
        with self.assertRaises(RpcError) as refused:
            client.call(verify, proof | {"password": "a password somebody else chose"})
        self.assertEqual(refused.exception.reason, "CREDENTIALS_REJECTED")
        client.call(verify, proof | {"password": PASSWORD})
        return client.sign_in(email, PASSWORD)

    def redeem(self, person: Any, code: str) -> Outcome:
        """An attempt to redeem."""
        return self.world.send(REDEEM, {"code": code, "request_id": new_id()}, person)

    def change_plan(self, chart: dict[str, Any], text: str) -> dict[str, Any]:
        """Replaces the plan by one section."""
        return self.world.here.practitioner.call(
            "records.SoapChartService/UpdateSoapChart",
            {
                "clinic_id": chart["clinic_id"],
                "soap_chart_id": chart["soap_chart_id"],
                "soap_chart": {
                    "etag": chart["etag"],
                    "plan_sections": [{"plan_section_kind_id": "lifestyle", "text": text}],
                },
                "update_mask": "planSections",
                "request_id": new_id(),
            },
        )

    def lock(self, chart: dict[str, Any]) -> None:
        """Locks a chart."""
        self.world.here.practitioner.call(
            "records.SoapChartService/LockSoapChart",
            {
                "clinic_id": chart["clinic_id"],
                "soap_chart_id": chart["soap_chart_id"],
                "etag": chart["etag"],
                "request_id": new_id(),
            },
        )
