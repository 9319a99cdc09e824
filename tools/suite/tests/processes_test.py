"""Background processes: found again, told apart, stopped for certain."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from suite.errors import SuiteError
from suite.processes import Process, is_alive, write_atomically

SLEEP = ["/usr/bin/sleep", "600"]
REAL_POPEN = subprocess.Popen
STUBBORN = ["/bin/bash", "-c", "trap '' TERM; echo ready; while :; do read -t 600 <> <(:); done"]


class ProcessTest(unittest.TestCase):
    """Real processes; every one of them is gone at the end."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def process(self, argv: list[str], **options) -> Process:
        made = Process("test", argv, self.folder / "pid.json", self.folder / "log", **options)
        self.addCleanup(made.kill)
        return made

    def test_a_started_process_is_found_by_another_command_and_stopped(self) -> None:
        self.process(SLEEP).start()
        found = self.process(SLEEP)
        self.assertIsNotNone(found.pid())
        self.assertTrue(found.is_current())
        self.assertTrue(found.stop_if_running())
        self.assertIsNone(found.pid())
        self.assertFalse(found.stop_if_running())

    def test_other_arguments_are_another_version(self) -> None:
        self.process(SLEEP).start()
        self.assertFalse(self.process(["/usr/bin/sleep", "601"]).is_current())

    def test_a_recycled_process_id_is_somebody_elses(self) -> None:
        process = self.process(SLEEP)
        process.start()
        record = json.loads(process.pid_file.read_text())
        write_atomically(process.pid_file, json.dumps(record | {"start_ticks": record["start_ticks"] - 1}))
        self.assertIsNone(process.pid())
        self.assertFalse(process.stop_if_running())
        self.assertTrue(is_alive(record["pid"]))
        write_atomically(process.pid_file, json.dumps(record))

    def test_a_process_that_will_not_end_is_killed(self) -> None:
        process = self.process(STUBBORN)
        process.start()
        process.wait_until(lambda: "ready" in process.log_file.read_text(), 10)
        pid = process.pid()
        self.assertTrue(process.stop_if_running(seconds=0.1))
        self.assertFalse(is_alive(pid))

    def test_waiting_ends_when_the_process_does_and_quotes_its_last_line(self) -> None:
        process = self.process(["/bin/bash", "-c", "echo first; echo port taken; exit 1"])
        process.start()
        with self.assertRaisesRegex(SuiteError, "ended while starting: port taken"):
            process.wait_until(lambda: False, 60)

    def test_waiting_ends_when_time_is_up(self) -> None:
        process = self.process(SLEEP)
        process.start()
        with self.assertRaisesRegex(SuiteError, "not ready after 0 s"):
            process.wait_until(lambda: False, 0.05)

    def test_a_tests_process_dies_with_the_test_however_that_ends(self) -> None:
        script = (
            "import sys; from pathlib import Path; from suite.processes import Process\n"
            "files = [Path(name) for name in sys.argv[1:]]\n"
            "Process('x', ['/usr/bin/sleep', '600'], *files, dies_with_parent=True).start()\n"
            "print('started', flush=True); sys.stdin.read()"
        )
        pid_file = self.folder / "child.json"
        with subprocess.Popen(
            [sys.executable, "-c", script, str(pid_file), str(self.folder / "child.log")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as parent:
            self.assertEqual(parent.stdout.readline(), b"started\n")
            pid = json.loads(pid_file.read_text())["pid"]
            self.assertTrue(is_alive(pid))
            parent.send_signal(signal.SIGKILL)
            parent.wait()
        child = Process("x", [], pid_file, self.folder / "child.log")
        with self.assertRaisesRegex(SuiteError, "ended"):
            child.wait_until(lambda: False, 10)

    def test_an_interruption_while_starting_leaves_no_unknown_process(self) -> None:
        process = self.process(SLEEP)
        started: list[subprocess.Popen] = []

        def interrupted_popen(*arguments, **options) -> subprocess.Popen:
            started.append(REAL_POPEN(*arguments, **options))
            signal.raise_signal(signal.SIGINT)
            return started[0]

        with mock.patch.object(subprocess, "Popen", interrupted_popen), self.assertRaises(KeyboardInterrupt):
            process.start()
        self.assertEqual(self.process(SLEEP).pid(), started[0].pid)

    def test_a_written_file_has_its_mode_from_the_beginning(self) -> None:
        path = self.folder / "keys" / "a.key"
        write_atomically(path, "secret")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(path.parent), ["a.key"])


if __name__ == "__main__":
    unittest.main()
