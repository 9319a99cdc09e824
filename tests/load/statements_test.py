"""The load scripts fill in every parameter of the services' statements as they are now."""

import unittest

from tests.load import statements

SCRIPTS = {
    "issue a passport": statements.issue_passport,
    "sign in": statements.sign_in,
    "check a grant": statements.check_grant,
    "check many grants": statements.check_grants,
    "read a patient": statements.read_patient,
    "list plans": statements.list_plans,
    "search": lambda: statements.search("0190163d-8694-739b-aea5-966c26f8ad91"),
    "redeem": statements.redeem,
}


class StatementsTest(unittest.TestCase):
    """A statement that gained or lost a parameter is noticed before somebody measures."""

    def test_every_script_is_made_and_has_no_parameter_left(self) -> None:
        for name, script in SCRIPTS.items():
            with self.subTest(name):
                self.assertNotRegex(script().text, r"\$\d")

    def test_a_parameter_too_few_or_too_many_is_refused(self) -> None:
        for values in (("1",), ("1", "2", "3")):
            with self.assertRaises(ValueError):
                statements.with_parameters("SELECT $1 + $2", *values)
        self.assertEqual(statements.with_parameters("SELECT $2 + $1", "1", "2"), "SELECT (2) + (1)")


if __name__ == "__main__":
    unittest.main()
