"""What must turn up in no log, no stolen database and no mail, and how it could look there."""

import base64
import email.policy
import html
import re
from email.message import EmailMessage
from typing import Any, Iterator

from suite.services import NAMES
from tests.support.stage import WorldTest
from tests.support.world import NEW_PASSWORD, PASSWORD, Person, World, chart_fields, patient_fields

# Whatever a test writes into a record or types as a secret matches one of these, or is among secrets_of().
PERSONAL = re.compile(rb"canary[0-9a-f]{12}|@example\.com|v4\.public\.|Fontaine|Ferritin")


class LogTest(WorldTest):
    """Nothing that is secret or personal is logged. Comes last: it reads what the tests before it made happen."""

    def test_logs_hold_no_secret_and_nothing_personal(self) -> None:
        secrets = secrets_of(self.world)
        for name in (*NAMES, "postgres"):
            log = self.world.suite.log_file(name).read_bytes()
            with self.subTest(name):
                self.assertGreater(len(log), 0)
                self.assertEqual(sorted(set(PERSONAL.findall(log))), [])
                self.assertEqual([secret for secret in secrets if secret.encode() in log], [])
        print(f"logs: none of {len(secrets)} secrets, no canary, no address")


def secrets_of(world: World) -> list[str]:
    """Passwords, tokens of the sessions, devices and links, passports, codes, second factors, secrets of service
    accounts."""
    people = [person for person in world.people().values() if person is not None]
    tokens = [mail.token for mail in world.suite.mailbox.mails() if mail.token]
    codes = [*world.here.issued_words, *world.elsewhere.issued_words]
    codes += [*world.here.issued_secrets, *world.elsewhere.issued_secrets]
    sessions = [person.session if isinstance(person, Person) else person for person in people]
    sessions += [it for person in people if isinstance(person, Person) for it in person.other_sessions]
    # A sign-in more, for what the tests' own throw away.
    world.ledger.forget_attempts()
    again = world.suite.client.call("identity.SessionService/SignIn",
                                    {"email": world.account.email, "password": PASSWORD})
    passports = [person.passport() for person in people]
    return [PASSWORD, NEW_PASSWORD, *world.issued_secrets, *(it.session_token for it in sessions), *passports,
            again["session_token"], again["device_token"], *tokens, *codes]


def shapes_of(secret: str) -> set[str]:
    """How it could stand in a dump: as text, and as bytes of a column or of an encoding. Words as in a link, too."""
    shapes = {shape for text in (secret, secret.replace(" ", "-")) for shape in (text, *encodings_of(text.encode()))}
    if re.fullmatch("[A-Z2-7]{16,}", secret):  # base32, as second factors are told; keys are kept as bytes
        shapes.add(base64.b32decode(secret + "=" * (-len(secret) % 8)).hex())
    return shapes


def encodings_of(data: bytes) -> Iterator[str]:
    """In hexadecimal and in base64."""
    yield data.hex()
    # Where base64 begins within a longer text decides its letters; the middle is the same for each of three beginnings.
    for shift in range(3):
        yield base64.b64encode(b"x" * shift + data).decode()[4 * bool(shift):].rstrip("=")[:-2]


def medical_words() -> list[str]:
    """What the tests write into patients and charts, as far as it occurs nowhere else; canaries are found by PERSONAL's
    pattern."""
    texts = {text for fields in (patient_fields(), chart_fields()) for text in _texts(fields) if len(text) > 4}
    return sorted(texts | {patient_fields()["given_name"]})


def read_mail(message: EmailMessage) -> str:
    """All of a mail as its reader's program may show it: headers and every part, decoded."""
    shown = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            text = part.get_content()
            shown += [text, html.unescape(text)]
    return "\n".join(shown)


def specimen(text: str) -> bytes:
    """A mail that says this in its subject and both its parts, encoded as mails are."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = f"{text} é"
    message.set_content(f"{text} é", cte="quoted-printable")
    message.add_alternative(f"<p>{html.escape(text)} é</p>", subtype="html", cte="base64")
    return message.as_bytes()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not re.fullmatch("[A-Z_]+", value):  # values of enums
            yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
