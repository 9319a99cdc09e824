"""Who may call what, over all methods and all kinds of callers, against the running suite.

The methods come from the contracts, the expected answers from matrix.txt. Every refusal is also checked to have changed
nothing, and refusals that hide something are compared byte by byte.
"""

import functools
import itertools
import shutil
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator, Optional, cast

import grpc

from suite import people
from suite.pki import CertificateAuthority
from suite.services import NAMES
from suite.suite import Suite
from tests.authz import matrix
from tests.support import passports
from tests.support.calls import GATEWAY, Outcome
from tests.support.ledger import differences
from tests.support.requests import REQUESTS
from tests.support.world import World, new_id

# Services of the suite's plan that are not there yet have policies naming them already.
CERTIFICATES = [GATEWAY, "operator", *NAMES, "scheduling", "forms"]
# Certificates that say "gateway", but not of this installation.
OTHER_TRUST_DOMAIN, OTHER_CA = "gateway-of-another-trust-domain", "gateway-of-another-ca"
LIFETIME_SECONDS = 60
CALLS_AT_ONCE = 4
# Staff may ask about any account, and learn only what it has to do with their own clinic.
ANSWERS_ABOUT_ANYBODY = {"access_code.GrantService/ExplainAccess"}
# Names something of another service's, which has looked whose it is, for the first time.
NAMES_ANEW = {("access_code.FormAccessService/IssueFormAccessCode", "form_assignment_id")}
# Narrows down what the caller sees anyway.
FILTERS = {
    ("records.AuditService/ListAuditEvents", "actor_id"),
    ("records.AuditService/ListPatientAuditEvents", "actor_id"),
}
# Not ids of what is asked for: the request's own, and the clinic that is checked first.
NOT_HIDDEN = ("request_id", "clinic_id")

world = cast(World, None)  # made by setUpModule
rows = matrix.read(Path(__file__).with_name("matrix.txt"), Path(__file__).with_name("scopes.txt"))


def setUpModule() -> None:
    global world
    suite = unittest.enterModuleContext(Suite.start())
    make_certificates(suite)
    world = World(suite)
    unittest.addModuleCleanup(world.close)


def make_certificates(suite: Suite) -> None:
    """One for each caller of the matrix, where the client finds them."""
    folder = suite.home / "pki"
    suite.certificates.ensure(CERTIFICATES)
    trusted = folder / "ca.crt"
    for name, trust_domain, same_ca in ((OTHER_TRUST_DOMAIN, "elsewhere.local", True), (OTHER_CA, "portal.local", False)):
        other = suite.home / f"pki-{name}"
        other.mkdir(mode=0o700)
        if same_ca:
            for file in (trusted, folder / "ca.key"):
                shutil.copy(file, other)
        CertificateAuthority(other, trust_domain).ensure([GATEWAY])
        shutil.copytree(other / GATEWAY, folder / name)
        # Its own side trusts the services; whether they trust it is the question.
        shutil.copy(trusted, folder / name / "ca.crt")


def short(name: str) -> str:
    """portal.records.v1.PatientService/GetPatient as the table has it."""
    return name.removeprefix("portal.").replace(".v1.", ".")


def send(method: str, request: dict[str, Any], **options: Any) -> Outcome:
    """A call by name."""
    target = world.suite.client.contracts.method(method)
    return world.calls.send(target, target.encode(request), **options)


@functools.cache
def bad_passports(real: str) -> dict[str, str]:
    """Passports that say what this one says, and must not be believed."""
    claims, key_id = passports.claims_of(real), passports.key_id_of(real)
    key = world.suite.home / "keys" / "passport_signing" / f"{key_id}.pem"
    forger = passports.new_key(world.suite.home)
    head, body, footer = real.rpartition(".")[0].rpartition(".")[0], *real.rsplit(".", 2)[1:]
    tampered = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
    valid = passports.valid_between(claims, 0, LIFETIME_SECONDS)
    return {
        "expired": passports.mint(passports.valid_between(claims, -LIFETIME_SECONDS - 1, -1), key, key_id),
        "not yet valid": passports.mint(passports.valid_between(claims, 3600, 3600 + LIFETIME_SECONDS), key, key_id),
        "valid too long": passports.mint(passports.valid_between(claims, 0, 3600), key, key_id),
        "forged": passports.mint(valid, forger, key_id),
        "of an unknown key": passports.mint(valid, forger, "k29991231T235959"),
        "of another installation": passports.mint(valid | {"iss": "elsewhere", "aud": "elsewhere"}, key, key_id),
        "for another installation": passports.mint(valid | {"aud": "elsewhere"}, key, key_id),
        "tampered with": f"{head}.{tampered}.{footer}",
        "cut off": real[:-10],
        "not a passport": "owner",
    }


@functools.cache
def without_scope(real: str, scope: Optional[str]) -> str:
    """The passport of a service account as it would be if it had all scopes but this one."""
    claims, key_id = passports.claims_of(real), passports.key_id_of(real)
    fewer = claims["svc"] | {"scopes": [it for it in claims["svc"]["scopes"] if it != scope]}
    key = world.suite.home / "keys" / "passport_signing" / f"{key_id}.pem"
    return passports.mint(passports.valid_between(claims | {"svc": fewer}, 0, LIFETIME_SECONDS), key, key_id)


class MatrixTest(unittest.TestCase):
    """matrix.txt."""

    def test_every_method_has_a_row_and_a_request_and_every_row_is_a_method(self) -> None:
        methods = {short(name) for name in world.suite.client.contracts.names()}
        self.assertEqual(methods ^ set(rows), set(), "methods without a row, or rows without a method")
        self.assertEqual(methods ^ set(REQUESTS), set(), "methods without a request, or requests without a method")

    def test_a_passport_made_here_is_accepted_unless_something_is_wrong_with_it(self) -> None:
        """Otherwise the refusals of bad ones would say nothing."""
        real = world.account.passport()
        key_id = passports.key_id_of(real)
        key = world.suite.home / "keys" / "passport_signing" / f"{key_id}.pem"
        made = passports.mint(passports.valid_between(passports.claims_of(real), 0, LIFETIME_SECONDS), key, key_id)
        outcome = send("identity.AccountService/GetAccount", {}, passport=made)
        self.assertTrue(outcome.ok, outcome)

    def test_refusals_change_nothing(self) -> None:
        cells = 0
        for method, row in rows.items():
            with self.subTest(method):
                cells += self.refuse(method, row)
        print(f"authorization matrix: {len(rows)} methods, {cells} refused calls, nothing changed")

    def test_allowed_calls_succeed(self) -> None:
        cells = 0
        for method, row in rows.items():
            for caller, service in itertools.product(row.reasons, sorted(row.services)):
                if row.reasons[caller] is None:
                    # Where a bad passport does no harm because none is looked at, two of them show it.
                    for index in range(2 if caller == "bad" else 1):
                        world.ledger.forget_attempts()
                        request = REQUESTS[method].make(world)
                        label, passport = next(itertools.islice(self.passports_of(caller, row, method), index, None))
                        with self.subTest(method, caller=label, service=service):
                            outcome = send(method, request, passport=passport, certificate=service)
                            self.assertTrue(outcome.ok, outcome)
                            cells += 1
        print(f"authorization matrix: {cells} allowed calls")

    def test_a_stranger_to_the_mesh_does_not_get_as_far_as_a_method(self) -> None:
        for method, row in rows.items():
            with self.subTest(method):
                passport = self.best_passport(row)
                outcome = send(method, REQUESTS[method].make(world), passport=passport, certificate=OTHER_CA)
                self.assertEqual((outcome.code, outcome.status), (grpc.StatusCode.UNAVAILABLE, b""), outcome)

    def refuse(self, method: str, row: matrix.Row) -> int:
        """All refused cells of a row; how many there are."""
        request = REQUESTS[method].make(world)
        callers = [
            (label, passport, row.reasons[caller])
            for caller in row.reasons for label, passport in self.passports_of(caller, row)
        ]
        cells = [
            (service, label, passport, expected)
            for service in [*CERTIFICATES, OTHER_TRUST_DOMAIN] for label, passport, reason in callers
            if (expected := reason if service in row.services else "SERVICE_NOT_ALLOWED") is not None
        ]
        world.ledger.settle()
        before = world.ledger.snapshot()
        with ThreadPoolExecutor(CALLS_AT_ONCE) as senders:
            outcomes = senders.map(lambda it: send(method, request, passport=it[2], certificate=it[0]), cells)
            for (service, label, _, expected), outcome in zip(cells, outcomes):
                self.assertEqual(outcome.reason, expected, f"{label} through {service}: {outcome}")
                self.assertEqual(outcome.answer, b"")
        changed = differences(before, world.ledger.snapshot())
        self.assertEqual(changed, [], "a call that was refused changed something")
        return len(cells)

    def passports_of(
        self, caller: str, row: matrix.Row, method: str = ""
    ) -> Iterator[tuple[str, Optional[str]]]:
        """The passports that a column of the table stands for, each with a name."""
        if caller == "bad":
            person = world.people()[row.best() or "owner"] or world.here.owner
            yield from bad_passports(person.passport()).items()
            return
        if caller == matrix.UNSCOPED:
            yield caller, without_scope(world.service_account.passport(), row.scope)
            return
        yield caller, world.passport(world.people()[caller], method)

    def best_passport(self, row: matrix.Row) -> Optional[str]:
        """Of somebody who may call."""
        person = world.people()[row.best()]
        return person.passport() if person is not None else None


class HiddenTest(unittest.TestCase):
    """What one may not see does not exist: the same bytes for the one as for the other."""

    def test_foreign_ids_are_answered_as_unknown_ones(self) -> None:
        compared = 0
        for method, field, request in self.requests_with_ids():
            foreign, unknown = self.foreign(field), new_id()
            sender = REQUESTS[method].sender(world)
            with self.subTest(method, field=field):
                world.ledger.settle()
                before = world.ledger.snapshot()
                answers = {
                    (*outcome.refusal(), outcome.answer)
                    for value in (*foreign, unknown)
                    for outcome in [world.send(
                        method, with_id(request, field, value), sender, certificate=REQUESTS[method].certificate
                    )]
                }
                self.assertEqual(len(answers), 1, answers)
                if method not in ANSWERS_ABOUT_ANYBODY:
                    self.assertNotEqual(answers.pop()[0], grpc.StatusCode.OK)
                self.assertEqual(differences(before, world.ledger.snapshot()), [])
                compared += len(foreign)
        self.assertGreater(compared, 15, "hardly any method has an id to hide")
        print(f"hidden: {compared} foreign ids were answered as unknown ones")

    def test_clinics_are_not_told_from_unknown_ones(self) -> None:
        request = {"clinic_id": world.elsewhere.clinic_id}
        foreign = world.send("identity.ClinicService/GetClinic", request, world.here.owner)
        unknown = world.send("identity.ClinicService/GetClinic", {"clinic_id": new_id()}, world.here.owner)
        self.assertEqual(foreign.reason, "NOT_STAFF_OF_CLINIC")
        self.assertEqual(foreign.refusal(), unknown.refusal())

    def test_session_tokens_that_ended_are_not_told_from_unknown_ones(self) -> None:
        ended = world.account.another_session()
        ended.call("identity.SessionService/SignOut")
        method = "identity.SessionService/IssuePassport"
        refused = send(method, {"session_token": ended.session_token})
        unknown = send(method, {"session_token": "A" * 43})
        self.assertEqual(refused.reason, "SESSION_ENDED")
        self.assertEqual(refused.refusal(), unknown.refusal())

    def test_accounts_that_exist_are_not_told_from_unknown_ones(self) -> None:
        world.ledger.forget_attempts()
        method = "identity.SessionService/SignIn"
        wrong = send(method, {"email": world.account.email, "password": "not the password at all"})
        unknown = send(method, {"email": world.new_email(), "password": "not the password at all"})
        self.assertEqual(wrong.reason, "CREDENTIALS_REJECTED")
        self.assertEqual(wrong.refusal(), unknown.refusal())
        method = "identity.AccountService/SignUp"
        taken, free = (
            send(method, people.TERMS | {
                "email": email, "password": "a password for a new account", "request_id": new_id()
            })
            for email in (world.account.email, world.new_email())
        )
        self.assertTrue(taken.ok and free.ok)
        self.assertEqual(taken.answer, free.answer)

    def test_links_that_were_used_are_not_told_from_unknown_ones(self) -> None:
        for method in ("identity.AccountService/VerifyEmail", "identity.ClinicService/AcceptStaffInvitation",
                       "identity.PasswordService/ResetPassword", "identity.EmailChangeService/ConfirmEmailChange"):
            with self.subTest(method):
                request = REQUESTS[method].make(world)
                self.assertTrue(send(method, request).ok)
                used = send(method, request | {"request_id": new_id()})
                unknown = send(method, request | {"token": "A" * 43, "request_id": new_id()})
                self.assertEqual(used.reason, "LINK_REJECTED")
                self.assertEqual(used.refusal(), unknown.refusal())

    def requests_with_ids(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every field of every person's method that names something by its id, in an otherwise valid request."""
        for method, recipe in REQUESTS.items():
            if recipe.person == "nobody":
                continue
            fields = world.suite.client.contracts.method(method).descriptor.input_type.fields
            for name in (field.name for field in fields):
                if name.endswith("_id") and name not in NOT_HIDDEN and (method, name) not in NAMES_ANEW | FILTERS:
                    yield method, name, recipe.make(world)

    def foreign(self, field: str) -> list[str]:
        """Ids that exist, but not for staff of clinic "here"; for its account holders, neither."""
        return {
            "patient_id": [world.foreign_patient_id],
            "merged_patient_id": [world.foreign_patient_id],
            "account_id": [passports.claims_of(world.foreigner.passport())["sub"]],
            "access_code_id": [world.foreign_code["access_code"]["access_code_id"]],
            "form_assignment_id": [world.foreign_form_code["access_code"]["form_assignment_id"]],
            "grant_id": [world.foreign_grant_id],
            "plan_section_kind_id": [world.foreign_kind_id],
            "service_account_id": [world.foreign_service_account["service_account_id"]],
            "soap_chart_id": [world.foreign_chart["soap_chart_id"]],
            "session_id": [world.foreigner.call("identity.SessionService/GetSession")["session_id"]],
            "treatment_plan_id": [world.foreign_chart["soap_chart_id"]],
            "staff_member_id": [world.elsewhere.staff_members()[0]["staff_member_id"]],
        }[field]

    def test_ungranted_patients_of_the_clinic_are_not_told_from_unknown_ones(self) -> None:
        for method in ("records.PatientService/GetMyPatient", "records.TreatmentPlanService/ListMyTreatmentPlans"):
            with self.subTest(method):
                there = world.send(method, {"patient_id": world.other_patient_id}, world.granted)
                unknown = world.send(method, {"patient_id": new_id()}, world.granted)
                self.assertEqual(there.reason, "PATIENT_NOT_FOUND")
                self.assertEqual(there.refusal(), unknown.refusal())


def with_id(request: dict[str, Any], field: str, value: str) -> dict[str, Any]:
    """The request about another thing, as a request of its own."""
    changed = request | {field: value}
    return changed | {"request_id": new_id()} if "request_id" in request else changed


if __name__ == "__main__":
    unittest.main()
