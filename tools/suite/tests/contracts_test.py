"""Methods by name, dictionaries to messages and back, details of failures; and what mails tell."""

import email
import email.policy
import unittest
from pathlib import Path

from google.protobuf import any_pb2

from suite.artifacts import ROOT
from suite.contracts import Contracts, reason_of
from suite.errors import SuiteError
from suite.mail import Mail

TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"


class ContractsTest(unittest.TestCase):
    """Against the suite's own descriptor set."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.contracts = Contracts(ROOT / "protos" / "portal_descriptors.binpb")

    def test_as_much_of_a_name_as_is_unique_is_enough(self) -> None:
        full = "portal.records.v1.PatientService/GetPatient"
        for name in (full, "records.PatientService/GetPatient", "PatientService/GetPatient", "GetPatient"):
            method = self.contracts.method(name)
            self.assertEqual((method.full_name, method.service), (full, "records"))
        self.assertIn(full, self.contracts.names())

    def test_part_of_a_word_is_no_name(self) -> None:
        for name in ("Patient", "etPatient", "GetPatients", ""):
            with self.assertRaises(SuiteError):
                self.contracts.method(name)

    def test_requests_and_answers_are_dictionaries(self) -> None:
        method = self.contracts.method("CreatePatient")
        sent = method.encode({"patient": {"given_name": "Zoë", "birth_date": {"year": 2018}}, "clinicId": "c"})
        self.assertIn("Zoë".encode(), sent)
        answer = self.contracts.method("GetMyPatient").decode(b"\x1a\x04Zo\xc3\xab")
        self.assertEqual(answer["given_name"], "Zoë")
        self.assertEqual(answer["phones"], [])

    def test_a_field_that_does_not_exist_is_refused(self) -> None:
        with self.assertRaisesRegex(SuiteError, "not a valid request"):
            self.contracts.method("GetPatient").encode({"patient": "x"})

    def test_a_failures_reason_is_ours_only_in_our_domain(self) -> None:
        # google.rpc.ErrorInfo{reason = 1, domain = 2} in google.rpc.Status{details = 3}.
        for domain, expected in ((b"portal", "CONTENTION"), (b"other!", None)):
            info = b"\x0a\x0aCONTENTION\x12\x06" + domain
            detail = any_pb2.Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=info).SerializeToString()
            details = self.contracts.details(b"\x1a" + bytes([len(detail)]) + detail)
            self.assertEqual(reason_of(details), expected)


class MailTest(unittest.TestCase):
    """What is read from an .eml file."""

    def test_the_token_is_what_the_links_fragment_ends_with(self) -> None:
        for fragment in (TOKEN, f"token={TOKEN}", f"/verify/{TOKEN}"):
            mail = self.mail(f"Hello,\n\nhttps://portal.example/verify#{fragment}\n\nBye\n")
            self.assertEqual(mail.token, TOKEN)
        self.assertEqual(mail.recipient, "lea@example.com")

    def test_a_mail_without_a_link_has_no_token(self) -> None:
        self.assertIsNone(self.mail(f"You have an account already. {TOKEN}\n").token)

    def mail(self, body: str) -> Mail:
        text = f"To: lea@example.com\nSubject: Hi\nContent-Type: text/plain; charset=utf-8\n\n{body}"
        return Mail(Path("x.eml"), email.message_from_string(text, policy=email.policy.default))


if __name__ == "__main__":
    unittest.main()
