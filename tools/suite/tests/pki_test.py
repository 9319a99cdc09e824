"""Certificates: what they say, when they are renewed, how they are replaced."""

import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from suite import pki
from suite.keys import ensure_signing_key, ensure_symmetric_key
from suite.processes import run


class CertificateAuthorityTest(unittest.TestCase):
    """Reads back with openssl what was made with it."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.ca = pki.CertificateAuthority(self.folder / "pki")

    def text(self, name: str) -> str:
        return run(["/usr/bin/openssl", "x509", "-noout", "-text", "-in", str(self.ca.certificate(name).certificate)])

    def test_a_certificate_names_its_service_and_this_machine(self) -> None:
        self.assertEqual(self.ca.ensure(["records"]), ["records"])
        text = self.text("records")
        self.assertIn("URI:spiffe://portal.local/service/records", text)
        self.assertIn("DNS:localhost, IP Address:127.0.0.1", text)
        self.assertIn("TLS Web Server Authentication, TLS Web Client Authentication", text)
        self.assertIn("CA:FALSE", text)

    def test_private_keys_are_their_users_alone(self) -> None:
        self.ca.ensure(["records"])
        for key in (self.ca.certificate("records").key, self.folder / "pki" / "ca.key"):
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.assertEqual((self.folder / "pki").stat().st_mode & 0o777, 0o700)

    def test_a_valid_certificate_is_kept(self) -> None:
        self.ca.ensure(["records"])
        before = self.text("records")
        self.assertEqual(self.ca.ensure(["records", "identity"]), ["identity"])
        self.assertEqual(self.text("records"), before)

    def test_a_certificate_close_to_its_end_is_replaced_with_its_key(self) -> None:
        with mock.patch.object(pki, "LEAF_DAYS", pki.LEAF_RENEW_DAYS - 1):
            self.ca.ensure(["records"])
        old_key = self.ca.certificate("records").key.read_bytes()
        old_folder = (self.folder / "pki" / "records").resolve()
        self.assertEqual(self.ca.ensure(["records"]), ["records"])
        self.assertNotEqual(self.ca.certificate("records").key.read_bytes(), old_key)
        self.assertEqual(self.ca.ensure(["records"]), [])
        self.assertTrue(old_folder.exists(), "somebody may be reading it")
        self.ca.renew("records")
        self.assertFalse(old_folder.exists())

    def test_a_new_ca_replaces_every_certificate(self) -> None:
        with mock.patch.object(pki, "CA_DAYS", pki.CA_RENEW_DAYS - 1):
            self.ca.ensure(["records", "identity"])
        self.assertEqual(self.ca.ensure(["records", "identity"]), ["records", "identity"])
        files = self.ca.certificate("identity")
        run(["/usr/bin/openssl", "verify", "-CAfile", str(files.ca), str(files.certificate)])

    def test_a_ca_left_half_replaced_by_a_crash_is_replaced_whole(self) -> None:
        self.ca.ensure(["records"])
        other = pki.CertificateAuthority(self.folder / "other")
        other.ensure([])
        shutil.copyfile(self.folder / "other" / "ca.key", self.folder / "pki" / "ca.key")
        self.assertEqual(self.ca.ensure(["records"]), ["records"])
        files = self.ca.certificate("records")
        run(["/usr/bin/openssl", "verify", "-CAfile", str(files.ca), str(files.certificate)])
        self.assertEqual(self.ca.ensure(["records"]), [])


class KeysTest(unittest.TestCase):
    """Keys are made once and kept."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def test_keys_are_made_once(self) -> None:
        for make in (
            lambda: ensure_symmetric_key(self.folder / "sealing"),
            lambda: ensure_signing_key(self.folder / "private", self.folder / "public"),
        ):
            keys = {path.name: path.read_bytes() for path in make().iterdir()}
            self.assertEqual(len(keys), 1)
            self.assertEqual({path.name: path.read_bytes() for path in make().iterdir()}, keys)

    def test_every_private_key_has_its_public_half(self) -> None:
        ensure_signing_key(self.folder / "private", self.folder / "public")
        (private,) = (self.folder / "private").iterdir()
        shutil.copy(private, private.with_name("k29990101T000000.pem"))
        ensure_signing_key(self.folder / "private", self.folder / "public")
        public = [path.read_text() for path in (self.folder / "public").iterdir()]
        self.assertEqual(len(public), 2)
        self.assertEqual(public[0], public[1])
        self.assertIn("BEGIN PUBLIC KEY", public[0])


if __name__ == "__main__":
    unittest.main()
