"""Rotation, interrupted at every step: whatever happened so far, no service is ever shown what it cannot check, and the
next run completes it. The services are stand-ins that read their files only when they are looked at, each in its own
time; certificates and keys are real. That running services lose no call is shown by tests/faults."""

import itertools
import shutil
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable
from unittest import mock

from suite import keys, rotation
from suite.pki import CertificateAuthority
from suite.processes import run
from suite.rotation import KINDS, REFERENCES, RINGS, Rotation
from suite.services import CALLERS, NAMES


class Interrupted(Exception):
    """The operator pressed Ctrl-C."""


class Service:
    """What one service has read."""

    def __init__(self, suite: "Services", name: str) -> None:
        self.name = name
        self._suite = suite
        self.read()

    def read(self) -> None:
        """Takes up the files as they are."""
        self.rings = {RINGS[it.name]: list(keys.key_files(it)) for it in self._suite.folders(self.name)}
        files = self._suite.certificates.snapshot(self.name)
        self.certificate, self.trusted = files.certificate.read_text(), files.ca.read_text()


class Services:
    """Stands in for suite.Suite: services, and after each look whether they still understand each other."""

    def __init__(self, home: Path) -> None:
        self.keys = home / "keys"
        self.certificates = CertificateAuthority(home / "pki")
        self.certificates.ensure([*NAMES, *CALLERS])
        keys.ensure_signing_key(self.keys / "passport_signing", self.keys / "passport_public")
        keys.ensure_symmetric_key(self.keys / "access_code" / "code_peppers")
        for name in NAMES:
            keys.ensure_symmetric_key(self.keys / name / "sealing")
            keys.ensure_signing_key(self.keys / name / "audit_signing", self.keys / name / "audit_public")
        self.counts = {"access_code": "0"}
        self.asked: list[str] = []
        self.services = {name: Service(self, name) for name in NAMES}
        self._turn = 0

    def folders(self, name: str) -> list[Path]:
        own = [self.keys / name / it for it in ("sealing", "audit_signing")]
        extra = {"identity": [self.keys / "passport_signing"], "access_code": [self.keys / name / "code_peppers"]}
        return [*own, *extra.get(name, []), self.keys / "passport_public"]

    def loaded_keys(self, name: str) -> dict[str, dict[str, bool]]:
        self._look()
        return {ring: {it: it == ids[-1] for it in ids} for ring, ids in self.services[name].rings.items()}

    def served_certificate(self, name: str) -> str:
        self._look()
        return self.services[name].certificate

    def query(self, name: str, sql: str) -> list[list[str]]:
        if sql == REFERENCES:
            return [["SELECT count(*), 'answers' FROM t WHERE key_id = {key_id}"]]
        self.asked.append(sql)
        return [[self.counts.get(name, "0"), "rows"]]

    def _look(self) -> None:
        """One more service reads its files; then all must understand each other."""
        list(self.services.values())[self._turn % len(NAMES)].read()
        self._turn += 1
        self.check()

    def check(self) -> None:
        """What keeps calls from failing."""
        signer = self.services["identity"].rings["passport_signing_keys"][-1]
        for reader in self.services.values():
            assert signer in reader.rings["passport_public_keys"], f"{reader.name} cannot check passports"
        for name in NAMES:
            for signing in self.services[name].rings["audit_signing_keys"]:
                assert (self.keys / name / "audit_public" / f"{signing}.pem").exists()
        for server in self.services.values():
            for client in self.services.values():
                self.verify(server.certificate, client.trusted)
        for caller in CALLERS:
            files = self.certificates.snapshot(caller)
            for service in self.services.values():
                self.verify(files.certificate.read_text(), service.trusted)
                self.verify(service.certificate, files.ca.read_text())

    _verified: set[tuple[str, str]] = set()

    def verify(self, certificate: str, trusted: str) -> None:
        if (certificate, trusted) in self._verified:
            return
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("crt", certificate), ("ca", trusted)):
                (Path(folder) / name).write_text(text)
            run(["/usr/bin/openssl", "verify", "-CAfile", f"{folder}/ca", f"{folder}/crt"])
        self._verified.add((certificate, trusted))


class RotationTest(unittest.TestCase):
    """Each kind."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for name, value in (("POLL_SECONDS", 0.0), ("PASSPORT_SECONDS", 0.0)):
            patch = mock.patch.object(rotation, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.suite = Services(self.folder)
        self.told: list[str] = []

    def rotate(self, kind: str) -> None:
        Rotation(self.suite, self.told.append).rotate([kind])

    def age(self, folder: Path, by: timedelta) -> None:
        """As if the keys had been made earlier."""
        for count, (_, path) in enumerate(keys.key_files(folder).items()):
            stamp = datetime.now(timezone.utc) - by + timedelta(seconds=count)
            path.rename(path.with_stem(stamp.strftime(keys.KEY_ID_FORMAT)))
        for service in self.suite.services.values():
            service.read()

    def ids(self, *names: str) -> list[str]:
        return list(keys.key_files(self.suite.keys.joinpath(*names)))

    def test_the_passport_key_is_another_one_and_the_old_one_is_gone_everywhere(self) -> None:
        [old] = self.ids("passport_signing")
        self.rotate("passport")
        [new] = self.ids("passport_signing")
        self.assertGreater(new, old)
        self.assertEqual(self.ids("passport_public"), [new])
        self.assertEqual(self.ids("passport_staged"), [])

    def test_the_old_public_key_stays_until_its_last_passport_has_expired(self) -> None:
        [old] = self.ids("passport_signing")
        until = Rotation._until

        def impatient(this: Rotation, holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
            until(this, holds, what, 0.2 if what == "passports to expire" else seconds)

        with mock.patch.object(rotation, "PASSPORT_SECONDS", 60.0), mock.patch.object(Rotation, "_until", impatient):
            with self.assertRaisesRegex(rotation.SuiteError, "passports to expire"):
                self.rotate("passport")
        [new] = self.ids("passport_signing")
        self.assertEqual(self.ids("passport_public"), [old, new])
        self.rotate("passport")
        self.assertEqual(self.ids("passport_public"), [new], "completed, not begun anew")
        self.assertEqual(self.ids("passport_signing"), [new])

    def test_the_ca_is_another_one_and_the_old_one_is_trusted_by_nobody(self) -> None:
        old = (self.folder / "pki" / "ca.crt").read_text()
        self.rotate("certificates")
        for name in NAMES:
            self.suite.services[name].read()
            self.assertNotIn(old, self.suite.services[name].trusted)
        self.assertEqual(self.suite.certificates.ensure([*NAMES, *CALLERS]), [])
        self.suite.check()

    def test_audit_keys_keep_their_public_halves(self) -> None:
        old = {name: self.ids(name, "audit_signing") for name in NAMES}
        self.rotate("audit")
        for name in NAMES:
            [new] = self.ids(name, "audit_signing")
            self.assertEqual(self.ids(name, "audit_public"), [*old[name], new])

    def test_an_old_pepper_goes_when_its_last_code_cannot_be_redeemed_any_more(self) -> None:
        folder = self.suite.keys / "access_code" / "code_peppers"
        self.rotate("peppers")
        self.assertEqual(len(self.ids("access_code", "code_peppers")), 2)
        Rotation(self.suite, self.told.append).retire()
        self.assertEqual(len(self.ids("access_code", "code_peppers")), 2, "its successor has only just come")
        self.age(folder, timedelta(minutes=2))
        self.suite.counts["access_code"] = "1"
        Rotation(self.suite, self.told.append).retire()
        self.assertEqual(len(self.ids("access_code", "code_peppers")), 2, "a live code needs it")
        self.suite.counts["access_code"] = "0"
        *_, new = self.ids("access_code", "code_peppers")
        Rotation(self.suite, self.told.append).retire()
        self.assertEqual(self.ids("access_code", "code_peppers"), [new])

    def test_a_sealing_key_stays_for_a_day_and_for_what_it_sealed(self) -> None:
        self.rotate("sealing")
        for name in NAMES:
            self.age(self.suite.keys / name / "sealing", timedelta(hours=23))
        Rotation(self.suite, self.told.append).retire()
        self.assertEqual(len(self.ids("identity", "sealing")), 2)
        for name in NAMES:
            self.age(self.suite.keys / name / "sealing", timedelta(hours=25))
        self.suite.counts["identity"] = "3"
        [old, new] = self.ids("identity", "sealing")
        Rotation(self.suite, self.told.append).retire()
        self.assertEqual(self.ids("identity", "sealing"), [old, new])
        self.assertIn(f"identity: sealing key {old} stays for 3 of rows", self.told)
        self.assertEqual(len(self.ids("records", "sealing")), 1)

    def test_nothing_is_removed_or_used_while_a_service_does_not_read(self) -> None:
        [old] = self.ids("passport_signing")
        with mock.patch.object(Service, "read", lambda this: None), mock.patch.object(rotation, "NOTICE_SECONDS", 0.2):
            with self.assertRaisesRegex(rotation.SuiteError, "every service to know the passport key"):
                Rotation(self.suite, self.told.append).passport()
        self.assertEqual(self.ids("passport_signing"), [old])
        self.rotate("passport")
        self.assertEqual(len(self.ids("passport_public")), 1)

    def test_an_interruption_at_any_step_is_made_good_by_the_next_run(self) -> None:
        """A step is what lies between two waits: interrupted at its wait, with everything before it done."""
        until = Rotation._until
        for kind in KINDS:
            # Certificates are handed out to all and then waited for one by one, with nothing in between.
            stride = len(NAMES) if kind == "certificates" else 1
            for step in itertools.count(1, stride):
                waits = itertools.count(1)

                def interrupted(this: Rotation, *arguments: Any) -> None:
                    if next(waits) == step:  # pylint: disable=cell-var-from-loop
                        raise Interrupted
                    until(this, *arguments)

                with mock.patch.object(Rotation, "_until", interrupted):
                    try:
                        self.rotate(kind)
                        break
                    except Interrupted:
                        pass
                self.suite.certificates.ensure([*NAMES, *CALLERS])  # as tools/portal up would
                self.rotate(kind)
            self.assertGreater(step, 1, kind)
            for service in self.suite.services.values():
                service.read()
            self.suite.check()
        self.assertEqual(len(self.ids("passport_signing")), 1)
        self.assertEqual(len(self.ids("passport_public")), 1)
        self.assertFalse((self.folder / "pki" / "ca.previous.crt").exists())


class KeyIdTest(unittest.TestCase):
    """What makes a key the active one."""

    def test_a_new_id_sorts_after_every_existing_one(self) -> None:
        existing = ["k20261122T190000"]
        for _ in range(3):
            existing.append(keys.new_key_id(existing))
        existing.append("k29991231T235959")
        for _ in range(12):
            existing.append(keys.new_key_id(existing))
        self.assertEqual(existing, sorted(set(existing)))

    def test_an_id_tells_when_the_key_was_made(self) -> None:
        made = datetime(2026, 11, 22, 19, 0, 0, tzinfo=timezone.utc)
        self.assertEqual(keys.created_at("k20261122T190000"), made)
        self.assertEqual(keys.created_at("k20261122T190000-002"), made)
        self.assertIsNone(keys.created_at("prod-1"))


if __name__ == "__main__":
    unittest.main()
