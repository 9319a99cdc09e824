"""How the demo data's account holder comes to be after an interrupted load, with stand-ins for identity and mail."""

import unittest
from typing import Any
from unittest import mock

import grpc

from suite import demo_clinic
from suite.client import RpcError
from suite.demo_data import _Loader
from suite.errors import SuiteError


def refusal(reason: str) -> RpcError:
    error = RpcError("Method", grpc.StatusCode.UNKNOWN, "refused", {})
    error.reason = reason
    return error


class FamilyTest(unittest.TestCase):
    """`self.tokens`: what the mailbox shows, one look after the other; only "new" is a valid link."""

    def setUp(self) -> None:
        self.suite = mock.Mock()
        self.suite.client.call.side_effect = self.call
        self.calls: list[tuple[str, dict[str, Any]]] = []
        patcher = mock.patch("suite.demo_data.POLL_SECONDS", 0)
        patcher.start()
        self.addCleanup(patcher.stop)

    def call(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((method.rpartition("/")[2], request))
        if request.get("token", "new") != "new":
            raise refusal("LINK_REJECTED")
        return {}

    def load(self, reason: str, tokens: list[str]) -> None:
        session = mock.Mock()
        self.suite.sign_in.side_effect = [refusal(reason), session]
        self.suite.mailbox.wait_for_token.side_effect = tokens
        _Loader(self.suite)._load_family([])
        self.assertEqual(self.suite.sign_in.call_count, 2)
        self.suite.sign_in.assert_called_with(demo_clinic.FAMILY_LOGIN, demo_clinic.PASSWORD)

    def test_first_load_signs_up_and_verifies(self) -> None:
        self.load("CREDENTIALS_REJECTED", ["new"])
        self.assertEqual([method for method, _ in self.calls], ["SignUp", "VerifyEmail"])

    def test_load_interrupted_before_verification_is_finished_with_a_new_link(self) -> None:
        self.load("EMAIL_NOT_VERIFIED", ["old", "old", "old", "new"])
        self.assertEqual([method for method, _ in self.calls], ["SignUp", "VerifyEmail", "VerifyEmail"])

    def test_each_sign_up_is_another_request_and_each_links_verification_the_same(self) -> None:
        for _ in range(2):
            self.load("EMAIL_NOT_VERIFIED", ["new"])
            self.suite.sign_in.reset_mock()
        ids = [request["request_id"] for _, request in self.calls]
        self.assertNotEqual(ids[0], ids[2])
        self.assertEqual(ids[1], ids[3])

    def test_other_refusals_end_the_load(self) -> None:
        with self.assertRaises(RpcError):
            self.load("OVERLOADED", [])
        self.assertEqual(self.calls, [])

    def test_new_link_that_never_arrives_ends_the_load(self) -> None:
        with mock.patch("suite.demo_data.LINK_SECONDS", 0.0), self.assertRaisesRegex(SuiteError, "new link"):
            self.load("EMAIL_NOT_VERIFIED", ["old"])


if __name__ == "__main__":
    unittest.main()
