"""Text remains text: what somebody writes to attack a page or a database comes back as it was written."""

import html
from typing import Any, Callable, Iterator, Optional

from google.protobuf.message import Message

from suite.contracts import Method
from suite.mail import Mail
from tests.e2e.bad_input import Path, altered, is_id, is_ignored, named, parsed, plain, texts
from tests.support.calls import Outcome
from tests.support.ledger import SETTLE_SECONDS, wait_until
from tests.support.requests import REQUESTS
from tests.support.stage import WorldTest
from tests.support.world import World, new_id

# Short enough for the shortest field, and the classics in full.
PAYLOADS = (
    "' OR 1=1 --",
    "'); DROP TABLE patients; --",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} $1 %s %00",
    "\\x41 \\' \\\\ E'\\n'",
    "=HYPERLINK(\"http://evil.example\")",
    "&lt;b&gt; &amp; %3Cscript%3E",
    "🩺 \u202emoc.live",
)
HARMLESS = "Marigold"
# A text that is refused, in fields that take others: too long for this one, or not of its kind.
REFUSED = ("INVALID_FIELD",)
AT_LEAST = 30
# Reads a field back, given the request that was sent: all of what is returned contains what was written.
Shown = Callable[[World, Any], list[str]]


def _mail_to(world: World, recipient: str) -> list[str]:
    """What a mail says in both its parts, whose HTML has no markup of who wrote the text."""
    mails: list[Mail] = []
    wait_until(lambda: mails.extend(world.suite.mailbox.to(recipient)) or bool(mails), SETTLE_SECONDS,
               f"a mail to {recipient}")
    body = mails[0].message.get_body(("html",)).get_content()
    assert not any(tag in body for tag in TAGS), body
    # Without the line breaks of a mail.
    return [" ".join(text.split()) for text in (mails[0].text, html.unescape(body))]


def _mail_of_clinic(world: World, clinic: Message) -> list[str]:
    """What messaging calls a clinic in its mails."""
    recipient = world.new_email()
    code = {"code": "123456", "clinic_id": clinic.clinic_id}
    request = {"event_id": new_id(), "notice": {"recipient": {"email": recipient, "language": "en"}, "mailbox_code": code}}
    outcome = world.send("messaging.NoticeService/DeliverNotice", request, certificate="identity")
    assert outcome.ok, outcome
    return _mail_to(world, recipient)


def _patient_of_holder(world: World, patient: Message) -> list[str]:
    """What access_code calls a patient to who redeems a code."""
    world.ledger.forget_attempts()
    holder = world.new_account("holder")
    world.here.grant(holder, patient.patient_id)
    [listed] = holder.call("access_code.GrantService/ListMyPatients")["patients"]
    return [listed["display_name"]]


def _newest_member(world: World, _: Message) -> list[str]:
    return [world.here.staff_members()[-1]["display_name"]]


# What would be markup, if it came into a page as it was written.
TAGS = ("<script>", "<img src=x")
# Field of a method → where it is shown, if not in the answer.
SHOWN: dict[tuple[str, str], Shown] = {
    ("messaging.NoticeService/DeliverNotice", "notice.staff_invitation.clinic_display_name"):
        lambda world, request: _mail_to(world, request.notice.recipient.email),
    ("messaging.DirectoryService/PutClinic", "display_name"): _mail_of_clinic,
    ("access_code.PatientDirectoryService/PutPatient", "display_name"): _patient_of_holder,
    ("identity.ClinicService/AcceptStaffInvitation", "display_name"): _newest_member,
}
# Field, wherever it is or of one method → why nobody is shown it as text.
NOT_SHOWN = {
    **dict.fromkeys(("password", "new_password", "secret", "session_token", "token", "challenge_token", "device_token",
                     "second_factor_code", "mailbox_code", "code", "passport"), "a secret"),
    **dict.fromkeys(("page_token", "etag", "revision_token"), "ours, taken back as it was given"),
    "user_agent": "shown as names of browsers and systems, which are ours",
    "query": "a search text",
    "notice.staff_invitation.link": "made by identity, not by a person",
}
# Fields with a form of their own, where a word is refused.
FORMAL = ("email", "owner_email", "notice_email", "send_to_email", "phone", "phones", "client_address", "language",
          "time_zone", "slug", "country_code", "plan_section_kind_id")
# Of what these are asked nothing is kept; the answer is what others wrote.
COMPARED_ONLY = ("records.PatientService/FindDuplicatePatients",)


class PayloadTest(WorldTest):
    """Every field that gives back what it was given."""

    def test_what_is_written_comes_back_as_it_was_written(self) -> None:
        fields = accepted = refused = 0
        for name in REQUESTS:
            for path, shown in self.free_texts(name):
                fields += 1
                taken = 0
                for payload in PAYLOADS:
                    with self.subTest(name, field=named(path), payload=payload):
                        outcome, request = self.send(name, path, payload)
                        if not outcome.ok:
                            self.assertIn(outcome.reason, REFUSED, outcome)
                            refused += 1
                            continue
                        if shown is None:
                            self.assertIn(payload.encode(), outcome.answer)
                        else:
                            for text in shown(self.world, request):
                                self.assertIn(payload, text)
                        taken += 1
                self.assertGreater(taken, 0, f"{name} {named(path)}: no payload was taken")
                accepted += taken
        self.assertGreater(fields, AT_LEAST, "hardly any field was found")
        print(f"payloads: {accepted} came back unchanged and {refused} were refused, in {fields} fields")

    def test_what_was_written_is_read_as_it_was_written(self) -> None:
        """Not only in the answer to who wrote it."""
        here = self.world.here
        for payload in PAYLOADS:
            with self.subTest(payload):
                patient_id = here.new_patient(given_name=payload, staff_notes=payload * 3)
                read = here.owner.call("records.PatientService/GetPatient",
                                       {"clinic_id": here.clinic_id, "patient_id": patient_id})
                self.assertEqual((read["given_name"], read["staff_notes"]), (payload, payload * 3))
                section = {"plan_section_kind_id": "diet", "text": payload}
                here.new_chart(patient_id, subjective=payload, plan_sections=[section])
                self.world.ledger.settle()
                self.world.ledger.forget_attempts()
                here.grant(self.world.granted, patient_id)
                plans = self.world.granted.call("records.TreatmentPlanService/ListMyTreatmentPlans",
                                                {"patient_id": patient_id})["treatment_plans"]
                self.assertEqual([it["text"] for plan in plans for it in plan["sections"]], [payload])

    def free_texts(self, name: str) -> Iterator[tuple[Path, Optional[Shown]]]:
        """The fields of a method that take text for people, and where it is shown if not in the answer; a field that is
        neither shown nor known not to be, nor refuses the word, fails."""
        method = self.method(name)
        if name in COMPARED_ONLY:
            return
        for path, field in texts(self.valid(name)):
            if is_id(field) or is_ignored(method, field) or field.containing_type.full_name == "google.protobuf.FieldMask":
                continue
            outcome, _ = self.send(name, path, HARMLESS)
            if outcome.ok and HARMLESS.encode() in outcome.answer:
                yield path, None
            elif (shown := SHOWN.get((name, plain(path)))) is not None:
                yield path, shown
            else:
                known = field.name in NOT_SHOWN or plain(path) in NOT_SHOWN
                refused = field.name in FORMAL and not outcome.ok
                with self.subTest(name, field=named(path)):
                    self.assertTrue(known or refused, f"say where it is to be seen, or why not; the answer was {outcome}")

    def send(self, name: str, path: Path, text: str) -> tuple[Outcome, Message]:
        """A request that is valid but for this field, and its outcome."""
        recipe = REQUESTS[name]
        request = self.valid(name)
        data = altered(request, path, text)
        self.world.ledger.forget_attempts()
        passport = self.world.passport(recipe.sender(self.world), name)
        return self.world.calls.send(self.method(name), data, passport=passport, certificate=recipe.certificate), request

    def valid(self, name: str) -> Message:
        """One that may be sent."""
        request: dict[str, Any] = REQUESTS[name].make(self.world)
        return parsed(self.method(name), request)

    def method(self, name: str) -> Method:
        """A method by name."""
        return self.world.suite.client.contracts.method(name)
