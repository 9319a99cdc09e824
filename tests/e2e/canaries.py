"""An account without codes sees nothing: a thousand words that occur nowhere else are spread over a clinic's records,
and none of them may reach it, by whatever call, about whatever it names."""

import itertools
import re
import secrets
from typing import Any, Iterator

from tests.support.requests import REQUESTS
from tests.support.stage import WorldTest
from tests.support.world import chart_fields, new_id, patient_fields

CANARIES = 1000
PATIENTS = 50
CANARY = re.compile(rb"canary[0-9a-f]{12}")
KINDS = ("products", "prescriptions", "blends", "diet", "lifestyle", "exercises", "procedures")


def canary() -> str:
    """A word that occurs nowhere else."""
    return f"canary{secrets.token_hex(6)}"


class CanaryTest(WorldTest):
    """The core rule, over all methods."""

    def test_an_account_without_codes_sees_no_byte_of_a_thousand_canaries(self) -> None:
        planted = self.plant()
        self.assertEqual(planted, CANARIES)
        account = self.world.new_account("curious")
        stranger = self.world.elsewhere.owner
        calls = answered = 0
        for person in (account, stranger):
            for name, request in self.everything_it_may_ask():
                calls += 1
                outcome = self.world.send(name, request, person, certificate=REQUESTS[name].certificate)
                answered += outcome.ok
                seen = outcome.everything()
                self.assertIsNone(CANARY.search(seen), f"{name} {request}")
                for words in self.words:
                    self.assertNotIn(words, seen, f"{name} {request}")
        # They are there for those who may see them, or their absence would mean nothing.
        listed = self.world.send(
            "records.PatientService/ListPatients", {"clinic_id": self.clinic.clinic_id}, self.clinic.owner
        )
        self.assertGreater(len(set(CANARY.findall(listed.answer))), PATIENTS)
        print(f"canaries: {planted} planted, {calls} calls ({answered} answered OK), none seen")

    def plant(self) -> int:
        """Fills a clinic with canaries; how many."""
        clinic = self.clinic = self.world.new_clinic("canary")
        self.ids: dict[str, list[str]] = {"clinic_id": [clinic.clinic_id], "patient_id": [], "access_code_id": [],
                                          "grant_id": [], "soap_chart_id": [], "treatment_plan_id": []}
        self.words: list[bytes] = []
        holder = self.world.new_account("holder")
        used: set[str] = set()
        for number in range(PATIENTS):
            patient = patient_with_canaries()
            patient_id = clinic.new_patient(**patient)
            chart = chart_with_canaries()
            chart_id = clinic.new_chart(patient_id, **chart)["soap_chart_id"]
            used |= set(CANARY.findall(str([patient, chart]).encode()))
            self.ids["patient_id"].append(patient_id)
            self.ids["soap_chart_id"].append(chart_id)
            self.ids["treatment_plan_id"].append(chart_id)
            if number % 5 == 0:
                code = clinic.new_code(patient_id)
                self.ids["access_code_id"].append(code["access_code"]["access_code_id"])
                self.words.append(code["words"].encode())
            if number % 10 == 0:
                self.world.ledger.forget_attempts()
                self.ids["grant_id"].append(clinic.grant(holder, patient_id))
        return len(used)

    def everything_it_may_ask(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every method with every id of the clinic that its request takes."""
        for name, recipe in REQUESTS.items():
            if recipe.person == "nobody" or name.endswith("/SignOut"):
                continue  # nothing to do with who asks, or the end of the test
            fields = self.world.suite.client.contracts.method(name).descriptor.input_type.fields
            base = recipe.make(self.world)
            if "code" in base:
                base["code"] = "five words that open nothing"
            named = [field.name for field in fields if field.name in self.ids]
            for values in self.combinations(named):
                self.world.ledger.forget_attempts()
                request = base | dict(zip(named, values))
                if "request_id" in base:
                    request["request_id"] = new_id()
                yield name, request

    def combinations(self, named: list[str]) -> Iterator[tuple[str, ...]]:
        """Each id once; a plan with its own patient."""
        if named == ["patient_id", "treatment_plan_id"]:
            return zip(self.ids["patient_id"], self.ids["treatment_plan_id"])
        return itertools.product(*(self.ids[name] for name in named))


def patient_with_canaries() -> dict[str, Any]:
    """A patient with ten."""
    return patient_fields(
        given_name=canary(),
        family_name=canary(),
        email=f"{canary()}@example.org",
        address={"lines": [canary()], "city": canary(), "region": canary(), "postal_code": canary()},
        health_card_number=canary(),
        emergency_contact={"name": canary(), "relationship": "friend", "phone": ""},
        staff_notes=canary(),
    )


def chart_with_canaries() -> dict[str, Any]:
    """A chart with ten."""
    return chart_fields(
        subjective=canary(),
        objective=canary(),
        assessment=canary(),
        plan_sections=[{"plan_section_kind_id": kind, "text": canary()} for kind in KINDS],
    )
