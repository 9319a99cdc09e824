"""Keys and certificates are replaced while calls run, and no call fails."""

import ssl
import threading
from typing import Any

from suite.client import RpcError
from suite.pki import Certificate
from suite.ports import LOOPBACK
from suite.processes import run, write_atomically
from suite.services import NAMES
from suite.suite import Suite
from tests.support import passports
from tests.support.ledger import wait_until
from tests.support.stage import WorldTest

RENEWAL_SECONDS = 20.0
# Made between two steps at the least, so that a step that breaks something is noticed.
CALLS_PER_STEP = 10
NEW_KEY = "k29991231T235959"


class RenewalTest(WorldTest):
    """Under a steady flow of calls, each through a connection of its own."""

    def test_certificates_are_replaced_without_a_failed_call(self) -> None:
        suite = self.world.suite
        before = {name: self.served(name) for name in NAMES}
        with Flow(suite, self.world.granted.session.session_token, self.world.patient_id) as flow:
            flow.go_on()
            for name in (*NAMES, "gateway"):
                suite.certificates.renew(name)
            for name in NAMES:
                wait_until(lambda name=name: self.served(name) != before[name], RENEWAL_SECONDS,
                           f"{name} to present its new certificate")
            flow.go_on()
        self.assertEqual(flow.failures, [])
        for name in NAMES:
            self.assertEqual(self.served(name), pem(suite.certificates.certificate(name)))
        # records' own client side as well: its connection to access_code is made anew with the new files.
        suite.restart("access_code")
        wait_until(lambda: self.world.send("records.PatientService/GetMyPatient",
                                           {"patient_id": self.world.patient_id}, self.world.granted).ok,
                   RENEWAL_SECONDS, "records to reach access_code again")

    def test_the_passport_key_is_replaced_without_a_failed_call(self) -> None:
        keys = self.world.suite.home / "keys"
        old = self.world.account.passport()
        with Flow(self.world.suite, self.world.granted.session.session_token, self.world.patient_id) as flow:
            flow.go_on()
            key = passports.new_key(self.world.suite.home)
            write_atomically(keys / "passport_public" / f"{NEW_KEY}.pem",
                             run(["/usr/bin/openssl", "pkey", "-in", str(key), "-pubout"]))
            made = passports.mint(passports.valid_between(passports.claims_of(old), 0, 60), key, NEW_KEY)
            for method, request in (("identity.AccountService/GetAccount", {}),
                                    ("access_code.GrantService/ListMyPatients", {}),
                                    ("records.PatientService/GetMyPatient", {"patient_id": self.world.patient_id})):
                wait_until(lambda method=method, request=request: self.accepts(method, request, made),
                           RENEWAL_SECONDS, f"{method} to know the new key")
            write_atomically(keys / "passport_signing" / f"{NEW_KEY}.pem", key.read_text())
            wait_until(self.signs_with_new_key, RENEWAL_SECONDS, "identity to sign with the new key")
            # Retired: it signs no more, and what it signed is good until it expires.
            (keys / "passport_signing" / f"{passports.key_id_of(old)}.pem").unlink()
            flow.go_on()
            self.assertTrue(self.accepts("identity.AccountService/GetAccount", {}, old))
        self.assertEqual(flow.failures, [])

    def accepts(self, method: str, request: dict[str, Any], passport: str) -> bool:
        """Whether the passport is believed, whatever it may be used for."""
        target = self.world.suite.client.contracts.method(method)
        return self.world.calls.send(target, target.encode(request), passport=passport).reason != "PASSPORT_INVALID"

    def signs_with_new_key(self) -> bool:
        """By a new session: the passport of an older one may be handed out again for a while."""
        self.world.ledger.forget_attempts()
        return passports.key_id_of(self.world.account.another_session().passport()) == NEW_KEY

    def served(self, name: str) -> str:
        """The certificate that a service presents on a new connection."""
        return ssl.get_server_certificate((LOOPBACK, self.world.suite.ports[name].grpc)).strip()


class Flow:
    """A thread that reads a patient again and again, with a new passport request and new connections each time."""

    def __init__(self, suite: Suite, session_token: str, patient_id: str) -> None:
        self.failures: list[str] = []
        self._suite = suite
        self._session_token = session_token
        self._patient_id = patient_id
        self._calls = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Flow":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def go_on(self) -> None:
        """Returns when some more calls were made."""
        wanted = self._calls + CALLS_PER_STEP
        wait_until(lambda: self._calls >= wanted, RENEWAL_SECONDS, "calls to be made")

    def _run(self) -> None:
        while not self._stop.is_set():
            client = self._suite.new_client()
            try:
                client.resume(self._session_token).call(
                    "records.PatientService/GetMyPatient", {"patient_id": self._patient_id}
                )
            except RpcError as error:
                self.failures.append(str(error))
            finally:
                client.close()
            self._calls += 1


def pem(files: Certificate) -> str:
    """A certificate as ssl gives it."""
    return ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(files.certificate.read_text())).strip()
