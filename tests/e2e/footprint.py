"""What the services leave on the machine: memory while idle, words in their logs, and what is in a stolen database."""

import base64
import re

from suite.cluster import SUPERUSER
from suite.processes import run
from suite.services import NAMES, SERVICES
from suite.suite import memory_bytes
from tests.support.stage import WorldTest
from tests.support.world import NEW_PASSWORD, PASSWORD, Person, World

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
        secrets = secrets_of(self.world)
        for name in (*NAMES, "postgres"):
            log = self.world.suite.log_file(name).read_bytes()
            with self.subTest(name):
                self.assertGreater(len(log), 0)
                self.assertEqual(sorted(set(PERSONAL.findall(log))), [])
                self.assertEqual([secret for secret in secrets if secret.encode() in log], [])
        print(f"logs: none of {len(secrets)} secrets, no canary, no address")


class DumpTest(WorldTest):
    """Who steals the databases can sign in nowhere and redeem nothing."""

    def test_dumps_of_all_databases_hold_no_secret(self) -> None:
        secrets = secrets_of(self.world)
        shapes = {shape: secret for secret in secrets for shape in shapes_of(secret)}
        for service in SERVICES:
            dump = run(["/usr/lib/postgresql/15/bin/pg_dump", "-d", self.world.suite.postgres.url(service.database, SUPERUSER)])
            with self.subTest(service.name):
                self.assertIn("COPY public.", dump)
                # Columns of bytes are dumped in hexadecimal; what is found there is found.
                self.assertIn(self.known_bytes(service.name), dump)
                self.assertEqual(sorted({shapes[shape] for shape in shapes if shape in dump}), [])
        print(f"dumps: none of {len(secrets)} secrets, as they are, in hexadecimal or in base64")

    def known_bytes(self, service: str) -> str:
        """Bytes that are in the dump, to show that they would be found."""
        [[known]] = self.world.ledger.query(service, "SELECT encode(hash, 'hex') FROM audit_batches LIMIT 1")
        return known


def secrets_of(world: World) -> list[str]:
    """Passwords, tokens of the sessions and links, codes, second factors, secrets of service accounts."""
    people = [person for person in world.people().values() if person is not None]
    tokens = [mail.token for mail in world.suite.mailbox.mails() if mail.token]
    codes = [*world.here.issued_words, *world.elsewhere.issued_words]
    codes += [*world.here.issued_secrets, *world.elsewhere.issued_secrets]
    sessions = [person.session if isinstance(person, Person) else person for person in people]
    return [PASSWORD, NEW_PASSWORD, *world.issued_secrets, *(session.session_token for session in sessions), *tokens, *codes]


def shapes_of(secret: str) -> list[str]:
    """How it could stand in a dump: as text, and as bytes of a column or of an encoding. Words as in a link, too."""
    data = secret.encode()
    # Where base64 begins within a longer text decides its letters; the middle is the same for each of three beginnings.
    shifted = [base64.b64encode(b"x" * shift + data).decode()[4 * bool(shift):].rstrip("=")[:-2] for shift in range(3)]
    shapes = [secret, secret.replace(" ", "-"), data.hex(), *shifted]
    if re.fullmatch("[A-Z2-7]{16,}", secret):  # base32, as second factors are told; keys are kept as bytes
        shapes.append(base64.b32decode(secret + "=" * (-len(secret) % 8)).hex())
    return shapes
