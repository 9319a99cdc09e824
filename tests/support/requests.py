"""One valid request for each method, and who may send it. What a request is about to change is made for it, so that
it succeeds each time it is asked for; a method without an entry fails the tests that go over all methods."""

import secrets
from dataclasses import dataclass
from typing import Any, Callable, Optional, Union

from suite import people
from suite.client import SignedIn
from suite.demo_data import date
from suite.services import TERMS_VERSION
from tests.support.calls import GATEWAY
from tests.support.ledger import NOBODYS_TOPIC
from tests.support.totp import totp
from tests.support.world import NEW_PASSWORD, PASSWORD, Person, World, chart_fields, new_id, patient_fields

Fields = dict[str, Any]

SCHEDULING = "scheduling"
FORMS = "forms"


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


def _check(world: World) -> Fields:
    """As Envoy asks about a client's request."""
    http = {
        "method": "GET",
        "path": "/v1/account",
        "headers": {"authorization": f"Bearer {world.account.session.session_token}", "user-agent": "curl"},
    }
    return {"attributes": {"request": {"http": http}}}


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


def _with_second_factor(world: World) -> list[str]:
    """Makes a subject with a second factor; its recovery codes."""
    request = _begun_second_factor(world)
    confirmed = world.subject.call("identity.SecondFactorService/ConfirmSecondFactor", request)
    world.issued_secrets += confirmed["recovery_codes"]
    return confirmed["recovery_codes"]


def _begun_second_factor(world: World) -> Fields:
    return _begin_second_factor(world, world.new_subject())


def _begin_second_factor(world: World, person: Union[Person, SignedIn]) -> Fields:
    begun = person.call("identity.SecondFactorService/BeginSecondFactor", {"password": PASSWORD})
    world.issued_secrets.append(begun["secret"])
    return {"second_factor_code": totp(begun["secret"])}


def _password_and_code(world: World) -> Fields:
    return {"second_factor_code": _with_second_factor(world)[0], "password": PASSWORD}


def _disable_second_factor(world: World) -> Fields:
    return _password_and_code(world) | {"request_id": new_id()}


def _challenge(world: World) -> Fields:
    """A sign-in of a subject that owes the second factor."""
    _with_second_factor(world)
    return _challenge_again(world)


def _challenge_again(world: World) -> Fields:
    credentials = {"email": world.subject.email, "password": PASSWORD}
    answer = world.suite.client.call("identity.SessionService/SignIn", credentials)
    challenge_token = answer["second_factor_challenge"]["challenge_token"]
    world.issued_secrets.append(challenge_token)
    return {"challenge_token": challenge_token}


def _complete_sign_in(world: World) -> Fields:
    recovery_codes = _with_second_factor(world)
    return _challenge_again(world) | {"second_factor_code": recovery_codes[0]}


def _begin_removal(world: World) -> Fields:
    challenge = _challenge(world)
    assert world.send("identity.SecondFactorService/RequestSecondFactorRemoval", challenge).ok
    return challenge | {"mailbox_code": world.suite.mailbox.wait_for_code(world.subject.email)}


def _begun_removal(world: World) -> str:
    """The token that cancels a removal that is due, of a new subject: put there, because nobody waits for its mails."""
    _with_second_factor(world)
    token = secrets.token_urlsafe(32)
    world.ledger.query(
        "identity",
        f"UPDATE second_factors SET removal_at = now(), removal_token_hash = sha256('{token}') FROM accounts "
        f"WHERE accounts.account_id = second_factors.account_id AND email = '{world.subject.email}'",
    )
    return token


def _cancel_removal(world: World) -> Fields:
    return {"token": _begun_removal(world)}


def _complete_removal(world: World) -> Fields:
    _begun_removal(world)
    return _challenge_again(world)


def _request_email_change(world: World) -> Fields:
    world.new_subject()
    return {"email": world.new_email(), "password": PASSWORD, "request_id": new_id()}


def _confirm_email_change(world: World) -> Fields:
    request = _request_email_change(world)
    world.subject.call("identity.EmailChangeService/RequestEmailChange", request)
    token = world.suite.mailbox.wait_for_token(request["email"], page="confirm-email")
    return {"token": token, "request_id": new_id()}


def _request_mailbox_code(world: World) -> Fields:
    visitor = {"email": world.new_email(), "client_address": "192.0.2.1", "language": "fr"}
    return _of_clinic(world) | visitor | {"request_id": new_id()}


def _confirm_mailbox_code(world: World) -> Fields:
    request = _request_mailbox_code(world)
    assert world.send("identity.MailboxService/RequestMailboxCode", request, certificate=SCHEDULING).ok
    return {
        "email": request["email"],
        "mailbox_code": world.suite.mailbox.wait_for_code(request["email"]),
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


def _update_clinic(world: World) -> Fields:
    settings = {"display_name": "Here", "time_zone": "America/Toronto", "notice_email": "desk@here.example", "language": "fr"}
    etag = world.here.owner.call("identity.ClinicService/GetClinic", _of_clinic(world))["etag"]
    mask = "displayName,timeZone,noticeEmail,language"
    return _of_clinic(world) | {"clinic": settings | {"etag": etag}, "update_mask": mask, "request_id": new_id()}


def _invited(world: World) -> Fields:
    """An invitation that was not accepted yet, as its owner sees it."""
    return world.here.owner.call("identity.ClinicService/InviteStaffMember", _invite(world))


def _of_invited(world: World) -> Fields:
    return _of_clinic(world) | {"staff_member_id": _invited(world)["staff_member_id"], "request_id": new_id()}


def _of_member(world: World) -> Fields:
    request = _accept_invitation(world)
    accepted = world.send("identity.ClinicService/AcceptStaffInvitation", request)
    assert accepted.ok, accepted
    members = world.here.staff_members()
    return _of_clinic(world) | {"staff_member_id": members[-1]["staff_member_id"], "request_id": new_id()}


def _of_member_without_phone(world: World) -> Fields:
    """Somebody on the staff with a second factor."""
    email = world.new_email()
    people.invite_staff(world.suite, world.here.owner.session, world.here.clinic_id, email, ("STAFF_ROLE_FRONT_DESK",))
    member = people.accept_invitation(world.suite, email, PASSWORD, "Dr. New")
    member.call("identity.SecondFactorService/ConfirmSecondFactor", _begin_second_factor(world, member))
    newest = world.here.staff_members()[-1]
    return _of_clinic(world) | {"staff_member_id": newest["staff_member_id"], "request_id": new_id()}


def _of_suspended(world: World) -> Fields:
    request = _of_member(world)
    world.here.owner.call("identity.ClinicService/SuspendStaffMember", request)
    return request | {"request_id": new_id()}


def _update_member(world: World) -> Fields:
    member = _invited(world)
    return _of_clinic(world) | {
        "staff_member_id": member["staff_member_id"],
        "roles": ["STAFF_ROLE_FRONT_DESK"],
        "etag": member["etag"],
        "request_id": new_id(),
    }


def _accept_invitation(world: World) -> Fields:
    email = world.new_email()
    people.invite_staff(world.suite, world.here.owner.session, world.here.clinic_id, email, ("STAFF_ROLE_FRONT_DESK",))
    token = world.suite.mailbox.wait_for_token(email)
    return {"token": token, "password": PASSWORD, "display_name": "Dr. New", "request_id": new_id()}


def _create_service_account(world: World) -> Fields:
    scopes = ["SERVICE_SCOPE_PATIENTS_READ", "SERVICE_SCOPE_PLANS_READ"]
    return _of_clinic(world) | {"display_name": "Billing", "scopes": scopes, "request_id": new_id()}


def _of_service_account(world: World) -> Fields:
    """One of its own, so that the world's keep theirs."""
    service_account_id = world.here.new_service_account()["service_account"]["service_account_id"]
    return _of_clinic(world) | {"service_account_id": service_account_id, "request_id": new_id()}


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


def _issue_form_code(world: World) -> Fields:
    return _of_patient(world) | {"form_assignment_id": new_id(), "validity_days": 5, "request_id": new_id()}


def _of_form(world: World) -> Fields:
    """An assignment with a live code."""
    code = world.here.new_form_code(world.patient_id)["access_code"]
    return _of_clinic(world) | {"form_assignment_id": code["form_assignment_id"], "request_id": new_id()}


def _redeem(world: World) -> Fields:
    world.ledger.forget_attempts()
    words = world.here.new_code(world.here.new_patient())["words"]
    # A birth date is looked at where the clinic demands one, and has to be a date everywhere.
    return {"code": words, "birth_date": {"year": 1987, "month": 2, "day": 28}, "request_id": new_id()}


def _revoke(world: World) -> Fields:
    """A grant of its own: `granted` keeps hers."""
    grant_id = world.here.grant(world.granted, world.here.new_patient())
    world.ledger.forget_attempts()
    return _of_clinic(world) | {"grant_id": grant_id, "request_id": new_id()}


def _set_grant_end(world: World) -> Fields:
    grant_id = world.here.grant(world.granted, world.here.new_patient())
    world.ledger.forget_attempts()
    return _of_clinic(world) | {
        "grant_id": grant_id, "end_time": "2099-12-31T00:00:00Z", "keep_of_age": True, "request_id": new_id()
    }


def _drop_patient(world: World) -> Fields:
    """A patient of its own: `granted` keeps hers."""
    patient_id = world.here.new_patient()
    world.here.grant(world.granted, patient_id)
    world.ledger.forget_attempts()
    return {"patient_id": patient_id, "request_id": new_id()}


def _update_access_settings(world: World) -> Fields:
    settings = world.here.owner.call("access_code.AccessSettingsService/GetAccessSettings", _of_clinic(world))
    return _of_clinic(world) | {"access_settings": settings, "request_id": new_id()}


def _notify_holders(world: World) -> Fields:
    return _of_patient(world) | {"event_id": new_id(), "kind": "HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN"}


def _put_patient(world: World) -> Fields:
    return {
        "patient_id": new_id(),
        "clinic_id": world.here.clinic_id,
        "display_name": "Put There",
        "version": 1,
        "birth_date": {"year": 2011, "month": 12, "day": 13},
    }


def _create_patient(world: World) -> Fields:
    return _of_clinic(world) | {"patient": patient_fields(), "request_id": new_id(), "accept_duplicates": True}


def _update_patient(world: World) -> Fields:
    """A patient of its own, so that her etag is the one she is made with."""
    patient = patient_fields(state="PATIENT_STATE_DECEASED", deceased_date=date("2020-02-29"), etag="1")
    # JSON writes masks in lowerCamelCase.
    mask = (
        "givenName,familyName,birthDate,gender,sexAtBirth,genderIdentity,email,phones,address,healthCardNumber,"
        "emergencyContact,staffNotes,state,deceasedDate"
    )
    return _of_clinic(world) | {
        "patient_id": world.here.new_patient(),
        "patient": patient,
        "update_mask": mask,
        "request_id": new_id(),
    }


def _merge_patients(world: World) -> Fields:
    staying, merged = world.here.new_patient(), world.here.new_patient()
    return _of_clinic(world) | {"patient_id": staying, "merged_patient_id": merged, "request_id": new_id()}


def _search_patients(world: World) -> Fields:
    return _of_clinic(world) | {"query": "font lea 1994-07-03 519 555 lea@example.com"}


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


def _named_chart(chart: dict[str, Any]) -> Fields:
    return {"clinic_id": chart["clinic_id"], "soap_chart_id": chart["soap_chart_id"], "request_id": new_id()}


def _add_addendum(world: World) -> Fields:
    chart = world.here.new_chart(world.other_patient_id)
    lock = _named_chart(chart) | {"etag": chart["etag"]}
    world.here.practitioner.call("records.SoapChartService/LockSoapChart", lock)
    return _named_chart(chart) | {"text": "The ferritin came back: 31 µg/L."}


def _move_chart(world: World) -> Fields:
    chart = world.here.new_chart(world.other_patient_id)
    moved = {"patient_id": world.here.new_patient(), "etag": chart["etag"], "reason": "Written for her sister."}
    return _named_chart(chart) | moved


def _set_plan_visibility(world: World) -> Fields:
    chart = world.here.new_chart(world.other_patient_id)
    return _named_chart(chart) | {"hidden_from_holders": True, "etag": chart["etag"]}


def _create_kind(world: World) -> Fields:
    """Into an empty place: there are fifty, and many requests."""
    world.ledger.query(
        "records",
        "DELETE FROM plan_section_kinds AS kind WHERE kind_id LIKE 'kind\\_%' AND NOT EXISTS "
        "(SELECT FROM plan_sections AS section WHERE section.clinic_id = kind.clinic_id "
        "AND section.kind_id = kind.kind_id)",
    )
    return _of_clinic(world) | {"title": "Teas", "request_id": new_id()}


def _named_kind(world: World) -> Fields:
    return _of_clinic(world) | {"plan_section_kind_id": "referrals", "request_id": new_id()}


def _audit_filter() -> Fields:
    times = {"start_time": "2026-01-01T00:00:00.000001Z", "end_time": "2126-01-01T00:00:00.000001Z"}
    return times | {"actor_id": new_id(), "page_size": 10}


def _of_treated_patient(world: World) -> Fields:
    """A patient for whom the practitioner has a chart."""
    return _of_clinic(world) | {"patient_id": world.chart["patient_id"]}


def _my_plan(world: World) -> Fields:
    return {"patient_id": world.patient_id, "treatment_plan_id": world.chart["soap_chart_id"]}


def _mark_plan_seen(world: World) -> Fields:
    shown = world.granted.call("records.TreatmentPlanService/GetMyTreatmentPlan", _my_plan(world))
    return _my_plan(world) | {"revision_token": shown["revision_token"]}


def _deliver_notice(world: World) -> Fields:
    invitation = {"link": "https://portal.example.com/invitation#token=abc", "clinic_display_name": "New"}
    recipient = {"email": world.new_email(), "language": "fr"}
    return {"event_id": new_id(), "notice": {"recipient": recipient, "staff_invitation": invitation}}


def _put_account(world: World) -> Fields:
    return {"account_id": new_id(), "email": world.new_email(), "language": "en", "version": 1}


def _put_messaging_clinic(world: World) -> Fields:
    names = {"display_name": "Put There", "notice_email": world.new_email()}
    return {"clinic_id": new_id(), "language": "fr", "version": 1} | names


def _dead_letter(world: World) -> Fields:
    """A notice that was given up; of a topic that nobody delivers, so that a replayed one stays."""
    event_id = new_id()
    world.ledger.query("messaging", f"""
        INSERT INTO notices (event_id, source_service, kind, created_at, accepted_at, try_until, failure, reply_code)
        VALUES ('{event_id}', 'identity', 'verify_email', now(), now(), now(), 'refused', 550);
        INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at, attempts, dead_at)
        VALUES ('{event_id}', '{NOBODYS_TOPIC}', '', now(), now(), 1, now())""")
    return {"event_id": event_id}


def _nothing(_: World) -> Fields:
    return {}


def _page(_: World) -> Fields:
    return {"page_size": 10}


def _check_grants(world: World) -> Fields:
    return {"questions": [{"passport": world.granted.passport(), "patient_id": world.patient_id}]}


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
    "identity.SessionService/CompleteSignIn": Recipe("nobody", _complete_sign_in),
    "identity.SecondFactorService/GetSecondFactor": Recipe("account", _nothing),
    "identity.SecondFactorService/BeginSecondFactor": Recipe("account", lambda _: {"password": PASSWORD}),
    "identity.SecondFactorService/ConfirmSecondFactor": Recipe("account", _begun_second_factor),
    "identity.SecondFactorService/RegenerateRecoveryCodes": Recipe("account", _password_and_code),
    "identity.SecondFactorService/DisableSecondFactor": Recipe("account", _disable_second_factor),
    "identity.SecondFactorService/RequestSecondFactorRemoval": Recipe("nobody", _challenge),
    "identity.SecondFactorService/BeginSecondFactorRemoval": Recipe("nobody", _begin_removal),
    "identity.SecondFactorService/CancelSecondFactorRemoval": Recipe("nobody", _cancel_removal),
    "identity.SecondFactorService/CompleteSecondFactorRemoval": Recipe("nobody", _complete_removal),
    "identity.SessionService/ListSessions": Recipe("account", _page),
    "identity.SessionService/RevokeSession": Recipe("account", _revoke_session),
    "identity.SessionService/SignOutEverywhere": Recipe("account", _of_subject),
    "identity.PasswordService/ChangePassword": Recipe("account", _change_password),
    "identity.PasswordService/RequestPasswordReset": Recipe("nobody", _request_reset),
    "identity.PasswordService/ResetPassword": Recipe("nobody", _reset_password),
    "identity.SessionFeedService/WatchEndedSessions": Recipe("nobody", _nothing, certificate="records"),
    "identity.EmailChangeService/RequestEmailChange": Recipe("account", _request_email_change),
    "identity.EmailChangeService/ConfirmEmailChange": Recipe("nobody", _confirm_email_change),
    "identity.MailboxService/RequestMailboxCode": Recipe("nobody", _request_mailbox_code, certificate=SCHEDULING),
    "identity.MailboxService/ConfirmMailboxCode": Recipe("nobody", _confirm_mailbox_code, certificate=SCHEDULING),
    "envoy.service.auth.v3.Authorization/Check": Recipe("nobody", _check),
    "identity.ClinicService/CreateClinic": Recipe("nobody", _create_clinic, certificate="operator"),
    "identity.ClinicService/GetClinic": Recipe("front_desk", _of_clinic),
    "identity.ClinicService/UpdateClinic": Recipe("owner", _update_clinic),
    "identity.ClinicService/UpdateStaffMember": Recipe("owner", _update_member),
    "identity.ClinicService/SuspendStaffMember": Recipe("owner", _of_member),
    "identity.ClinicService/ReinstateStaffMember": Recipe("owner", _of_suspended),
    "identity.ClinicService/ResetStaffSecondFactor": Recipe("owner", _of_member_without_phone),
    "identity.ClinicService/RemoveStaffMember": Recipe("owner", _of_invited),
    "identity.ClinicService/ResendStaffInvitation": Recipe("owner", _of_invited),
    "identity.ClinicService/InviteStaffMember": Recipe("owner", _invite),
    "identity.ClinicService/ListStaffMembers": Recipe("owner", lambda world: _of_clinic(world) | {"page_size": 10}),
    "identity.ClinicService/AcceptStaffInvitation": Recipe("nobody", _accept_invitation),
    "identity.ServiceAccountService/CreateServiceAccount": Recipe("owner", _create_service_account),
    "identity.ServiceAccountService/ListServiceAccounts": Recipe(
        "owner", lambda world: _of_clinic(world) | {"page_size": 10}
    ),
    "identity.ServiceAccountService/RotateServiceAccountSecret": Recipe(
        "owner", lambda world: _of_service_account(world) | {"overlap": "3600s"}
    ),
    "identity.ServiceAccountService/RevokeServiceAccount": Recipe("owner", _of_service_account),
    "identity.ServiceAccountService/SignInServiceAccount": Recipe(
        "nobody", lambda world: {"secret": world.here.new_service_account()["secret"]}
    ),
    "access_code.AccessCodeService/IssueAccessCode": Recipe("front_desk", _issue_code),
    "access_code.AccessCodeService/ListAccessCodes": Recipe("front_desk", _page_of_patient),
    "access_code.AccessCodeService/CancelAccessCode": Recipe("front_desk", _cancel_code),
    "access_code.AccessCodeService/RedeemAccessCode": Recipe("account", _redeem),
    "access_code.FormAccessService/IssueFormAccessCode": Recipe("front_desk", _issue_form_code, certificate=FORMS),
    "access_code.FormAccessService/CancelFormAccessCodes": Recipe("front_desk", _of_form, certificate=FORMS),
    "access_code.FormAccessService/RevokeFormAccess": Recipe("front_desk", _of_form, certificate=FORMS),
    "access_code.FormAccessService/CheckFormAccess": Recipe(
        "account", lambda _: {"form_assignment_ids": [new_id()]}, certificate=FORMS
    ),
    "access_code.GrantService/ListMyPatients": Recipe("granted", _page),
    "access_code.GrantService/ListGrants": Recipe("front_desk", _page_of_patient),
    "access_code.GrantService/RevokeGrant": Recipe("front_desk", _revoke),
    "access_code.GrantService/SetGrantEnd": Recipe("front_desk", _set_grant_end),
    "access_code.GrantService/DropPatient": Recipe("granted", _drop_patient),
    "access_code.GrantService/ExplainAccess": Recipe(
        "front_desk", lambda world: _of_patient(world) | {"account_id": new_id()}
    ),
    "access_code.GrantService/ExplainMyAccess": Recipe("granted", lambda world: {"patient_id": world.patient_id}),
    "access_code.GrantService/CheckGrants": Recipe("nobody", _check_grants, certificate="records"),
    "access_code.PatientDirectoryService/PutPatient": Recipe("nobody", _put_patient, certificate="records"),
    "access_code.AccessSettingsService/GetAccessSettings": Recipe("front_desk", _of_clinic),
    "access_code.AccessSettingsService/UpdateAccessSettings": Recipe("owner", _update_access_settings),
    "access_code.HolderNoticeService/NotifyHolders": Recipe("nobody", _notify_holders, certificate="records"),
    "access_code.AccountClosureService/CloseAccount": Recipe(
        "nobody", lambda world: {"event_id": new_id(), "account_id": new_id()}, certificate="identity"
    ),
    "records.PatientService/CreatePatient": Recipe("front_desk", _create_patient),
    "records.PatientService/GetPatient": Recipe("front_desk", _of_patient),
    "records.PatientService/ListPatients": Recipe("front_desk", lambda world: _of_clinic(world) | {"page_size": 10}),
    "records.PatientService/UpdatePatient": Recipe("front_desk", _update_patient),
    "records.PatientService/FindDuplicatePatients": Recipe(
        "front_desk", lambda world: _of_clinic(world) | {"patient": patient_fields()}
    ),
    "records.PatientService/MergePatients": Recipe("practitioner", _merge_patients),
    "records.PatientService/SearchPatients": Recipe("front_desk", _search_patients),
    "records.PatientService/GetMyPatient": Recipe("granted", lambda world: {"patient_id": world.patient_id}),
    "records.SoapChartService/CreateSoapChart": Recipe("practitioner", _create_chart),
    "records.SoapChartService/GetSoapChart": Recipe("practitioner", _get_chart),
    "records.SoapChartService/ListSoapCharts": Recipe("practitioner", _page_of_patient),
    "records.SoapChartService/UpdateSoapChart": Recipe("practitioner", _update_chart),
    "records.SoapChartService/LockSoapChart": Recipe("practitioner", _lock_chart),
    "records.SoapChartService/AddSoapChartAddendum": Recipe("practitioner", _add_addendum),
    "records.SoapChartService/MoveSoapChart": Recipe("practitioner", _move_chart),
    "records.SoapChartService/SetPlanVisibility": Recipe("practitioner", _set_plan_visibility),
    "records.SoapChartService/ListPlanSectionKinds": Recipe("front_desk", _of_clinic),
    "records.SoapChartService/CreatePlanSectionKind": Recipe("owner", _create_kind),
    "records.SoapChartService/UpdatePlanSectionKind": Recipe(
        "owner", lambda world: _named_kind(world) | {"title": "Who else may help", "position": 9}
    ),
    "records.SoapChartService/RetirePlanSectionKind": Recipe("owner", _named_kind),
    "records.SoapChartService/RestorePlanSectionKind": Recipe("owner", _named_kind),
    "records.TreatmentPlanService/ListMyTreatmentPlans": Recipe(
        "granted", lambda world: {"patient_id": world.patient_id, "page_size": 10}
    ),
    "records.TreatmentPlanService/GetMyTreatmentPlan": Recipe("granted", _my_plan),
    "records.TreatmentPlanService/ListTreatmentPlans": Recipe("front_desk", _page_of_patient),
    "records.TreatmentPlanService/ExplainTreatmentPlanAccess": Recipe(
        "front_desk", lambda world: _of_patient(world) | _get_chart(world)
    ),
    "records.TreatmentPlanService/MarkTreatmentPlanSeen": Recipe("granted", _mark_plan_seen),
    "records.TreatmentPlanService/ListPlanRevisions": Recipe(
        "front_desk", lambda world: _get_chart(world) | {"page_size": 10}
    ),
    "records.AuditService/ListAuditEvents": Recipe("owner", lambda world: _of_clinic(world) | _audit_filter()),
    "records.AuditService/ListPatientAuditEvents": Recipe(
        "practitioner", lambda world: _of_treated_patient(world) | _audit_filter()
    ),
    "records.AuditService/ListMyRecordAccesses": Recipe("granted", lambda world: {"patient_id": world.patient_id}),
    "messaging.NoticeService/DeliverNotice": Recipe("nobody", _deliver_notice, certificate="identity"),
    "messaging.DeadLetterService/ListDeadLetters": Recipe("nobody", _page, certificate="operator"),
    "messaging.DeadLetterService/ReplayDeadLetter": Recipe("nobody", _dead_letter, certificate="operator"),
    "messaging.DeadLetterService/DiscardDeadLetter": Recipe("nobody", _dead_letter, certificate="operator"),
    "messaging.DirectoryService/PutAccount": Recipe("nobody", _put_account, certificate="identity"),
    "messaging.DirectoryService/PutClinic": Recipe("nobody", _put_messaging_clinic, certificate="identity"),
}
