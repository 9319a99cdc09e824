"""How the suite starts, fails and stops, with stand-ins for the services: programs that only say they are ready."""

import shutil
import socket
import unittest

from suite import ports
from suite.artifacts import ROOT, Artifacts
from suite.cluster import throwaway_folder
from suite.errors import SuiteError
from suite.processes import is_alive
from suite.services import NAMES, Ports
from suite.suite import Suite

READY = """#!/usr/bin/python3
import http.server, sys
flags = dict(argument.lstrip("-").partition("=")[::2] for argument in sys.argv[1:])
host, port = flags["admin_address"].split(":")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
"""
FAILING = """#!/bin/sh
echo 'database is newer than this program' >&2
exit 1
"""


class SuiteTest(unittest.TestCase):
    """Everything but the services is real: PostgreSQL, certificates, keys, processes."""

    def setUp(self) -> None:
        self.folder = throwaway_folder()
        self.addCleanup(shutil.rmtree, self.folder)
        self.build = self.folder / "build"
        for name in NAMES:
            self.install(name, READY)
        self.install_file("protos/portal_descriptors.binpb", "")
        self.install_file("tools/migrate", "#!/bin/sh\n")
        self.install_file("deploy/postgres/service.sql", (ROOT / "deploy/postgres/service.sql").read_text())
        free = ports.free_ports(2 * len(NAMES))
        self.ports = {name: Ports(*free[2 * index : 2 * index + 2]) for index, name in enumerate(NAMES)}
        self.told: list[str] = []

    def install(self, name: str, text: str) -> None:
        self.install_file(f"services/{name}/{name}", text)

    def install_file(self, path: str, text: str) -> None:
        file = self.build / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Replaced, not overwritten: the old one may be running.
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def suite(self) -> Suite:
        """As another command would see it."""
        made = Suite(self.folder / "home", Artifacts(self.build, root=self.build), self.ports, throwaway=True)
        self.addCleanup(made.postgres.delete)
        self.addCleanup(made.down)
        return made

    def test_up_twice_starts_everything_once(self) -> None:
        suite = self.suite()
        suite.up(self.told.append)
        pids = [suite.pid(name) for name in NAMES]
        self.assertNotIn(None, pids)
        self.assertEqual([line for line in self.told if line.startswith("starting ")][1:],
                         [f"starting {name}" for name in NAMES])
        self.told.clear()
        again = self.suite()
        again.up(self.told.append)
        self.assertEqual(self.told, [])
        self.assertEqual([again.pid(name) for name in NAMES], pids)

    def test_databases_are_migrated_when_the_schema_has_changed_and_only_then(self) -> None:
        self.install_file("tools/migrate", '#!/bin/sh\necho "$2: deployed: first"\n')
        suite = self.suite()
        suite.up(self.told.append)
        self.assertIn("  records: records: deployed: first", self.told)
        self.told.clear()
        suite.up(self.told.append)
        self.assertEqual(self.told, [])
        self.install_file("services/records/storage/migrations/deploy/second.sql", "SELECT 1;")
        suite.up(self.told.append)
        self.assertIn("  records: records: deployed: first", self.told)

    def test_a_failed_migration_is_tried_again(self) -> None:
        self.install_file("tools/migrate", "#!/bin/sh\necho 'relation exists' >&2\nexit 1\n")
        for _ in range(2):
            with self.assertRaisesRegex(SuiteError, "relation exists"):
                self.suite().up()

    def test_down_leaves_no_process(self) -> None:
        suite = self.suite()
        suite.up()
        pids = [suite.pid(name) for name in NAMES]
        self.assertEqual(sorted(self.suite().down()), sorted([*NAMES, "postgres"]))
        for pid in pids:
            self.assertFalse(is_alive(pid))
        self.assertFalse(suite.postgres.is_running())
        self.assertEqual(suite.down(), [])

    def test_a_service_that_was_rebuilt_is_started_anew_and_the_others_are_left_alone(self) -> None:
        suite = self.suite()
        suite.up()
        before = {name: suite.pid(name) for name in NAMES}
        self.install("records", READY + "# rebuilt\n")
        again = self.suite()
        again.up(self.told.append)
        self.assertIn("records has changed: starting it anew", self.told)
        changed = [name for name in NAMES if again.pid(name) != before[name]]
        self.assertEqual(changed, ["records"])

    def test_a_service_that_ends_takes_everything_down_again(self) -> None:
        self.install("records", FAILING)
        suite = self.suite()
        with self.assertRaisesRegex(SuiteError, "records ended while starting: database is newer than this program"):
            suite.up()
        self.assertEqual([name for name in NAMES if suite.pid(name)], [])
        self.assertFalse(suite.postgres.is_running())

    def test_a_failure_stops_only_what_this_call_started(self) -> None:
        suite = self.suite()
        suite.up()
        with self.assertRaisesRegex(SuiteError, "demo data"):
            suite.up(then=self.fail_to_fill)
        self.assertEqual([name for name in NAMES if suite.pid(name) is None], [])
        suite.down()
        with self.assertRaisesRegex(SuiteError, "demo data"):
            suite.up(then=self.fail_to_fill)
        self.assertEqual([name for name in NAMES if suite.pid(name)], [])
        self.assertFalse(suite.postgres.is_running())

    def fail_to_fill(self) -> None:
        raise SuiteError("demo data")

    def test_a_port_in_use_is_found_before_anything_starts(self) -> None:
        suite = self.suite()
        port = self.ports["access_code"].grpc
        with socket.create_server((ports.LOOPBACK, port)):
            with self.assertRaisesRegex(SuiteError, f"port {port}, needed by access_code, is in use by .*process"):
                suite.up(self.told.append)
        self.assertEqual(self.told, [])
        self.assertFalse(suite.postgres.is_running())

    def test_a_killed_service_is_told_from_a_ready_one(self) -> None:
        suite = self.suite()
        suite.up()
        suite.kill("records")
        self.assertFalse(suite.is_ready("records"))
        self.assertTrue(suite.is_ready("identity"))
        suite.restart("records")
        self.assertTrue(suite.is_ready("records"))

    def test_what_is_secret_is_closed_to_others(self) -> None:
        suite = self.suite()
        suite.up()
        for name in ("pki", "keys", "mail", "audit", "postgres", "log", "run"):
            self.assertEqual((suite.home / name).resolve().stat().st_mode & 0o077, 0, name)

    def test_delete_removes_everything(self) -> None:
        suite = self.suite()
        suite.up()
        suite.down()
        suite.delete()
        self.assertEqual([entry.name for entry in suite.home.iterdir()], [])


if __name__ == "__main__":
    unittest.main()
