"""What one service does because of another: a merge's grants and codes, the mail about a new plan, and what a form's code
does not open."""

from suite.client import RpcError
from tests.support.leaks import read_mail
from tests.support.ledger import SETTLE_SECONDS, wait_until
from tests.support.stage import WorldTest
from tests.support.world import Person, new_id

REDEEM = "access_code.AccessCodeService/RedeemAccessCode"
CHECK_FORM = "access_code.FormAccessService/CheckFormAccess"
REVOKE_FORM = "access_code.FormAccessService/RevokeFormAccess"
MY_PATIENTS = "access_code.GrantService/ListMyPatients"
MY_PATIENT = "records.PatientService/GetMyPatient"
MY_PLANS = "records.TreatmentPlanService/ListMyTreatmentPlans"
MY_ACCESSES = "records.AuditService/ListMyRecordAccesses"
NEW_PLAN_SUBJECT = "A new treatment plan is waiting for you"
PLAN_TEXT = "Plan-Text-That-No-Mail-Carries"


class TogetherTest(WorldTest):
    """Records, access_code, identity and messaging, as they run."""

    def test_grants_and_codes_follow_a_merge(self) -> None:
        clinic = self.world.here
        staying, merged = clinic.new_patient(given_name="Staying"), clinic.new_patient(given_name="Merged")
        chart = clinic.new_chart(merged)
        mother, father, both = (self.world.new_account(name) for name in ("mother", "father", "both"))
        clinic.grant(mother, merged)
        clinic.grant(both, merged)
        clinic.grant(both, staying)
        words = clinic.new_code(merged)["words"]
        clinic.practitioner.call(
            "records.PatientService/MergePatients",
            {"clinic_id": clinic.clinic_id, "patient_id": staying, "merged_patient_id": merged, "request_id": new_id()},
        )
        wait_until(lambda: self.patients_of(mother) == [staying], SETTLE_SECONDS, "the grant to follow")
        self.assertEqual(self.patients_of(both), [staying])

        redeemed = father.call(REDEEM, {"code": words, "request_id": new_id()})["patient"]
        self.assertEqual(redeemed["patient_id"], staying)
        for person in (mother, father, both):
            self.assertEqual(person.call(MY_PATIENT, {"patient_id": staying})["given_name"], "Staying")
            plans = person.call(MY_PLANS, {"patient_id": staying})["treatment_plans"]
            self.assertEqual([it["treatment_plan_id"] for it in plans], [chart["soap_chart_id"]])
            with self.assertRaises(RpcError) as refused:
                person.call(MY_PATIENT, {"patient_id": merged})
            self.assertEqual(refused.exception.reason, "PATIENT_NOT_FOUND")
        # Both records' histories stay.
        accesses = father.call(MY_ACCESSES, {"patient_id": staying})["record_accesses"]
        self.assertIn(("Dr. Test", "RECORD_PART_CHARTS", True),
                      [(it["actor_display_name"], it["part"], it["changed"]) for it in accesses])

    def test_the_mail_about_a_new_plan_names_nothing_of_it(self) -> None:
        clinic, mailbox = self.world.here, self.world.suite.mailbox
        patient_id = clinic.new_patient()
        holder, stranger = self.world.new_account("holder"), self.world.new_account("stranger")
        clinic.grant(holder, patient_id)
        clinic.new_chart(patient_id, plan_sections=[{"plan_section_kind_id": "diet", "text": PLAN_TEXT}])

        def arrived() -> list[str]:
            return [mail.text for mail in mailbox.to(holder.email) if mail.subject == NEW_PLAN_SUBJECT]

        wait_until(lambda: bool(arrived()), SETTLE_SECONDS, "the mail about the plan")
        self.world.ledger.settle()
        self.assertEqual(len(arrived()), 1)
        for mail in mailbox.to(holder.email):
            self.assertNotIn(PLAN_TEXT, read_mail(mail.message))
        self.assertEqual([mail for mail in mailbox.to(stranger.email) if mail.subject == NEW_PLAN_SUBJECT], [])

    def test_a_code_for_a_form_opens_the_form_and_nothing_of_its_patient(self) -> None:
        clinic = self.world.here
        patient_id = clinic.new_patient(given_name="Unseen")
        clinic.new_chart(patient_id)
        clinic.new_code(patient_id)  # access_code knows the patient afterwards
        code = clinic.new_form_code(patient_id)
        form = code["access_code"]["form_assignment_id"]
        person = self.world.new_account("form")
        opened = person.call(REDEEM, {"code": code["words"], "request_id": new_id()})
        self.assertEqual(opened["form"], {"form_assignment_id": form, "clinic_id": clinic.clinic_id})
        self.assertNotIn("patient", opened)

        def is_open() -> bool:
            request = {"form_assignment_ids": [form]}
            checked = self.world.suite.client.call(CHECK_FORM, request, passport=person.passport(), caller="forms")
            return [it["form_assignment_id"] for it in checked["forms"]] == [form]

        self.assertTrue(is_open())
        self.assertEqual(self.patients_of(person), [])
        for method in (MY_PATIENT, MY_PLANS, MY_ACCESSES):
            there, unknown = (self.world.send(method, {"patient_id": it}, person) for it in (patient_id, new_id()))
            self.assertEqual(there.reason, "PATIENT_NOT_FOUND")
            self.assertEqual((there.refusal(), there.answer), (unknown.refusal(), unknown.answer))
        withdrawn = {"clinic_id": clinic.clinic_id, "form_assignment_id": form, "request_id": new_id()}
        self.assertTrue(self.world.send(REVOKE_FORM, withdrawn, clinic.staff["front_desk"], certificate="forms").ok)
        self.assertFalse(is_open())

    def patients_of(self, person: Person) -> list[str]:
        """The ids of those whom an account may see."""
        return [it["patient_id"] for it in person.call(MY_PATIENTS)["patients"]]
