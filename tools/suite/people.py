"""How people come to be in the suite: patients sign up by hand, staff are invited. Used by demo data and by tests."""

import json
import uuid
from typing import Optional

from suite.client import RpcError, SignedIn
from suite.services import TERMS_VERSION
from suite.suite import Suite

# What signing up agrees to.
TERMS = {"accepted_terms_version": TERMS_VERSION}


def new_request_id() -> str:
    """An id for a request that is not to be confused with any other."""
    return str(uuid.uuid4())


def sign_up(suite: Suite, email: str, password: str, request_id: Optional[str] = None) -> SignedIn:
    """An account with a proven mailbox, signed in."""
    suite.client.call(
        "identity.AccountService/SignUp",
        {"email": email, "password": password, "request_id": request_id or new_request_id()} | TERMS,
    )
    suite.client.call(
        "identity.AccountService/VerifyEmail",
        {"token": suite.mailbox.wait_for_token(email), "password": password, "request_id": new_request_id()},
    )
    return suite.sign_in(email, password)


def create_clinic(
    suite: Suite, slug: str, display_name: str, owner_email: str, *, time_zone: str = "America/Toronto",
    request_id: Optional[str] = None,
) -> str:
    """A clinic, made by the operator; its owner is invited. Returns the clinic's id."""
    clinic = suite.client.call(
        "identity.ClinicService/CreateClinic",
        {
            "clinic": {"slug": slug, "display_name": display_name, "time_zone": time_zone},
            "owner_email": owner_email,
            "request_id": request_id or new_request_id(),
        },
        caller="operator",
    )
    return clinic["clinic_id"]


def request_id_of(*arguments: str) -> str:
    """The same request id for the same arguments: a command that is repeated is the same request."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(arguments)))


def invite_staff(
    suite: Suite, owner: SignedIn, clinic_id: str, email: str, roles: tuple[str, ...], request_id: Optional[str] = None
) -> None:
    """An invitation, sent to the person's mailbox."""
    owner.call(
        "identity.ClinicService/InviteStaffMember",
        {"clinic_id": clinic_id, "email": email, "roles": list(roles), "request_id": request_id or new_request_id()},
    )


def accept_invitation(suite: Suite, email: str, password: str, display_name: str) -> SignedIn:
    """Follows the newest invitation's link and signs in."""
    suite.client.call(
        "identity.ClinicService/AcceptStaffInvitation",
        {
            "token": suite.mailbox.wait_for_token(email),
            "password": password,
            "display_name": display_name,
            "request_id": new_request_id(),
        },
    )
    return suite.sign_in(email, password)


def sign_in_or_accept(suite: Suite, email: str, password: str, display_name: str) -> SignedIn:
    """For repeated runs: who has accepted already just signs in."""
    try:
        return suite.sign_in(email, password)
    except RpcError as error:
        if error.reason != "CREDENTIALS_REJECTED":
            raise
    return accept_invitation(suite, email, password, display_name)
