"""Who and what is there when a test begins: two clinics with their staff, patients, codes, and accounts with and
without grants. Everything is made through the services, as people would."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Union

from suite import people
from suite.client import Client, SignedIn
from suite.demo_data import date, issue_access_code
from suite.suite import Suite
from tests.support.calls import Calls, Outcome
from tests.support.ledger import Ledger

PASSWORD = "a long secret of the test's own"
SCOPES = [f"SERVICE_SCOPE_{it}" for it in (
    "PATIENTS_READ", "PATIENTS_WRITE", "CHARTS_READ", "CHARTS_WRITE", "PLANS_READ", "ACCESS_WRITE"
)]
NEW_PASSWORD = "another long secret of the test's own"
# These change the caller's account or sessions for good: whoever is asked to make the call, an account does that was made
# with the request.
BY_SUBJECT = ("CloseAccount", "RevokeSession", "SignOutEverywhere", "ChangePassword", "ConfirmSecondFactor",
              "RegenerateRecoveryCodes", "DisableSecondFactor", "RequestEmailChange")
ROLES = {"owner": "STAFF_ROLE_OWNER", "practitioner": "STAFF_ROLE_PRACTITIONER", "front_desk": "STAFF_ROLE_FRONT_DESK"}


@dataclass
class Person:
    """Somebody with an account."""

    email: str
    session: SignedIn
    client: Client
    # For tests that look whether a token turns up somewhere.
    other_sessions: list[SignedIn] = field(default_factory=list)

    def passport(self) -> str:
        """A passport that is accepted for some time yet."""
        return self.session.passport()

    def call(self, method: str, request: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """A call that has to succeed."""
        return self.session.call(method, request)

    def another_session(self) -> SignedIn:
        """A second session, to be ended without harm to the first."""
        self.other_sessions.append(self.client.sign_in(self.email, PASSWORD))
        return self.other_sessions[-1]


@dataclass
class Clinic:
    """A clinic with one member of staff in each role."""

    clinic_id: str
    staff: dict[str, Person] = field(default_factory=dict)
    # Of all codes, for tests that look whether one of them turns up somewhere.
    issued_words: list[str] = field(default_factory=list)
    # Of all service accounts, likewise.
    issued_secrets: list[str] = field(default_factory=list)

    @property
    def owner(self) -> Person:
        """Its owner, who has no other role."""
        return self.staff["owner"]

    @property
    def practitioner(self) -> Person:
        """Its practitioner, who has no other role."""
        return self.staff["practitioner"]

    def staff_members(self) -> list[dict[str, Any]]:
        """Its staff, oldest first, as its owner sees it."""
        members: list[dict[str, Any]] = []
        page = {"clinic_id": self.clinic_id, "page_size": 100}
        while True:
            answer = self.owner.call("identity.ClinicService/ListStaffMembers", page)
            members += answer["staff_members"]
            if not answer["next_page_token"]:
                return members
            page["page_token"] = answer["next_page_token"]

    def new_patient(self, **fields: Any) -> str:
        """A patient's id."""
        return self.owner.call(
            "records.PatientService/CreatePatient",
            {"clinic_id": self.clinic_id, "patient": patient_fields(**fields), "request_id": new_id(),
             "accept_duplicates": True},
        )["patient_id"]

    def new_chart(self, patient_id: str, **fields: Any) -> dict[str, Any]:
        """An unlocked chart with a plan."""
        return self.practitioner.call(
            "records.SoapChartService/CreateSoapChart",
            {
                "clinic_id": self.clinic_id,
                "patient_id": patient_id,
                "soap_chart": chart_fields(**fields),
                "request_id": new_id(),
            },
        )

    def new_code(self, patient_id: str) -> dict[str, Any]:
        """A live code: `words` and `access_code`."""
        code = issue_access_code(self.owner.session, self.clinic_id, patient_id, new_id())
        self.issued_words.append(code["words"])
        return code

    def new_form_code(self, patient_id: str) -> dict[str, Any]:
        """A live code for a form of the patient's, as the service that assigns forms has it made."""
        code = self.owner.client.call(
            "access_code.FormAccessService/IssueFormAccessCode",
            {"clinic_id": self.clinic_id, "patient_id": patient_id, "form_assignment_id": new_id(),
             "request_id": new_id()},
            passport=self.owner.passport(),
            caller="forms",
        )
        self.issued_words.append(code["words"])
        return code

    def grant(self, person: Person, patient_id: str) -> str:
        """Lets a person redeem a code for the patient; the grant's id."""
        answer = person.call(
            "access_code.AccessCodeService/RedeemAccessCode",
            {"code": self.new_code(patient_id)["words"], "request_id": new_id()},
        )
        return answer["patient"]["grant_id"]

    def new_service_account(self) -> dict[str, Any]:
        """A service account that may do whatever one may: `secret` and `service_account`."""
        made = self.owner.call(
            "identity.ServiceAccountService/CreateServiceAccount",
            {"clinic_id": self.clinic_id, "display_name": "EHR", "scopes": SCOPES, "request_id": new_id()},
        )
        self.issued_secrets.append(made["secret"])
        return made

    def revoke(self, grant_id: str) -> None:
        """Revokes a grant."""
        self.owner.call(
            "access_code.GrantService/RevokeGrant",
            {"clinic_id": self.clinic_id, "grant_id": grant_id, "request_id": new_id()},
        )


class World:
    """Clinic `here` has patients with charts; `granted`, `revoked` and `other` redeemed codes there. Clinic `elsewhere`
    has one of everything, and nobody here may see it."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.calls = Calls(suite)
        self.ledger = Ledger(suite)
        # Of second factors, their recovery codes and challenges; likewise for tests that look where one turns up.
        self.issued_secrets: list[str] = []
        self.here = self.new_clinic("here")
        self.elsewhere = self.new_clinic("elsewhere")

        # The patient that every request of the matrix is about, and one of another family.
        self.patient_id = self.here.new_patient()
        self.other_patient_id = self.here.new_patient(given_name="Other")
        self.chart = self.here.new_chart(self.patient_id)

        self.account = self.new_account("account")
        self.granted = self.new_account("granted")
        self.grant_id = self.here.grant(self.granted, self.patient_id)
        self.other = self.new_account("other")
        self.here.grant(self.other, self.other_patient_id)
        self.revoked = self.new_account("revoked")
        self.here.revoke(self.here.grant(self.revoked, self.patient_id))

        self.service_account = self.sign_in_service_account(self.here.new_service_account())
        foreign = self.elsewhere.new_service_account()
        self.foreign_service_account = foreign["service_account"]
        self.service_account_elsewhere = self.sign_in_service_account(foreign)

        self.foreign_patient_id = self.elsewhere.new_patient(given_name="Foreign")
        self.foreign_chart = self.elsewhere.new_chart(self.foreign_patient_id)
        self.foreign_kind_id = self.elsewhere.owner.call(
            "records.SoapChartService/CreatePlanSectionKind",
            {"clinic_id": self.elsewhere.clinic_id, "title": "Foreign teas", "request_id": new_id()},
        )["plan_section_kind_id"]
        self.foreign_code = self.elsewhere.new_code(self.foreign_patient_id)
        self.foreign_form_code = self.elsewhere.new_form_code(self.foreign_patient_id)
        self.foreigner = self.new_account("foreigner")
        self.subject = self.foreigner
        self.foreign_grant_id = self.elsewhere.grant(self.foreigner, self.foreign_patient_id)

    def close(self) -> None:
        """Ends what the world itself started."""
        self.ledger.close()

    def new_email(self, name: str = "somebody") -> str:
        """An address that nobody has."""
        return f"{name}.{secrets.token_hex(6)}@example.com"

    def new_account(self, name: str) -> Person:
        """An account with a proven mailbox, signed in."""
        email = self.new_email(name)
        client = self.suite.client
        return Person(email, people.sign_up(self.suite, email, PASSWORD), client)

    def new_subject(self) -> Person:
        """An account for one request of those of BY_SUBJECT, which is made next."""
        self.subject = self.new_account("subject")
        return self.subject

    def new_clinic(self, name: str) -> Clinic:
        """A clinic whose staff has accepted its invitations."""
        owner = self.new_email(f"{name}.owner")
        slug = f"{name}-{secrets.token_hex(4)}"
        clinic = Clinic(people.create_clinic(self.suite, slug, f"Clinic {name}", owner))
        clinic.staff["owner"] = self._accept(owner)
        for role in ("practitioner", "front_desk"):
            email = self.new_email(f"{name}.{role}")
            people.invite_staff(self.suite, clinic.owner.session, clinic.clinic_id, email, (ROLES[role],))
            clinic.staff[role] = self._accept(email)
        return clinic

    def sign_in_service_account(self, made: dict[str, Any]) -> SignedIn:
        """A session of a service account."""
        client = self.suite.client
        answer = client.call("identity.ServiceAccountService/SignInServiceAccount", {"secret": made["secret"]})
        return client.resume(answer["session_token"])

    def people(self) -> dict[str, Union[Person, SignedIn, None]]:
        """The callers of the matrix, by the names of its columns."""
        return {
            "nobody": None,
            "account": self.account,
            "other": self.other,
            "granted": self.granted,
            "revoked": self.revoked,
            **self.here.staff,
            **{f"{role}_elsewhere": person for role, person in self.elsewhere.staff.items()},
            "service_account": self.service_account,
            "service_account_elsewhere": self.service_account_elsewhere,
        }

    def send(
        self, method: str, request: dict[str, Any], person: Union[Person, SignedIn, None] = None, **options: Any
    ) -> Outcome:
        """A call by name, whose outcome may be anything."""
        target = self.suite.client.contracts.method(method)
        return self.calls.send(target, target.encode(request), passport=self.passport(person, method), **options)

    def passport(self, person: Union[Person, SignedIn, None], method: str) -> Optional[str]:
        """What a person shows when calling a method."""
        if isinstance(person, Person) and method.endswith(BY_SUBJECT):
            return self.subject.passport()
        if isinstance(person, Person) and method.endswith("/SignOut"):
            self.ledger.forget_attempts()
            return person.another_session().passport()
        return person.passport() if person is not None else None

    def _accept(self, email: str) -> Person:
        session = people.accept_invitation(self.suite, email, PASSWORD, "Dr. Test")
        return Person(email, session, self.suite.client)


def new_id() -> str:
    """A well-formed id that names nothing yet."""
    return people.new_request_id()


def yesterday() -> dict[str, int]:
    """Surely not in the future at any clinic."""
    return date((datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat())


def patient_fields(**fields: Any) -> dict[str, Any]:
    """A patient record with every field set."""
    return {
        "given_name": "Léa",
        "family_name": "Fontaine",
        "birth_date": date("1994-07-03"),
        "gender": "ADMINISTRATIVE_GENDER_FEMALE",
        "sex_at_birth": "SEX_AT_BIRTH_FEMALE",
        "gender_identity": "woman",
        "email": "lea@example.com",
        "phones": ["+1 519 555 0199"],
        "address": {"lines": ["1 Main St."], "city": "Guelph", "region": "ON", "postal_code": "N1H 1A1",
                    "country_code": "CA"},
        "health_card_number": "1234 567 890 AB",
        "emergency_contact": {"name": "Émile", "relationship": "brother", "phone": "+1 519 555 0198"},
        "staff_notes": "Prefers mornings.",
    } | fields


def chart_fields(**fields: Any) -> dict[str, Any]:
    """A chart with every part written."""
    return {
        "encounter_date": yesterday(),
        "subjective": "Sleeps badly.",
        "objective": "Ferritin 24 µg/L.",
        "assessment": "Low iron stores.",
        "plan_sections": [
            {"plan_section_kind_id": "products", "text": "Iron, every second day."},
            {"plan_section_kind_id": "lifestyle", "text": "No screens before bed."},
        ],
    } | fields
