"""Bad input to every method: each field of each valid request made wrong in each way its kind allows.

The faults are made from the contracts, so that a new method or field is covered the day it comes. Each must be refused
with the right reason and change nothing, and the request without its fault must succeed.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Union

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from suite.contracts import Method
from tests.support.calls import Outcome
from tests.support.ledger import differences
from tests.support.requests import REQUESTS, Recipe
from tests.support.stage import WorldTest
from tests.support.world import chart_fields, new_id, patient_fields

OVERLONG = "x" * 100_000
MARKER = "zzzzzzzz"
NOT_UTF8 = b"\xff\xfe\xed\xa0\x80\xc0\xaf\xff"
BIG = 2**31 - 1
SMALL = -(2**31)
# More than a server takes in one message.
TOO_LARGE = 2 * 1024 * 1024

# Answered by the service; what a client sends there does not matter.
OUTPUT_ONLY = {
    "portal.identity.v1.Account.account_id",
    "portal.identity.v1.Account.email",
    "portal.identity.v1.Account.accepted_terms_version",
    "portal.identity.v1.Account.current_terms_version",
    "portal.access_code.v1.AccessSettings.clinic_id",
    "portal.identity.v1.Clinic.clinic_id",
    "portal.records.v1.Patient.patient_id",
    "portal.records.v1.Patient.clinic_id",
    "portal.records.v1.Patient.merged_into_patient_id",
    "portal.records.v1.SoapChart.soap_chart_id",
    "portal.records.v1.SoapChart.clinic_id",
    "portal.records.v1.SoapChart.patient_id",
    "portal.records.v1.SoapChart.practitioner_account_id",
    "portal.records.v1.SoapChart.practitioner_display_name",
    "portal.records.v1.SoapChart.state",
    "portal.records.v1.PlanSection.title",
}
# What is wrong with it is said in the answer, so that the other questions get theirs.
ANSWERED = {"portal.access_code.v1.GrantQuestion.passport"}
# Only these methods look at the etag.
ETAGS = (
    "portal.access_code.v1.AccessSettings.etag",
    "portal.identity.v1.Clinic.etag",
    "portal.records.v1.Patient.etag",
    "portal.records.v1.SoapChart.etag",
)
READS_ETAG = ("UpdateAccessSettings", "UpdateClinic", "UpdatePatient", "UpdateSoapChart", "LockSoapChart")
# Fields that a method takes from elsewhere or leaves as they are.
IGNORED_BY = {"UpdateClinic": ("portal.identity.v1.Clinic.slug",)}

# How an overlong text is refused where it is not INVALID_FIELD: as any other one that is not known.
OVERLONG_REASONS = {
    "token": "LINK_REJECTED",
    "session_token": "SESSION_ENDED",
    "challenge_token": "CHALLENGE_REJECTED",
    "secret": "CREDENTIALS_REJECTED",
    "code": "ACCESS_CODE_REJECTED",
    "page_token": "PAGE_TOKEN_INVALID",
    "etag": "ETAG_MISMATCH",
    "plan_section_kind_id": "PLAN_SECTION_KIND_UNKNOWN",
}
CHOSEN_PASSWORD = ("SignUp", "AcceptStaffInvitation")

MALFORMED_IDS = ("", "owner", "01890A5D-AC96-774B-BCCE-B302099A8057", "{01890a5d-ac96-774b-bcce-b302099a8057}",
                 "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a8057 ", "' OR 1=1 --")
BAD_INTEGERS = {
    "page_size": (-1, SMALL, 101, BIG),
    "validity_days": (-1, SMALL, 31, BIG),
    "coming_of_age_years": (0, 11, 26, -1, BIG),
    # Of an end that has to be ahead and before the year 10000.
    "google.protobuf.Timestamp.seconds": (0, -1, 253_402_300_800, 2**63 - 1),
    "google.protobuf.Timestamp.nanos": (-1, 1_000_000_000, BIG),
    "version": (0, -1, -(2**63)),
    "cursor": (-1, -(2**63)),
    "accepted_terms_version": (-1, SMALL),
    # At most a day.
    "google.protobuf.Duration.seconds": (-1, 24 * 3600 + 1, 2**63 - 1, -(2**63)),
    "google.protobuf.Duration.nanos": (-1, 10**9, BIG, SMALL),
    "position": (0, -1, SMALL, 51, BIG),
    "year": (0, -1, 10_000, BIG),
    "month": (0, -1, 13, BIG),
    "day": (0, -1, 32, SMALL),
}
# Empty where there is nothing to name.
OPTIONAL_IDS = ("actor_id", "merged_into_patient_id")
BAD_PATHS = {"nonsense", "", "lock_time", "state", "patient_id", "plan_sections.text", "*"}

# Another request under the same request id.
ALTERED: dict[str, dict[str, Any]] = {
    "identity.AccountService/SignUp": {"email": "another@example.com"},
    "identity.AccountService/VerifyEmail": {"token": "A" * 43},
    "identity.PasswordService/RequestPasswordReset": {"email": "another@example.com"},
    "identity.PasswordService/ResetPassword": {"token": "A" * 43},
    "identity.AccountService/UpdateAccount": {"account": {"language": "en"}},
    "identity.AccountService/AcceptTerms": {"version": 2},
    "identity.EmailChangeService/RequestEmailChange": {"email": "another@example.com"},
    "identity.EmailChangeService/ConfirmEmailChange": {"token": "A" * 43},
    "identity.MailboxService/RequestMailboxCode": {"email": "another@example.com"},
    "identity.MailboxService/ConfirmMailboxCode": {"email": "another@example.com"},
    "identity.ClinicService/CreateClinic": {"owner_email": "another@example.com"},
    "identity.ClinicService/UpdateClinic": {"update_mask": "displayName"},
    "identity.ClinicService/UpdateStaffMember": {"roles": ["STAFF_ROLE_OWNER"]},
    "identity.ClinicService/SuspendStaffMember": {"staff_member_id": new_id()},
    "identity.ClinicService/ReinstateStaffMember": {"staff_member_id": new_id()},
    "identity.ClinicService/ResetStaffSecondFactor": {"staff_member_id": new_id()},
    "identity.ClinicService/RemoveStaffMember": {"staff_member_id": new_id()},
    "identity.ClinicService/ResendStaffInvitation": {"staff_member_id": new_id()},
    "identity.ClinicService/InviteStaffMember": {"email": "another@example.com"},
    "identity.ClinicService/AcceptStaffInvitation": {"display_name": "Dr. Altered"},
    "identity.ServiceAccountService/CreateServiceAccount": {"display_name": "Altered"},
    "identity.ServiceAccountService/RotateServiceAccountSecret": {"overlap": "7200s"},
    "identity.ServiceAccountService/RevokeServiceAccount": {"service_account_id": new_id()},
    "access_code.AccessCodeService/IssueAccessCode": {"validity_days": 6},
    "access_code.AccessCodeService/CancelAccessCode": {"access_code_id": new_id()},
    "access_code.AccessCodeService/RedeemAccessCode": {"code": "another code of five words"},
    "access_code.FormAccessService/IssueFormAccessCode": {"form_assignment_id": new_id()},
    "access_code.FormAccessService/CancelFormAccessCodes": {"form_assignment_id": new_id()},
    "access_code.FormAccessService/RevokeFormAccess": {"form_assignment_id": new_id()},
    "access_code.GrantService/RevokeGrant": {"grant_id": new_id()},
    "access_code.GrantService/SetGrantEnd": {"keep_of_age": False},
    "access_code.GrantService/DropPatient": {"patient_id": new_id()},
    "access_code.AccessSettingsService/UpdateAccessSettings": {
        "access_settings": {"validity_days": 29, "coming_of_age_years": 19, "etag": "1"}
    },
    "records.PatientService/CreatePatient": {"patient": patient_fields(given_name="Altered")},
    "records.PatientService/MergePatients": {"merged_patient_id": new_id()},
    "records.PatientService/UpdatePatient": {"update_mask": "email"},
    "records.SoapChartService/CreateSoapChart": {"soap_chart": chart_fields(subjective="Altered")},
    "records.SoapChartService/UpdateSoapChart": {"update_mask": "subjective"},
    "records.SoapChartService/LockSoapChart": {"etag": "altered"},
    "records.SoapChartService/AddSoapChartAddendum": {"text": "Altered"},
    "records.SoapChartService/MoveSoapChart": {"reason": "Altered"},
    "records.SoapChartService/SetPlanVisibility": {"etag": "altered"},
    "records.SoapChartService/CreatePlanSectionKind": {"title": "Altered"},
    "records.SoapChartService/UpdatePlanSectionKind": {"title": "Altered"},
    "records.SoapChartService/RetirePlanSectionKind": {"plan_section_kind_id": "diet"},
    "records.SoapChartService/RestorePlanSectionKind": {"plan_section_kind_id": "diet"},
}

# Requests of secrets alone, which a repetition neither needs nor tells: the first one stands.
SECRETS_ONLY = {
    "identity.AccountService/CloseAccount",
    "identity.PasswordService/ChangePassword",
    "identity.SecondFactorService/DisableSecondFactor",
}

# Where in a list: phones[2].
PLACE = re.compile(r"\[[0-9]+\]")

Step = Union[str, int]
Path = tuple[Step, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request."""

    what: str
    request: bytes
    reason: str
    # The field that BadRequest has to name, where the refusal is about a field.
    field: Optional[str] = None


class BadInputTest(WorldTest):
    """Refused, and nothing changed."""

    def test_every_fault_in_every_field_is_refused(self) -> None:
        count = 0
        for name, recipe in REQUESTS.items():
            method = self.method(name)
            request = recipe.make(self.world)
            passport = self.world.passport(recipe.sender(self.world), name)
            self.world.ledger.settle()
            before = self.world.ledger.snapshot()
            for fault in faults(method, request):
                with self.subTest(name, fault=fault.what):
                    count += 1
                    outcome = self.send(method, recipe, fault.request, passport)
                    self.assertEqual(outcome.reason, fault.reason, outcome)
                    if fault.field is not None:
                        self.assertIn(fault.field, [PLACE.sub("", it) for it in outcome.fields])
                    after = self.world.ledger.snapshot()
                    changed, before = differences(before, after), after
                    self.assertEqual(changed, [])
            with self.subTest(name, fault="none"):
                self.assertTrue((outcome := self.send(method, recipe, method.encode(request), passport)).ok, outcome)
        print(f"bad input: {count} faults in {len(REQUESTS)} methods refused, nothing changed")

    def test_output_only_fields_are_ignored(self) -> None:
        for name, recipe in REQUESTS.items():
            method = self.method(name)
            message = parsed(method, recipe.make(self.world))
            ignored = [path for path, field in texts(message) if is_ignored(method, field)]
            if not ignored:
                continue
            with self.subTest(name):
                for path in ignored:
                    assign(message, path, OVERLONG)
                passport = self.world.passport(recipe.sender(self.world), name)
                outcome = self.send(method, recipe, message.SerializeToString(), passport)
                self.assertTrue(outcome.ok, outcome)
                self.assertNotIn(OVERLONG[:100].encode(), outcome.answer)

    def test_an_oversized_request_is_refused(self) -> None:
        for name, recipe in REQUESTS.items():
            with self.subTest(name):
                passport = self.world.passport(recipe.sender(self.world), name)
                # Field 15, which nobody knows and everybody would skip.
                outcome = self.send(self.method(name), recipe, b"\x7a\x80\x80\x80\x01" + b"x" * TOO_LARGE, passport)
                self.assertEqual(outcome.code, grpc.StatusCode.RESOURCE_EXHAUSTED, outcome)

    def test_a_repeated_request_is_answered_alike_and_changes_nothing(self) -> None:
        for name, recipe, request, passport in self.requests_with_ids():
            with self.subTest(name):
                method, ledger = self.method(name), self.world.ledger
                data = method.encode(request)
                with ThreadPoolExecutor(4) as pool:
                    copies = list(pool.map(lambda _: self.send(method, recipe, data, passport), range(4)))
                self.assertEqual({str(it) for it in copies}, {"OK"})
                ledger.settle()
                before = ledger.snapshot()
                repeated = self.send(method, recipe, data, passport)
                self.assertEqual({it.answer for it in (*copies, repeated)}, {copies[0].answer})
                self.assertEqual(differences(before, ledger.snapshot()), [])

    def test_a_request_id_is_not_used_for_another_request(self) -> None:
        self.assertEqual(set(ALTERED) | SECRETS_ONLY, {name for name, *_ in self.requests_with_ids()})
        for name, recipe, request, passport in self.requests_with_ids():
            if name in SECRETS_ONLY:
                continue
            with self.subTest(name):
                method, ledger = self.method(name), self.world.ledger
                self.assertTrue((outcome := self.send(method, recipe, method.encode(request), passport)).ok, outcome)
                ledger.settle()
                before = ledger.snapshot()
                outcome = self.send(method, recipe, method.encode(request | ALTERED[name]), passport)
                self.assertEqual(outcome.reason, "REQUEST_ID_REUSED", outcome)
                self.assertEqual(differences(before, ledger.snapshot()), [])

    def test_a_stale_etag_and_a_locked_chart_are_refused(self) -> None:
        clinic = self.world.here
        update, lock = "records.SoapChartService/UpdateSoapChart", "records.SoapChartService/LockSoapChart"
        requests = {name: REQUESTS[name].make(self.world) for name in (update, lock)}
        for name, request in requests.items():
            chart = {"clinic_id": clinic.clinic_id, "soap_chart_id": request["soap_chart_id"]}
            read = request["soap_chart"]["etag"] if name == update else request["etag"]
            change = chart | {"soap_chart": {"etag": read, "objective": "Changed meanwhile."},
                              "update_mask": "objective", "request_id": new_id()}
            changed = clinic.practitioner.call(update, change)
            self.check_refused(name, request | {"request_id": new_id()}, "ETAG_MISMATCH")
            clinic.practitioner.call(lock, chart | {"etag": changed["etag"], "request_id": new_id()})
            self.check_refused(name, request | {"request_id": new_id()}, "SOAP_CHART_LOCKED")

    def test_a_page_token_is_good_for_its_own_query_only(self) -> None:
        for clinic in (self.world.here, self.world.elsewhere):
            for _ in range(2):
                clinic.new_patient()
        method = "records.PatientService/ListPatients"
        page = {"clinic_id": self.world.here.clinic_id, "page_size": 1}
        token = self.world.here.owner.call(method, page)["next_page_token"]
        self.assertTrue(self.world.send(method, page | {"page_token": token}, self.world.here.owner).ok)
        elsewhere = {"clinic_id": self.world.elsewhere.clinic_id, "page_token": token}
        self.check_refused(method, elsewhere, "PAGE_TOKEN_INVALID", self.world.elsewhere.owner)
        altered = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
        self.check_refused(method, page | {"page_token": altered}, "PAGE_TOKEN_INVALID", self.world.here.owner)
        grants = {"clinic_id": self.world.here.clinic_id, "patient_id": self.world.patient_id, "page_token": token}
        self.check_refused("access_code.GrantService/ListGrants", grants, "PAGE_TOKEN_INVALID", self.world.here.owner)

    def check_refused(self, name: str, request: dict[str, Any], reason: str, person: Any = None) -> None:
        """One refusal that changes nothing."""
        self.world.ledger.settle()
        before = self.world.ledger.snapshot()
        outcome = self.world.send(name, request, person or REQUESTS[name].sender(self.world))
        self.assertEqual(outcome.reason, reason, f"{name}: {outcome}")
        self.assertEqual(differences(before, self.world.ledger.snapshot()), [])

    def requests_with_ids(self) -> Iterator[tuple[str, Recipe, dict[str, Any], Optional[str]]]:
        """A fresh valid request for each method that takes a request id."""
        for name, recipe in REQUESTS.items():
            if any(field.name == "request_id" for field in self.method(name).descriptor.input_type.fields):
                yield name, recipe, recipe.make(self.world), self.world.passport(recipe.sender(self.world), name)

    def method(self, name: str) -> Method:
        """A method by name."""
        return self.world.suite.client.contracts.method(name)

    def send(self, method: Method, recipe: Recipe, request: bytes, passport: Optional[str]) -> Outcome:
        """As the recipe says, but these bytes."""
        self.world.ledger.forget_attempts()
        return self.world.calls.send(method, request, passport=passport, certificate=recipe.certificate)


def faults(method: Method, request: dict[str, Any]) -> Iterator[Fault]:
    """Everything that can be wrong with a valid request."""
    valid = parsed(method, request)
    yield from malformed(valid)
    for path, field in texts(valid):
        yield from wrong_texts(method, valid, path, field)
    for path, field in fields_of(valid):
        if not is_ignored(method, field):
            yield from wrong_values(valid, path, field)


def malformed(valid: Message) -> Iterator[Fault]:
    """Bytes that are no such request, or an empty one."""
    data = valid.SerializeToString()
    yield Fault("garbage", b"\xff" * 64, "INVALID_FIELD")
    yield Fault("cut off", data[:-1] if data else b"\x0a", "INVALID_FIELD")
    # A page may be asked for without a word; everything else needs some.
    needed = [field.name for field, _ in valid.ListFields() if field.name not in ("page_size", "page_token")]
    if needed:
        # A token alone is as good as a wrong one.
        tokens = {
            ("token",): "LINK_REJECTED",
            ("session_token",): "SESSION_ENDED",
            ("challenge_token",): "CHALLENGE_REJECTED",
            ("secret",): "CREDENTIALS_REJECTED",
        }
        yield Fault("empty", b"", tokens.get(tuple(needed), "INVALID_FIELD"))


def wrong_texts(method: Method, valid: Message, path: Path, field: FieldDescriptor) -> Iterator[Fault]:
    """What no text may be."""
    yield Fault(f"{named(path)} with NUL", altered(valid, path, "a\0b"), "INVALID_FIELD", plain(path))
    yield Fault(
        f"{named(path)} not UTF-8", altered(valid, path, MARKER).replace(MARKER.encode(), NOT_UTF8), "INVALID_FIELD"
    )
    if is_ignored(method, field):
        return
    reason = OVERLONG_REASONS.get(field.name, "INVALID_FIELD")
    if field.name == "new_password" or field.name == "password" and method.descriptor.name in CHOSEN_PASSWORD:
        reason = "PASSWORD_UNACCEPTABLE"
    in_mask = field.containing_type.full_name == "google.protobuf.FieldMask"
    about = plain(path) if reason == "INVALID_FIELD" and not in_mask else None
    yield Fault(f"{named(path)} overlong", altered(valid, path, OVERLONG), reason, about)
    if field.name == "page_token":
        for token in ("garbage", "AAAA" * 20, "%%%"):
            yield Fault(f"{named(path)} {token}", altered(valid, path, token), reason)
    if is_id(field):
        for value in MALFORMED_IDS:
            if not value and field.name in OPTIONAL_IDS:
                continue
            yield Fault(f"{named(path)} {value!r}", altered(valid, path, value), reason, about)
    if in_mask:
        for value in BAD_PATHS - set(valid.update_mask.paths):
            yield Fault(f"{named(path)} {value!r}", altered(valid, path, value), reason)


def wrong_values(valid: Message, path: Path, field: FieldDescriptor) -> Iterator[Fault]:
    """Numbers outside of what is allowed, and values of enums that do not exist."""
    if field.type == FieldDescriptor.TYPE_ENUM:
        # Of the roles, even the unspecified one is no value.
        for number in (99, -1, BIG) + ((0,) if field.label == FieldDescriptor.LABEL_REPEATED else ()):
            yield Fault(f"{named(path)} {number}", altered(valid, path, number), "INVALID_FIELD")
    elif field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64):
        known = field.full_name if field.full_name in BAD_INTEGERS else field.name
        for number in BAD_INTEGERS[known]:
            if field.cpp_type == FieldDescriptor.CPPTYPE_INT32 and number < SMALL:
                continue
            yield Fault(f"{named(path)} {number}", altered(valid, path, number), "INVALID_FIELD")


def parsed(method: Method, request: dict[str, Any]) -> Message:
    """The request as a message."""
    message = method.new_request()
    message.ParseFromString(method.encode(request))
    return message


def fields_of(message: Message, prefix: Path = ()) -> Iterator[tuple[Path, FieldDescriptor]]:
    """Every field that is no message, in the message and those in it; of repeated ones the first place."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            continue
        repeated = field.label == FieldDescriptor.LABEL_REPEATED
        here = (*prefix, field.name, 0) if repeated else (*prefix, field.name)
        if field.message_type is None:
            yield here, field
        elif repeated and getattr(message, field.name):
            yield from fields_of(getattr(message, field.name)[0], here)
        elif not repeated and message.HasField(field.name):
            yield from fields_of(getattr(message, field.name), here)


def texts(message: Message) -> Iterator[tuple[Path, FieldDescriptor]]:
    """The fields that hold text."""
    return ((path, field) for path, field in fields_of(message) if field.type == FieldDescriptor.TYPE_STRING)


def altered(valid: Message, path: Path, value: Any) -> bytes:
    """The message with another value in one place."""
    message = type(valid)()
    message.CopyFrom(valid)
    assign(message, path, value)
    return message.SerializeToString()


def assign(message: Message, path: Path, value: Any) -> None:
    """Sets one place of a message."""
    *steps, last = path
    holder: Any = message
    for step in steps:
        holder = holder[step] if isinstance(step, int) else getattr(holder, step)
    if isinstance(last, str):
        setattr(holder, last, value)
    elif holder:
        holder[last] = value
    else:
        holder.append(value)


def is_ignored(method: Method, field: FieldDescriptor) -> bool:
    """Whether the method pays no heed to the field, or answers whatever is in it: so the gateway, whose client may send
    anything (gateway_check.py)."""
    if method.service != method.descriptor.containing_service.full_name.split(".")[1]:
        return True
    if field.full_name in ETAGS:
        return method.descriptor.name not in READS_ETAG
    return field.full_name in OUTPUT_ONLY | ANSWERED or field.full_name in IGNORED_BY.get(method.descriptor.name, ())


def is_id(field: FieldDescriptor) -> bool:
    """Whether the field holds a UUID."""
    return field.name.endswith(("_id", "_ids")) and field.name != "plan_section_kind_id"


def named(path: Path) -> str:
    """For people."""
    return ".".join(map(str, path))


def plain(path: Path) -> str:
    """As BadRequest names a field, without places in lists."""
    return ".".join(step for step in path if isinstance(step, str))
