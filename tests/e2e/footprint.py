"""What the services leave on the machine: memory while idle, and words in their logs."""

import re

from suite.services import NAMES
from suite.suite import memory_bytes
from tests.support.stage import WorldTest
from tests.support.world import PASSWORD, Person

MAX_IDLE_BYTES = 60 * 1000 * 1000
# Whatever a test writes into a record or types as a secret matches one of these, or is collected by LogTest.
PERSONAL = re.compile(rb"canary[0-9a-f]{12}|@example\.com|v4\.public\.|Fontaine|Ferritin")


class MemoryTest(WorldTest):
    """The limit on idle memory."""

    def test_each_service_is_small(self) -> None:
        used = {name: memory_bytes(self.world.suite.pid(name)) for name in NAMES}
        print("resident, idle:", ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in used.items()))
        for name, size in used.items():
            self.assertLess(size, MAX_IDLE_BYTES, name)


class LogTest(WorldTest):
    """Nothing that is secret or personal is logged."""

    def test_logs_hold_no_secret_and_nothing_personal(self) -> None:
        secrets = self.secrets()
        for name in (*NAMES, "postgres"):
            log = self.world.suite.log_file(name).read_bytes()
            with self.subTest(name):
                self.assertGreater(len(log), 0)
                self.assertEqual(sorted(set(PERSONAL.findall(log))), [])
                self.assertEqual([secret for secret in secrets if secret.encode() in log], [])
        print(f"logs: none of {len(secrets)} secrets, no canary, no address")

    def secrets(self) -> list[str]:
        """Passwords, session tokens, tokens of links, codes, secrets of service accounts."""
        world = self.world
        people = [person for person in world.people().values() if person is not None]
        tokens = [mail.token for mail in world.suite.mailbox.mails() if mail.token]
        codes = [*world.here.issued_words, *world.elsewhere.issued_words]
        codes += [*world.here.issued_secrets, *world.elsewhere.issued_secrets]
        sessions = [person.session if isinstance(person, Person) else person for person in people]
        return [PASSWORD, *(session.session_token for session in sessions), *tokens, *codes]
