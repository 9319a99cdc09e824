"""What a gateway is told about its clients' requests, and that the services believe what it then sends them."""

import json
from typing import Any, Optional

from tests.support.calls import GATEWAY
from tests.support.requests import REQUESTS
from tests.support.stage import WorldTest
from tests.support.world import Person

CHECK = "envoy.service.auth.v3.Authorization/Check"


class GatewayCheckTest(WorldTest):
    """envoy.service.auth.v3.Authorization/Check."""

    def test_what_it_lets_through_the_services_answer(self) -> None:
        """Each reading method that clients are offered, as somebody who may call it."""
        offered = 0
        for name, recipe in REQUESTS.items():
            method = self.world.suite.client.contracts.method(name)
            reads = method.descriptor.name.startswith(("Get", "List"))
            if not reads or recipe.person == "nobody" or recipe.certificate != GATEWAY:
                continue
            with self.subTest(name):
                offered += 1
                answer = self.check("POST", method.path, self.bearer(recipe.sender(self.world)))
                headers = {it["header"]["key"]: it["header"]["value"] for it in answer["ok_response"]["headers"]}
                data = method.encode(recipe.make(self.world))
                outcome = self.world.calls.send(method, data, passport=headers["portal-passport"])
                self.assertTrue(outcome.ok, outcome)
        self.assertGreater(offered, 10)

    def test_nothing_but_public_methods_goes_on_without_a_session(self) -> None:
        for name, recipe in REQUESTS.items():
            with self.subTest(name):
                answer = self.check("POST", self.world.suite.client.contracts.method(name).path, {})
                if recipe.person == "nobody" and "ok_response" in answer:
                    self.assertEqual(answer["ok_response"]["headers"], [])
                else:
                    self.assertIn(self.reason(answer), ("PASSPORT_MISSING", "METHOD_NOT_FOUND"))

    def test_the_end_of_a_session_counts_at_the_next_request(self) -> None:
        session = self.world.account.another_session()
        headers = {"authorization": f"Bearer {session.session_token}"}
        self.assertIn("ok_response", self.check("GET", "/v1/account", headers))
        session.call("identity.SessionService/SignOut")
        self.assertEqual(self.reason(self.check("GET", "/v1/account", headers)), "SESSION_ENDED")

    def check(self, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        """What the gateway is told."""
        target = self.world.suite.client.contracts.method(CHECK)
        http = {"method": method, "path": path, "headers": headers}
        outcome = self.world.calls.send(target, target.encode({"attributes": {"request": {"http": http}}}))
        self.assertTrue(outcome.ok, outcome)
        return target.decode(outcome.answer)

    @staticmethod
    def bearer(person: Person) -> dict[str, str]:
        """How somebody's client shows who it is."""
        return {"authorization": f"Bearer {person.session.session_token}"}

    @staticmethod
    def reason(answer: dict[str, Any]) -> Optional[str]:
        """The reason in a refusal's body."""
        denied = answer.get("denied_response")
        return json.loads(denied["body"])["details"][0]["reason"] if denied else None
