"""Text remains text: what somebody writes to attack a page or a database comes back as it was written."""

from typing import Any, Iterator

from google.protobuf.message import Message

from suite.contracts import Method
from tests.e2e.bad_input import Path, altered, is_id, named, parsed, texts
from tests.support.calls import Outcome
from tests.support.requests import REQUESTS
from tests.support.stage import WorldTest

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


class PayloadTest(WorldTest):
    """Every field that gives back what it was given."""

    def test_what_is_written_comes_back_as_it_was_written(self) -> None:
        fields = accepted = refused = 0
        for name in REQUESTS:
            for path in self.free_texts(name):
                fields += 1
                taken = 0
                for payload in PAYLOADS:
                    with self.subTest(name, field=named(path), payload=payload):
                        outcome = self.send(name, path, payload)
                        if not outcome.ok:
                            self.assertIn(outcome.reason, REFUSED, outcome)
                            refused += 1
                            continue
                        self.assertIn(payload.encode(), outcome.answer)
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

    def free_texts(self, name: str) -> Iterator[Path]:
        """The fields of a method that give back a word that nobody has a reason to write there."""
        valid = self.valid(name)
        for path, field in texts(valid):
            if is_id(field) or field.containing_type.full_name == "google.protobuf.FieldMask":
                continue
            outcome = self.send(name, path, HARMLESS)
            if outcome.ok and HARMLESS.encode() in outcome.answer:
                yield path

    def send(self, name: str, path: Path, text: str) -> Outcome:
        """A request that is valid but for this field."""
        recipe = REQUESTS[name]
        request = altered(self.valid(name), path, text)
        self.world.ledger.forget_attempts()
        passport = self.world.passport(recipe.sender(self.world), name)
        return self.world.calls.send(self.method(name), request, passport=passport, certificate=recipe.certificate)

    def valid(self, name: str) -> Message:
        """One that may be sent."""
        request: dict[str, Any] = REQUESTS[name].make(self.world)
        return parsed(self.method(name), request)

    def method(self, name: str) -> Method:
        """A method by name."""
        return self.world.suite.client.contracts.method(name)
