"""What an operator does with tools/portal, against running services."""

import contextlib
import io
import uuid
from unittest import mock

from suite import cli
from tests.support.stage import WorldTest


class OperatorTest(WorldTest):
    """The commands themselves, with their exit status."""

    def portal(self, *arguments: str) -> tuple[int, str]:
        """Runs a command on this suite: exit status and what it printed."""
        printed = io.StringIO()
        with mock.patch.object(cli, "_suite", lambda: self.world.suite), mock.patch.object(cli.signal, "signal"), \
                contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            status = cli.main(list(arguments))
        return status, printed.getvalue()

    def test_verify_audit_finds_what_the_superuser_changed_and_points_at_it(self) -> None:
        self.assertEqual(self.portal("verify-audit")[0], 0)
        query = self.world.ledger.query
        [[event_id, batch, action]] = query("records", "SELECT event_id, batch_no, action FROM audit_events WHERE "
                                            "batch_no IS NOT NULL ORDER BY event_id LIMIT 1")
        tamper = ("ALTER TABLE audit_events DISABLE TRIGGER ALL; UPDATE audit_events SET action = '{}' "
                  f"WHERE event_id = '{event_id}'; ALTER TABLE audit_events ENABLE TRIGGER ALL")
        query("records", tamper.format("records.Nothing"))
        try:
            status, said = self.portal("verify-audit")
        finally:
            query("records", tamper.format(action))
        self.assertEqual(status, 1, said)
        self.assertIn(f"records: batch {batch} holds events that differ from what was sealed", said)
        self.assertRegex(said, f"records: first broken: .* batch_no = {batch}, events {event_id} to ")
        self.assertRegex(said, "identity: .*: as sealed")
        self.assertEqual(self.portal("verify-audit", "records")[0], 0)

    def test_verify_audit_that_cannot_look_says_so(self) -> None:
        checkpoints = self.world.suite.checkpoints("records")
        with mock.patch.object(self.world.suite, "checkpoints", lambda name: checkpoints.with_name("missing")):
            status, said = self.portal("verify-audit", "records")
        self.assertEqual(status, 2, said)
        self.assertIn("missing", said)

    def test_a_dead_event_of_any_service_is_listed_and_discarded_once(self) -> None:
        query = self.world.ledger.query
        for service in ("identity", "access_code", "records"):
            event_id = str(uuid.uuid4())
            query(service, "INSERT INTO outbox_events (event_id, topic, payload, created_at, available_at, dead_at) "
                  f"VALUES ('{event_id}', 'notice', 'sealed', now(), now(), now())")
            self.assertIn(f"{service}: {event_id} notice", self.portal("dead-events")[1])
            self.assertEqual(self.portal("dead-events", "--discard", event_id)[0], 1)
            discard = ("dead-events", service, "--discard", event_id)
            self.assertEqual(self.portal(*discard), (0, "it is erased\n"))
            self.assertNotIn(event_id, self.portal("dead-events", service)[1])
            self.assertEqual(self.portal(*discard)[0], 1)
            self.assertEqual(query(service, f"SELECT action FROM audit_events WHERE resource_id = '{event_id}'"),
                             [["outbox.DiscardEvent"]])

    def test_create_clinic_is_one_clinic_however_often_it_is_repeated(self) -> None:
        email = self.world.new_email("new.owner")
        command = ("create-clinic", "riverside-clinic", "Riverside Clinic", email, "--time-zone", "America/Toronto")
        status, said = self.portal(*command)
        self.assertEqual(status, 0, said)
        self.assertEqual(self.portal(*command), (status, said))
        clinics = self.world.ledger.query("identity", "SELECT clinic_id FROM clinics WHERE slug = 'riverside-clinic'")
        self.assertEqual(len(clinics), 1)
        self.assertIn(clinics[0][0], said)
        self.assertIn(email, said)
        self.assertTrue(self.world.suite.mailbox.wait_for_token(email))

    def test_create_clinic_refuses_wrong_arguments_and_changes_nothing(self) -> None:
        before = self.world.ledger.query("identity", "SELECT count(*) FROM clinics")
        for slug, email, zone in (("Not A Slug", "owner@example.com", "America/Toronto"),
                                  ("fine", "nobody", "America/Toronto"), ("fine", "owner@example.com", "Mars/Olympus")):
            status, said = self.portal("create-clinic", slug, "Clinic", email, "--time-zone", zone)
            self.assertEqual(status, 1, said)
            self.assertIn("INVALID_FIELD", said)
        with self.assertRaises(SystemExit):
            self.portal("create-clinic", "fine", "Clinic", "owner@example.com", "--time-zone", "America/Toronto",
                        "--request-id", "not-a-uuid")
        self.assertEqual(self.world.ledger.query("identity", "SELECT count(*) FROM clinics"), before)
