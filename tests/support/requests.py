"""One valid request for each method, and who may send it. What a request is about to change is made for it, so that
it succeeds each time it is asked for; a method without an entry fails the tests that go over all methods."""

import secrets
from dataclasses import dataclass
from typing import Any, Callable, Optional

from suite import people
from suite.services import TERMS_VERSION
from tests.support import mailbox_codes
from tests.support.calls import GATEWAY
from tests.support.world import NEW_PASSWORD, PASSWORD, Person, World, chart_fields, new_id, patient_fields

Fields = dict[str, Any]

SCHEDULING = "scheduling"


@dataclass(frozen=True)
class Recipe:
    """How to make a valid request."""

    # The sender: a column of World.people().
    person: str
    make: Callable[[World], Fields]
    certificate: str = GATEWAY

    def sender(self, world: World) -> Optional[Person]:
        """The person who may send it."""
        return world.people()[self.person]


def _sign_up(world: World) -> Fields:
    return people.TERMS | {"email": world.new_email(), "password": PASSWORD, "request_id": new_id()}


def _verify_email(world: World) -> Fields:
    request = _sign_up(world)
    assert world.send("identity.AccountService/SignUp", request).ok
    token = world.suite.mailbox.wait_for_token(request["email"])
    return {"token": token, "password": PASSWORD, "request_id": new_id()}


def _update_account(_: World) -> Fields:
    return {"account": {"language": "fr"}, "update_mask": "language", "request_id": new_id()}


def _accept_terms(_: World) -> Fields:
    return {"version": TERMS_VERSION, "request_id": new_id()}


def _close_account(world: World) -> Fields:
    world.new_subject()
    return {"password": PASSWORD, "request_id": new_id()}


def _sign_in(world: World) -> Fields:
    return {"email": world.account.email, "password": PASSWORD}


def _issue_passport(world: World) -> Fields:
    return {"session_token": world.account.session.session_token}


def _revoke_session(world: World) -> Fields:
    session = world.new_subject().another_session().call("identity.SessionService/GetSession")
    return {"session_id": session["session_id"]}


def _of_subject(world: World) -> Fields:
    world.new_subject()
    return {}


def _change_password(world: World) -> Fields:
    return _of_subject(world) | {"password": PASSWORD, "new_password": NEW_PASSWORD, "request_id": new_id()}


def _request_reset(world: World) -> Fields:
    return {"email": world.new_account("forgetful").email, "request_id": new_id()}


def _reset_password(world: World) -> Fields:
    request = _request_reset(world)
    assert world.send("identity.PasswordService/RequestPasswordReset", request).ok
    token = world.suite.mailbox.wait_for_token(request["email"], page="reset-password")
    return {"token": token, "new_password": NEW_PASSWORD, "request_id": new_id()}


def _request_mailbox_code(world: World) -> Fields:
    visitor = {"email": world.new_email(), "client_address": "192.0.2.1", "language": "fr"}
    return _of_clinic(world) | visitor | {"request_id": new_id()}


def _confirm_mailbox_code(world: World) -> Fields:
    request = _request_mailbox_code(world)
    assert world.send("identity.MailboxService/RequestMailboxCode", request, certificate=SCHEDULING).ok
    return {
        "email": request["email"],
        "mailbox_code": mailbox_codes.replace(world, request["email"]),
        "client_address": "192.0.2.1",
        "request_id": new_id(),
    }


def _create_clinic(world: World) -> Fields:
    return {
        "clinic": {"slug": f"new-{secrets.token_hex(4)}", "display_name": "New", "time_zone": "America/Toronto"},
        "owner_email": world.new_email(),
        "request_id": new_id(),
    }


def _invite(world: World) -> Fields:
    roles = ["STAFF_ROLE_PRACTITIONER", "STAFF_ROLE_FRONT_DESK"]
    return _of_clinic(world) | {"email": world.new_email(), "roles": roles, "request_id": new_id()}


def _accept_invitation(world: World) -> Fields:
    email = world.new_email()
    people.invite_staff(world.suite, world.here.owner.session, world.here.clinic_id, email, ("STAFF_ROLE_FRONT_DESK",))
    token = world.suite.mailbox.wait_for_token(email)
    return {"token": token, "password": PASSWORD, "display_name": "Dr. New", "request_id": new_id()}


def _of_clinic(world: World) -> Fields:
    return {"clinic_id": world.here.clinic_id}


def _of_patient(world: World) -> Fields:
    return _of_clinic(world) | {"patient_id": world.patient_id}


def _page_of_patient(world: World) -> Fields:
    return _of_patient(world) | {"page_size": 10}


def _issue_code(world: World) -> Fields:
    return _of_patient(world) | {"validity_days": 5, "request_id": new_id()}


def _cancel_code(world: World) -> Fields:
    code = world.here.new_code(world.patient_id)["access_code"]["access_code_id"]
    return _of_clinic(world) | {"access_code_id": code, "request_id": new_id()}


def _redeem(world: World) -> Fields:
    world.ledger.forget_attempts()
    words = world.here.new_code(world.here.new_patient())["words"]
    return {"code": words, "request_id": new_id()}


def _revoke(world: World) -> Fields:
    """A grant of its own: `granted` keeps hers."""
    grant_id = world.here.grant(world.granted, world.here.new_patient())
    world.ledger.forget_attempts()
    return _of_clinic(world) | {"grant_id": grant_id, "request_id": new_id()}


def _put_patient(world: World) -> Fields:
    return {"patient_id": new_id(), "clinic_id": world.here.clinic_id, "display_name": "Put There", "version": 1}


def _create_patient(world: World) -> Fields:
    return _of_clinic(world) | {"patient": patient_fields(), "request_id": new_id()}


def _create_chart(world: World) -> Fields:
    return _of_patient(world) | {"soap_chart": chart_fields(), "request_id": new_id()}


def _get_chart(world: World) -> Fields:
    return _of_clinic(world) | {"soap_chart_id": world.chart["soap_chart_id"]}


def _update_chart(world: World) -> Fields:
    chart = world.here.new_chart(world.other_patient_id)
    changed = chart_fields(subjective="Sleeps better.") | {"etag": chart["etag"]}
    mask = "encounter_date,subjective,objective,assessment,plan_sections"
    return _of_clinic(world) | {
        "soap_chart_id": chart["soap_chart_id"],
        "soap_chart": changed,
        # JSON writes masks in lowerCamelCase.
        "update_mask": mask.replace("encounter_date", "encounterDate").replace("plan_sections", "planSections"),
        "request_id": new_id(),
    }


def _lock_chart(world: World) -> Fields:
    chart = world.here.new_chart(world.other_patient_id)
    return _of_clinic(world) | {
        "soap_chart_id": chart["soap_chart_id"],
        "etag": chart["etag"],
        "request_id": new_id(),
    }


def _my_plan(world: World) -> Fields:
    return {"patient_id": world.patient_id, "treatment_plan_id": world.chart["soap_chart_id"]}


def _nothing(_: World) -> Fields:
    return {}


def _page(_: World) -> Fields:
    return {"page_size": 10}


REQUESTS = {
    "identity.AccountService/SignUp": Recipe("nobody", _sign_up),
    "identity.AccountService/VerifyEmail": Recipe("nobody", _verify_email),
    "identity.AccountService/GetAccount": Recipe("account", _nothing),
    "identity.AccountService/UpdateAccount": Recipe("account", _update_account),
    "identity.AccountService/AcceptTerms": Recipe("account", _accept_terms),
    "identity.AccountService/CloseAccount": Recipe("account", _close_account),
    "identity.SessionService/SignIn": Recipe("nobody", _sign_in),
    "identity.SessionService/SignOut": Recipe("account", _nothing),
    "identity.SessionService/GetSession": Recipe("account", _nothing),
    "identity.SessionService/IssuePassport": Recipe("nobody", _issue_passport),
    "identity.SessionService/ListSessions": Recipe("account", _page),
    "identity.SessionService/RevokeSession": Recipe("account", _revoke_session),
    "identity.SessionService/SignOutEverywhere": Recipe("account", _of_subject),
    "identity.PasswordService/ChangePassword": Recipe("account", _change_password),
    "identity.PasswordService/RequestPasswordReset": Recipe("nobody", _request_reset),
    "identity.PasswordService/ResetPassword": Recipe("nobody", _reset_password),
    "identity.MailboxService/RequestMailboxCode": Recipe("nobody", _request_mailbox_code, certificate=SCHEDULING),
    "identity.MailboxService/ConfirmMailboxCode": Recipe("nobody", _confirm_mailbox_code, certificate=SCHEDULING),
    "identity.ClinicService/CreateClinic": Recipe("nobody", _create_clinic, certificate="operator"),
    "identity.ClinicService/GetClinic": Recipe("front_desk", _of_clinic),
    "identity.ClinicService/InviteStaffMember": Recipe("owner", _invite),
    "identity.ClinicService/ListStaffMembers": Recipe("owner", lambda world: _of_clinic(world) | {"page_size": 10}),
    "identity.ClinicService/AcceptStaffInvitation": Recipe("nobody", _accept_invitation),
    "access_code.AccessCodeService/IssueAccessCode": Recipe("front_desk", _issue_code),
    "access_code.AccessCodeService/ListAccessCodes": Recipe("front_desk", _page_of_patient),
    "access_code.AccessCodeService/CancelAccessCode": Recipe("front_desk", _cancel_code),
    "access_code.AccessCodeService/RedeemAccessCode": Recipe("account", _redeem),
    "access_code.GrantService/ListMyPatients": Recipe("granted", _page),
    "access_code.GrantService/ListGrants": Recipe("front_desk", _page_of_patient),
    "access_code.GrantService/RevokeGrant": Recipe("front_desk", _revoke),
    "access_code.GrantService/CheckGrants": Recipe(
        "granted", lambda world: {"patient_ids": [world.patient_id]}, certificate="records"
    ),
    "access_code.PatientDirectoryService/PutPatient": Recipe("nobody", _put_patient, certificate="records"),
    "records.PatientService/CreatePatient": Recipe("front_desk", _create_patient),
    "records.PatientService/GetPatient": Recipe("front_desk", _of_patient),
    "records.PatientService/ListPatients": Recipe("front_desk", lambda world: _of_clinic(world) | {"page_size": 10}),
    "records.PatientService/GetMyPatient": Recipe("granted", lambda world: {"patient_id": world.patient_id}),
    "records.SoapChartService/CreateSoapChart": Recipe("practitioner", _create_chart),
    "records.SoapChartService/GetSoapChart": Recipe("practitioner", _get_chart),
    "records.SoapChartService/ListSoapCharts": Recipe("practitioner", _page_of_patient),
    "records.SoapChartService/UpdateSoapChart": Recipe("practitioner", _update_chart),
    "records.SoapChartService/LockSoapChart": Recipe("practitioner", _lock_chart),
    "records.SoapChartService/ListPlanSectionKinds": Recipe("front_desk", _of_clinic),
    "records.TreatmentPlanService/ListMyTreatmentPlans": Recipe(
        "granted", lambda world: {"patient_id": world.patient_id, "page_size": 10}
    ),
    "records.TreatmentPlanService/GetMyTreatmentPlan": Recipe("granted", _my_plan),
    "records.TreatmentPlanService/ListTreatmentPlans": Recipe("front_desk", _page_of_patient),
}
