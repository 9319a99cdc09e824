"""Loads the demo clinic through the services' own RPCs, as its people would; once per installation.

Request ids are derived from what they make, so a load that was interrupted can be repeated within a day.
"""

import json
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suite import demo_clinic, people
from suite.client import RpcError, SignedIn
from suite.demo_clinic import Chart, Patient
from suite.errors import SuiteError
from suite.processes import POLL_SECONDS, write_atomically
from suite.suite import Suite, Tell

NAMESPACE = uuid.UUID("7b0f5f0e-3d0b-5a77-9d63-6f5a5b8f5f11")
# How long access_code may take to hear of a new patient; normally 0.1 s.
DIRECTORY_SECONDS = 20.0
# How long the mail with a new link may take when older ones are there; normally 0.1 s.
LINK_SECONDS = 20.0


@dataclass(frozen=True)
class Login:
    """Somebody one can sign in as."""

    email: str
    what: str
    password: str = demo_clinic.PASSWORD


@dataclass(frozen=True)
class DemoData:
    """What later commands need to know of the demo data."""

    clinic_id: str
    logins: list[Login]


def load_once(suite: Suite, tell: Tell) -> DemoData:
    """Loads the demo data unless it was loaded before."""
    marker = suite.home / "demo.json"
    if (loaded := read(suite.home)) is not None:
        return loaded
    tell("loading demo data")
    loaded = _Loader(suite).load()
    write_atomically(marker, json.dumps(asdict(loaded), indent=2))
    return loaded


def read(home: Path) -> DemoData | None:
    """What was loaded, if it was."""
    try:
        record = json.loads((home / "demo.json").read_text())
    except FileNotFoundError:
        return None
    return DemoData(record["clinic_id"], [Login(**login) for login in record["logins"]])


def issue_access_code(staff: SignedIn, clinic_id: str, patient_id: str, request_id: str) -> dict[str, Any]:
    """Issues a code as soon as access_code has heard of the patient."""
    request = {"clinic_id": clinic_id, "patient_id": patient_id, "request_id": request_id}
    deadline = time.monotonic() + DIRECTORY_SECONDS
    while True:
        try:
            return staff.call("access_code.AccessCodeService/IssueAccessCode", request)
        except RpcError as error:
            if error.reason != "PATIENT_NOT_FOUND" or time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS)


def date(iso: str) -> dict[str, int]:
    """A google.type.Date."""
    year, month, day = iso.split("-")
    return {"year": int(year), "month": int(month), "day": int(day)}


class _Loader:
    """One run of loading."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._clinic_id = ""
        self._staff: dict[str, SignedIn] = {}

    def load(self) -> DemoData:
        try:
            self._load_staff()
            patient_ids = [self._load_patient(patient) for patient in demo_clinic.PATIENTS]
            self._load_family(patient_ids[: len(demo_clinic.FAMILY_PATIENTS)])
        except RpcError as error:
            raise SuiteError(f"demo data could not be loaded: {error}; `tools/portal reset` starts afresh") from error
        logins = [Login(member.email, _describe(member)) for member in demo_clinic.STAFF]
        logins.append(Login(demo_clinic.FAMILY_LOGIN, "account holder, sees three patients"))
        return DemoData(self._clinic_id, logins)

    def _load_staff(self) -> None:
        owner = demo_clinic.OWNER
        self._clinic_id = people.create_clinic(
            self._suite,
            demo_clinic.SLUG,
            demo_clinic.CLINIC_NAME,
            owner.email,
            time_zone=demo_clinic.TIME_ZONE,
            request_id=_request_id("clinic"),
        )
        for member in demo_clinic.STAFF:
            if member is not owner:
                people.invite_staff(
                    self._suite,
                    self._staff[owner.login],
                    self._clinic_id,
                    member.email,
                    member.roles,
                    _request_id("staff", member.login),
                )
            self._staff[member.login] = people.sign_in_or_accept(
                self._suite, member.email, demo_clinic.PASSWORD, member.display_name
            )

    def _load_patient(self, patient: Patient) -> str:
        key = f"{patient.display_name} {patient.birth_date}"
        created = self._staff[demo_clinic.FRONT_DESK.login].call(
            "records.PatientService/CreatePatient",
            {
                "clinic_id": self._clinic_id,
                "patient": _patient_fields(patient),
                "request_id": _request_id("patient", key),
            },
        )
        for number, chart in enumerate(patient.charts):
            self._load_chart(created["patient_id"], chart, f"{key} {number}")
        return created["patient_id"]

    def _load_chart(self, patient_id: str, chart: Chart, key: str) -> None:
        author = self._staff[chart.author.login]
        written = author.call(
            "records.SoapChartService/CreateSoapChart",
            {
                "clinic_id": self._clinic_id,
                "patient_id": patient_id,
                "soap_chart": {
                    "encounter_date": date(chart.date),
                    "subjective": chart.subjective,
                    "objective": chart.objective,
                    "assessment": chart.assessment,
                    "plan_sections": [
                        {"plan_section_kind_id": kind, "text": text} for kind, text in chart.plan.items()
                    ],
                },
                "request_id": _request_id("chart", key),
            },
        )
        named = {"clinic_id": self._clinic_id, "soap_chart_id": written["soap_chart_id"]}
        if chart.plan_emptied:
            written = author.call(
                "records.SoapChartService/UpdateSoapChart",
                named
                | {
                    "soap_chart": {"etag": written["etag"], "plan_sections": []},
                    "update_mask": "planSections",
                    "request_id": _request_id("emptied", key),
                },
            )
        if chart.locked:
            author.call(
                "records.SoapChartService/LockSoapChart",
                named | {"etag": written["etag"], "request_id": _request_id("locked", key)},
            )

    def _load_family(self, patient_ids: list[str]) -> None:
        try:
            parent = self._suite.sign_in(demo_clinic.FAMILY_LOGIN, demo_clinic.PASSWORD)
        except RpcError as error:
            # EMAIL_NOT_VERIFIED: an earlier load was interrupted in between.
            if error.reason not in ("CREDENTIALS_REJECTED", "EMAIL_NOT_VERIFIED"):
                raise
            parent = self._sign_up_family()
        for patient_id in patient_ids:
            code = issue_access_code(
                self._staff[demo_clinic.FRONT_DESK.login],
                self._clinic_id,
                patient_id,
                _request_id("code", patient_id),
            )
            parent.call(
                "access_code.AccessCodeService/RedeemAccessCode",
                {"code": code["words"], "request_id": _request_id("redeem", patient_id)},
            )

    def _sign_up_family(self) -> SignedIn:
        """As people.sign_up, though the links of an earlier load may lie in the mailbox."""
        email, password = demo_clinic.FAMILY_LOGIN, demo_clinic.PASSWORD
        # An id of its own each time: a repetition would send no new link.
        self._suite.client.call(
            "identity.AccountService/SignUp",
            {"email": email, "password": password, "request_id": people.new_request_id()} | people.TERMS,
        )
        deadline = time.monotonic() + LINK_SECONDS
        rejected = ""
        while time.monotonic() < deadline:
            token = self._suite.mailbox.wait_for_token(email)
            if token == rejected:
                time.sleep(POLL_SECONDS)
                continue
            try:
                self._suite.client.call(
                    "identity.AccountService/VerifyEmail",
                    {"token": token, "password": password, "request_id": _request_id("verify", token)},
                )
                return self._suite.sign_in(email, password)
            except RpcError as error:
                if error.reason != "LINK_REJECTED":
                    raise
                rejected = token
        raise SuiteError(f"no mail with a new link for {email} arrived in {LINK_SECONDS:.0f} s")


def _patient_fields(patient: Patient) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": date(patient.birth_date),
        "gender": patient.gender,
        "email": patient.email,
        "phones": [patient.phone] if patient.phone else [],
        "address": {
            "lines": [patient.street],
            "city": patient.city,
            "region": "ON",
            "postal_code": patient.postal_code,
            "country_code": "CA",
        },
        "health_card_number": patient.health_card,
        "staff_notes": patient.notes,
    }
    if patient.emergency is not None:
        fields["emergency_contact"] = dict(zip(("name", "relationship", "phone"), patient.emergency))
    return fields


def _describe(member: demo_clinic.Staff) -> str:
    roles = ", ".join(role.removeprefix("STAFF_ROLE_").replace("_", " ").lower() for role in member.roles)
    return f"{member.display_name}: {roles}"


def _request_id(*key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "/".join(key)))
