"""The private PostgreSQL cluster: for an ordinary user, behind a socket only, with data that survive."""

import os
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

from suite.artifacts import ROOT
from suite.cluster import MAX_SOCKET_FOLDER_BYTES, PostgresCluster, throwaway_folder
from suite.errors import SuiteError
from suite.ports import free_ports, holder, require_free

SCRIPT = ROOT / "deploy" / "postgres" / "service.sql"


class PostgresClusterTest(unittest.TestCase):
    """One cluster per test; each takes about a second."""

    def cluster(self, folder: Path) -> PostgresCluster:
        made = PostgresCluster(
            folder / "postgres", folder / "postgres.log", folder / "postgres.json", throwaway=True
        )
        self.addCleanup(made.delete)
        self.addCleanup(made.stop)
        return made

    def folder(self) -> Path:
        made = throwaway_folder()
        self.addCleanup(shutil.rmtree, made)
        return made

    def test_starting_twice_is_starting_once_and_data_survive_a_restart(self) -> None:
        cluster = self.cluster(self.folder())
        cluster.start()
        cluster.start()
        cluster.query("postgres", "CREATE TABLE kept AS SELECT 42 AS answer")
        cluster.restart()
        self.assertEqual(cluster.query("postgres", "SELECT answer, 'a|b' FROM kept"), [["42", "a|b"]])

    def test_a_killed_server_comes_back_with_what_was_committed(self) -> None:
        cluster = self.cluster(self.folder())
        cluster.start()
        cluster.query("postgres", "CREATE TABLE kept AS SELECT 42 AS answer")
        cluster.kill()
        self.assertFalse(cluster.is_running())
        cluster.start()
        self.assertEqual(cluster.query("postgres", "SELECT answer FROM kept"), [["42"]])

    def test_nobody_listens_on_a_network_and_the_socket_is_closed_to_others(self) -> None:
        folder = self.folder()
        cluster = self.cluster(folder)
        cluster.start()
        self.assertEqual(cluster.query("postgres", "SHOW listen_addresses"), [[""]])
        self.assertEqual((folder / "postgres" / "socket").stat().st_mode & 0o777, 0o700)

    def test_the_server_is_never_root(self) -> None:
        cluster = self.cluster(self.folder())
        cluster.start()
        # The file's first line is the server's process id.
        postmaster = cluster.query("postgres", "SELECT pg_read_file('postmaster.pid')")[0][0]
        self.assertNotEqual(os.stat(f"/proc/{postmaster}").st_uid, 0)

    def test_a_folder_that_its_user_cannot_enter_becomes_a_link(self) -> None:
        closed = Path(tempfile.mkdtemp())  # mode 0700
        self.addCleanup(shutil.rmtree, closed)
        cluster = self.cluster(closed)
        cluster.start()
        self.assertEqual((closed / "postgres").is_symlink(), os.geteuid() == 0)
        self.assertEqual(self.cluster(closed).query("postgres", "SELECT 1"), [["1"]])
        cluster.stop()
        cluster.delete()
        self.assertFalse(os.path.lexists(closed / "postgres"))

    def test_a_path_too_long_for_a_socket_is_no_obstacle(self) -> None:
        deep = self.folder() / ("d" * MAX_SOCKET_FOLDER_BYTES)
        deep.mkdir()
        cluster = self.cluster(deep)
        cluster.start()
        self.assertEqual(cluster.query("postgres", "SELECT 1"), [["1"]])

    def test_a_services_database_is_made_once_and_closed_to_other_services(self) -> None:
        cluster = self.cluster(self.folder())
        cluster.start()
        for service in ("identity", "records", "identity"):
            cluster.create_database(SCRIPT, service)
        allowed = "SELECT has_database_privilege('portal_{}_app', 'portal_identity', 'CONNECT')"
        self.assertEqual(cluster.query("postgres", allowed.format("identity")), [["t"]])
        self.assertEqual(cluster.query("postgres", allowed.format("records")), [["f"]])


class PortsTest(unittest.TestCase):
    """Taken ports are found out about, with their holder."""

    def test_a_taken_port_is_named_with_its_holder(self) -> None:
        (port,) = free_ports(1)
        require_free(port, "identity")
        with socket.create_server(("127.0.0.1", port)):
            self.assertIn(f"process {os.getpid()}", holder(port) or "")
            with self.assertRaisesRegex(SuiteError, f"port {port}, needed by identity, is in use by"):
                require_free(port, "identity")
        require_free(port, "identity")


if __name__ == "__main__":
    unittest.main()
