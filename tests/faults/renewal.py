"""Keys and certificates are replaced while calls run, and no call fails."""

import ssl
import threading
from typing import Callable

from suite import keys
from suite.processes import POLL_SECONDS
from suite.services import NAMES
from tests.support import passports
from tests.support.ledger import wait_until
from tests.support.stage import WorldTest
from tests.support.world import Person

RENEWAL_SECONDS = 20.0


class RenewalTest(WorldTest):
    """Under a steady flow of calls through fresh connections and fresh passports."""

    def test_certificates_are_replaced_without_a_failed_call(self) -> None:
        before = {name: self.served(name) for name in NAMES}
        with self.flow():
            for name in NAMES:
                self.world.suite.certificates.renew(name)
            for name in NAMES:
                wait_until(lambda name=name: self.served(name) != before[name], RENEWAL_SECONDS,
                           f"{name} to present its new certificate")
        for name in NAMES:
            current = self.world.suite.certificates.certificate(name).certificate.read_text()
            self.assertEqual(self.served(name), current.strip())

    def flow(self) -> "Flow":
        return Flow(self.world.granted, self.world.patient_id, self.world.suite.new_client)

    def served(self, name: str) -> str:
        return ssl.get_server_certificate(("127.0.0.1", self.world.suite.ports[name].grpc)).strip()
