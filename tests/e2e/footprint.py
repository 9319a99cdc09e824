"""What the services leave on the machine: memory while idle, what their mails say, and what is in a stolen database."""

import email
import email.policy

from suite.cluster import SUPERUSER
from suite.processes import run
from suite.services import NAMES, SERVICES
from suite.suite import memory_bytes
from tests.e2e.canaries import CANARY, chart_with_canaries, patient_with_canaries
from tests.e2e.main_job import HIDDEN, STAFF_NOTES
from tests.e2e.together import PLAN_TEXT
from tests.support.leaks import medical_words, read_mail, secrets_of, shapes_of, specimen
from tests.support.ledger import SETTLE_SECONDS, wait_until
from tests.support.requests import REQUESTS
from tests.support.stage import WorldTest
from tests.support.world import new_id

REQUEST_CODE = "identity.MailboxService/RequestMailboxCode"
REQUEST_RESET = "identity.PasswordService/RequestPasswordReset"
MAX_IDLE_BYTES = 60 * 1000 * 1000
# Mails that come of what a clinic does for a patient, and one of each other sort that carries something of a person's:
# without them in the folder a search of it means little.
SUBJECTS = (
    "A new treatment plan is waiting for you",
    "Another account can now see records you have access to",
    "An access code was used",
    "Access to records has ended",
    "Your access code from Clinic mails",
    "You are invited to the staff of Clinic mails",
    "Confirm your e-mail address",
    "Choose a new password",
    "Your code for the patient portal",
    "Your account was used on a new device",
)


class MemoryTest(WorldTest):
    """The limit on idle memory."""

    def test_each_service_is_small(self) -> None:
        used = {name: memory_bytes(self.world.suite.pid(name)) for name in NAMES}
        print("resident, idle:", ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in used.items()))
        for name, size in used.items():
            self.assertLess(size, MAX_IDLE_BYTES, name)


class MailTest(WorldTest):
    """No mail of the run says a word of what is in a record, whatever was done to the record. Comes after the others."""

    def test_no_mail_names_a_patient_or_anything_medical(self) -> None:
        self.cause_mails()
        words = sorted({*medical_words(), *HIDDEN.values(), STAFF_NOTES, PLAN_TEXT})
        for word in words:
            found = read_mail(email.message_from_bytes(specimen(word), policy=email.policy.default))
            # Once in the subject; in each part as it is and without HTML's escapes.
            self.assertEqual(found.count(word), 5, f"{word!r} would not be found in subject, text and HTML")
        self.world.ledger.settle()
        mails = self.world.suite.mailbox.mails()
        subjects = {mail.subject for mail in mails}
        self.assertEqual([it for it in SUBJECTS if it not in subjects], [])
        for mail in mails:
            self.assertEqual([part.get_content_type() for part in mail.message.walk()],
                             ["multipart/alternative", "text/plain", "text/html"])
            said = read_mail(mail.message)
            with self.subTest(mail.subject):
                self.assertGreater(len(mail.text), 0)
                self.assertEqual([word for word in words if word in said], [])
                self.assertIsNone(CANARY.search(said.encode()))
        print(f"mails: {len(mails)} with {len(subjects)} subjects, none of {len(words)} words of records")

    def cause_mails(self) -> None:
        """About a patient whose record is made of canaries."""
        clinic = self.world.new_clinic("mails")
        etag = clinic.owner.call("identity.ClinicService/GetClinic", {"clinic_id": clinic.clinic_id})["etag"]
        desk = {"notice_email": self.world.new_email("desk"), "etag": etag}
        clinic.owner.call("identity.ClinicService/UpdateClinic", {"clinic_id": clinic.clinic_id, "clinic": desk,
                                                                  "update_mask": "noticeEmail", "request_id": new_id()})
        self.world.ledger.settle()
        patient_id = clinic.new_patient(**patient_with_canaries())
        self.world.ledger.forget_attempts()
        mother, father = self.world.new_account("mother"), self.world.new_account("father")
        clinic.grant(mother, patient_id)
        grant_id = clinic.grant(father, patient_id)
        clinic.new_chart(patient_id, **chart_with_canaries())
        clinic.owner.call("access_code.AccessCodeService/IssueAccessCode",
                          {"clinic_id": clinic.clinic_id, "patient_id": patient_id, "request_id": new_id(),
                           "send_to_email": self.world.new_email("relative")})
        self.world.ledger.settle()
        clinic.revoke(grant_id)
        mother.another_session()
        for name, changed in ((REQUEST_CODE, {"language": "en"}), (REQUEST_RESET, {})):
            recipe = REQUESTS[name]
            outcome = self.world.send(name, recipe.make(self.world) | changed, certificate=recipe.certificate)
            self.assertTrue(outcome.ok, outcome)


class DumpTest(WorldTest):
    """Who steals the databases can sign in nowhere and redeem nothing."""

    def test_dumps_of_all_databases_hold_no_secret(self) -> None:
        secrets = secrets_of(self.world)
        recipients = self.leave_undelivered(secrets)
        try:
            dumps = {it.name: run(["/usr/lib/postgresql/15/bin/pg_dump", "-d",
                                   self.world.suite.postgres.url(it.database, SUPERUSER)]) for it in SERVICES}
            waiting = self.undelivered()
            known = {it.name: self.known_bytes(it.name) for it in SERVICES}
        finally:
            self.deliver()
        self.assertEqual([it for it, count in waiting.items() if not count], [])
        # Links that were on their way are known now.
        for recipient in recipients:
            secrets.append(self.world.suite.mailbox.wait_for_token(recipient, page="reset-password"))
        shapes = {shape: secret for secret in secrets for shape in shapes_of(secret)}
        for name, dump in dumps.items():
            with self.subTest(name):
                self.assertIn("COPY public.", dump)
                # Columns of bytes are dumped in hexadecimal; what is found there is found.
                self.assertIn(known[name], dump)
                self.assertEqual(sorted({shapes[shape] for shape in shapes if shape in dump}), [])
        print(f"dumps: none of {len(secrets)} secrets, as they are, in hexadecimal or in base64; undelivered: {waiting}")

    def leave_undelivered(self, secrets: list[str]) -> list[str]:
        """A mail with a link, first in messaging, which cannot write it, then in identity, and one with a code in
        access_code; whom the links are for."""
        suite, here = self.world.suite, self.world.here
        first, second = self.world.new_account("forgetful"), self.world.new_account("forgetful")
        self.world.ledger.settle()
        self.hidden = (suite.home / "mail").rename(suite.home / "mail.hidden")
        self.request_reset(first.email)
        wait_until(lambda: self.undelivered()["messaging"] > 0, SETTLE_SECONDS, "a mail that cannot be written")
        suite.stop("messaging")
        self.request_reset(second.email)
        request = {"clinic_id": here.clinic_id, "patient_id": self.world.patient_id, "request_id": new_id(),
                   "send_to_email": self.world.new_email("relative")}
        code = here.owner.call("access_code.AccessCodeService/IssueAccessCode", request)
        secrets += [code["words"], code["access_link"], request["send_to_email"]]
        return [first.email, second.email]

    def request_reset(self, address: str) -> None:
        """A link to a page where a new password is chosen."""
        self.world.suite.client.call(REQUEST_RESET, {"email": address, "request_id": new_id()})

    def undelivered(self) -> dict[str, int]:
        """How many events wait in the outboxes that leave_undelivered() fills."""
        query = "SELECT count(*) FROM outbox_events WHERE dead_at IS NULL AND octet_length(payload) > 0"
        return {it: int(self.world.ledger.query(it, query)[0][0]) for it in ("identity", "access_code", "messaging")}

    def deliver(self) -> None:
        """Lets the mails go."""
        self.hidden.rename(self.world.suite.home / "mail")
        self.world.suite.restart("messaging")
        self.world.ledger.deliver_now()

    def known_bytes(self, service: str) -> str:
        """Bytes that are in the dump, to show that they would be found. messaging seals hardly anything, but mails wait."""
        column, table = ("payload", "outbox_events") if service == "messaging" else ("hash", "audit_batches")
        query = f"SELECT encode({column}, 'hex') FROM {table} WHERE octet_length({column}) > 0 LIMIT 1"
        [[known]] = self.world.ledger.query(service, query)
        return known
