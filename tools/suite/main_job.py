"""The main job, step by step over gRPC: what the portal is for, told while it is done, and checked at every step.

A patient signs up and sees nothing. A practitioner writes a chart and issues an access code. The patient redeems it,
reads the treatment plan generated from the chart, and loses it the moment the clinic revokes the grant.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Optional, Union

import grpc

from suite import demo_clinic, people
from suite.client import Client, RpcError, SignedIn
from suite.demo_data import date, issue_access_code
from suite.errors import SuiteError
from suite.suite import Suite

PASSWORD = "a patient's own long secret"
# Words that occur nowhere else: none of them may reach the patient.
SUBJECTIVE = "Marker-Subjective: wakes at 3 a.m. since spring."
OBJECTIVE = "Marker-Objective: ferritin 24 µg/L."
ASSESSMENT = "Marker-Assessment: sleep-maintenance insomnia."
PRODUCTS = "Magnesium glycinate 200 mg, one hour before bed."
LIFESTYLE = "No screens in the hour before bed."

Answer = dict[str, Any]
Say = Callable[[str], None]
Person = Union[Client, SignedIn]


@dataclass(frozen=True)
class Refusal:
    """The answer that a call is expected to fail with."""

    code: grpc.StatusCode
    reason: str


class MainJob:
    """One run, by a new patient with a new mailbox, at a clinic that is already there."""

    def __init__(self, suite: Suite, clinic_id: str, practitioner: SignedIn, say: Say = print) -> None:
        self._suite = suite
        self._clinic_id = clinic_id
        self._practitioner = practitioner
        self._say = say
        self._step_number = 0
        self._email = f"lea.{secrets.token_hex(4)}@example.com"

    def run(self) -> None:
        """Does all steps; raises SuiteError at the first answer that is wrong."""
        patient = self._sign_up()
        self._see_empty_account(patient)
        patient_id = self._create_patient()
        chart = self._write_chart(patient_id)
        self._refuse_before_code(patient, patient_id)
        words = self._issue_code(patient_id)
        grant_id = self._redeem(patient, words, patient_id)
        self._redeem_again(words)
        self._read_plan(patient, patient_id, chart)
        self._revoke(patient_id, grant_id)
        self._lose_access(patient, patient_id, chart)

    # The patient's part.

    def _sign_up(self) -> SignedIn:
        self._step("Léa signs up by hand, and may not sign in before her mailbox is proven.")
        visitor = self._suite.client
        credentials = {"email": self._email, "password": PASSWORD}
        self._call(
            visitor,
            "identity.AccountService/SignUp",
            credentials | people.TERMS | {"request_id": people.new_request_id()},
            "accepted; a link is on its way by e-mail",
        )
        self._refused(
            visitor,
            "identity.SessionService/SignIn",
            credentials,
            Refusal(grpc.StatusCode.FAILED_PRECONDITION, "EMAIL_NOT_VERIFIED"),
        )
        self._step("She follows the link in the mail, gives her password and signs in.")
        proof = {"token": self._suite.mailbox.wait_for_token(self._email)}
        self._refused(
            visitor,
            "identity.AccountService/VerifyEmail",
            proof | {"password": "not the one that was chosen", "request_id": people.new_request_id()},
            Refusal(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_REJECTED"),
        )
        self._call(
            visitor,
            "identity.AccountService/VerifyEmail",
            proof | {"password": PASSWORD, "request_id": people.new_request_id()},
            "the mailbox is proven",
        )
        answer = self._call(
            visitor, "identity.SessionService/SignIn", credentials, lambda it: f"session of {it['session']['email']}"
        )
        return visitor.resume(answer["session_token"])

    def _see_empty_account(self, patient: SignedIn) -> None:
        self._step("Her account is empty: she sees no patient until she redeems a code.")
        answer = self._call(patient, "access_code.GrantService/ListMyPatients", {}, _count("patients"))
        self._expect(answer["patients"] == [], "a new account sees patients")

    def _refuse_before_code(self, patient: SignedIn, patient_id: str) -> None:
        self._step("Knowing the patient's id is no use to her without a grant.")
        self._refused(
            patient,
            "records.TreatmentPlanService/ListMyTreatmentPlans",
            {"patient_id": patient_id},
            Refusal(grpc.StatusCode.NOT_FOUND, "PATIENT_NOT_FOUND"),
        )

    def _redeem(self, patient: SignedIn, words: str, patient_id: str) -> str:
        self._step("Léa types the five words; capitals and hyphens do not matter.")
        answer = self._call(
            patient,
            "access_code.AccessCodeService/RedeemAccessCode",
            {"code": words.replace(" ", "-").upper(), "request_id": people.new_request_id()},
            lambda it: f"she may now see {it['patient']['display_name']}",
        )
        self._expect(answer["patient"]["patient_id"] == patient_id, "the code opened another patient")
        listed = self._call(patient, "access_code.GrantService/ListMyPatients", {}, _count("patients"))
        seen = [it["patient_id"] for it in listed["patients"]]
        self._expect(seen == [patient_id], "her list is not this one patient")
        return answer["patient"]["grant_id"]

    def _redeem_again(self, words: str) -> None:
        self._step("A code works once: somebody else who types the same words is turned away.")
        stranger = people.sign_up(self._suite, f"stranger.{secrets.token_hex(4)}@example.com", PASSWORD)
        self._refused(
            stranger,
            "access_code.AccessCodeService/RedeemAccessCode",
            {"code": words, "request_id": people.new_request_id()},
            Refusal(grpc.StatusCode.INVALID_ARGUMENT, "ACCESS_CODE_REJECTED"),
        )

    def _read_plan(self, patient: SignedIn, patient_id: str, chart: Answer) -> None:
        self._step("She reads the treatment plan, generated from the chart: its plan sections, nothing else.")
        listed = self._call(
            patient,
            "records.TreatmentPlanService/ListMyTreatmentPlans",
            {"patient_id": patient_id},
            _count("treatment_plans"),
        )
        self._expect(len(listed["treatment_plans"]) == 1, "there is not exactly one plan")
        plan = self._call(
            patient,
            "records.TreatmentPlanService/GetMyTreatmentPlan",
            {"patient_id": patient_id, "treatment_plan_id": chart["soap_chart_id"]},
            _plan_in_words,
        )
        self._expect([it["text"] for it in plan["sections"]] == [PRODUCTS, LIFESTYLE], "the plan's sections are wrong")
        self._expect(not plan["signed"], "the plan counts as signed although the chart is not locked")
        seen = json.dumps([listed, plan])
        for hidden in (SUBJECTIVE, OBJECTIVE, ASSESSMENT):
            self._expect(hidden.partition(":")[0] not in seen, "a word of the chart's S, O or A reached the patient")

    def _lose_access(self, patient: SignedIn, patient_id: str, chart: Answer) -> None:
        self._step("Her very next read finds nothing.")
        gone = Refusal(grpc.StatusCode.NOT_FOUND, "PATIENT_NOT_FOUND")
        plan = {"patient_id": patient_id, "treatment_plan_id": chart["soap_chart_id"]}
        self._refused(patient, "records.TreatmentPlanService/GetMyTreatmentPlan", plan, gone)
        self._refused(patient, "records.PatientService/GetMyPatient", {"patient_id": patient_id}, gone)
        answer = self._call(patient, "access_code.GrantService/ListMyPatients", {}, _count("patients"))
        self._expect(answer["patients"] == [], "a revoked patient is still listed")

    # The clinic's part.

    def _create_patient(self) -> str:
        self._step("At the clinic, the practitioner makes her patient record.")
        answer = self._call(
            self._practitioner,
            "records.PatientService/CreatePatient",
            {
                "clinic_id": self._clinic_id,
                "patient": {"given_name": "Léa", "family_name": "Fontaine", "birth_date": date("1994-07-03")},
                "request_id": people.new_request_id(),
                # She comes to the same clinic each time this is shown.
                "accept_duplicates": True,
            },
            lambda it: f"record of {it['given_name']} {it['family_name']}",
        )
        return answer["patient_id"]

    def _write_chart(self, patient_id: str) -> Answer:
        self._step("She writes a SOAP chart with two plan sections and leaves it unlocked.")
        return self._call(
            self._practitioner,
            "records.SoapChartService/CreateSoapChart",
            {
                "clinic_id": self._clinic_id,
                "patient_id": patient_id,
                "soap_chart": {
                    "encounter_date": _yesterday(),
                    "subjective": SUBJECTIVE,
                    "objective": OBJECTIVE,
                    "assessment": ASSESSMENT,
                    "plan_sections": [
                        {"plan_section_kind_id": "products", "text": PRODUCTS},
                        {"plan_section_kind_id": "lifestyle", "text": LIFESTYLE},
                    ],
                },
                "request_id": people.new_request_id(),
            },
            lambda it: f"chart by {it['practitioner_display_name']}, {len(it['plan_sections'])} plan sections, "
            f"{it['state'].removeprefix('SOAP_CHART_STATE_').lower()}",
        )

    def _issue_code(self, patient_id: str) -> str:
        self._step("She issues a Medical Records access code and hands Léa the five words.")
        answer = issue_access_code(self._practitioner, self._clinic_id, patient_id, people.new_request_id())
        self._tell("access_code.AccessCodeService/IssueAccessCode", f"“{answer['words']}”, live for five days")
        self._expect(len(answer["words"].split(" ")) == 5, "the code is not five words")
        return answer["words"]

    def _revoke(self, patient_id: str, grant_id: str) -> None:
        self._step("The clinic revokes the grant.")
        grants = self._call(
            self._practitioner,
            "access_code.GrantService/ListGrants",
            {"clinic_id": self._clinic_id, "patient_id": patient_id},
            _count("grants"),
        )
        self._expect([it["grant_id"] for it in grants["grants"]] == [grant_id], "the clinic sees other grants")
        answer = self._call(
            self._practitioner,
            "access_code.GrantService/RevokeGrant",
            {"clinic_id": self._clinic_id, "grant_id": grant_id, "request_id": people.new_request_id()},
            lambda it: it["state"].removeprefix("GRANT_STATE_").lower(),
        )
        self._expect(answer["state"] == "GRANT_STATE_REVOKED", "the grant is not revoked")

    # Telling and checking.

    def _step(self, text: str) -> None:
        self._step_number += 1
        self._say(f"{self._step_number:2}. {text}")

    def _tell(self, method: str, outcome: str) -> None:
        self._say(f"      {method.partition('.')[2]}: {outcome}")

    def _call(
        self, who: Person, method: str, request: Answer, outcome: Union[str, Callable[[Answer], str]]
    ) -> Answer:
        try:
            answer = who.call(method, request)
        except RpcError as error:
            raise SuiteError(f"step {self._step_number} failed: {error}") from error
        self._tell(method, outcome if isinstance(outcome, str) else outcome(answer))
        return answer

    def _refused(self, who: Person, method: str, request: Answer, expected: Refusal) -> None:
        problem: Optional[str] = "it was allowed"
        try:
            who.call(method, request)
        except RpcError as error:
            problem = None if (error.code, error.reason) == (expected.code, expected.reason) else f"got {error}"
        if problem is not None:
            raise SuiteError(
                f"step {self._step_number}: {method} should be refused with {expected.code.name}/{expected.reason}; "
                f"{problem}"
            )
        self._tell(method, f"refused, as it should be: {expected.code.name}, {expected.reason}")

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise SuiteError(f"step {self._step_number} is wrong: {otherwise}")


def run_at_new_clinic(suite: Suite, say: Say = print) -> None:
    """The main job on an empty installation: makes a clinic with a practitioner first."""
    owner = demo_clinic.OWNER
    clinic_id = people.create_clinic(suite, demo_clinic.SLUG, demo_clinic.CLINIC_NAME, owner.email)
    practitioner = people.accept_invitation(suite, owner.email, demo_clinic.PASSWORD, owner.display_name)
    MainJob(suite, clinic_id, practitioner, say).run()


def _yesterday() -> dict[str, int]:
    """Surely not in the future at the clinic, wherever it is."""
    return date((datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat())


def _count(field: str) -> Callable[[Answer], str]:
    def in_words(answer: Answer) -> str:
        number = len(answer[field])
        return f"{number or 'no'} {field.replace('_', ' ')[: None if number != 1 else -1]}"

    return in_words


def _plan_in_words(plan: Answer) -> str:
    sections = "; ".join(f"{it['title']}: {it['text']}" for it in plan["sections"])
    return f"by {plan['practitioner_display_name']}, {'signed' if plan['signed'] else 'not signed yet'}. {sections}"
