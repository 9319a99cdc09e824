"""Long-running processes: started in the background, found again by a later command, stopped for certain."""

import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional

from suite.errors import SuiteError

POLL_SECONDS = 0.02
# A service drains within 10 s by default.
STOP_SECONDS = 20.0
KILL_SECONDS = 5.0
START_SECONDS = 30.0
SETPRIV = "/usr/bin/setpriv"
# The services read their configuration from flags only, so they get no more of the environment than this.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """A user of this machine that a process runs as."""

    uid: int
    gid: int


@dataclass
class Process:
    """One program that runs in the background, at most once for its pid file."""

    name: str
    argv: list[str]
    pid_file: Path
    log_file: Path
    account: Optional[Account] = None
    stop_signal: signal.Signals = signal.SIGTERM
    # Killed when the process that started it dies, however it dies: for tests.
    dies_with_parent: bool = False
    _child: Optional[subprocess.Popen] = field(default=None, init=False, repr=False)

    def pid(self) -> Optional[int]:
        """The process's id if it runs. A recycled id is not taken for it: the start time must match too."""
        if self._child is not None:
            self._child.poll()  # reaps it if it has ended
        record = self._record()
        return record["pid"] if record and _start_ticks(record["pid"]) == record["start_ticks"] else None

    def is_current(self) -> bool:
        """Whether it runs, and with the program and the arguments that it would be started with now."""
        return self.pid() is not None and self._record().get("version") == self._version()

    def start(self) -> None:
        """Starts it; the caller has made sure that it does not run."""
        argv = self.argv
        if self.dies_with_parent:
            # setpriv becomes the program; the signal survives that, but not a change of user, which comes first.
            argv = [SETPRIV, "--pdeathsig", "KILL", "--", *argv]
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        version = self._version()
        as_account = {} if self.account is None else {
            "user": self.account.uid,
            "group": self.account.gid,
            "extra_groups": [],
        }
        # An interruption in between would leave a process that nobody knows of.
        with open(self.log_file, "ab") as log, _uninterrupted():
            self._child = subprocess.Popen(
                argv,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_account,
            )
            record = {"pid": self._child.pid, "start_ticks": _start_ticks(self._child.pid), "version": version}
            write_atomically(self.pid_file, json.dumps(record))
        if self.dies_with_parent:
            # Until then our death would go unnoticed.
            self.wait_until(lambda: _program(self._child.pid) != SETPRIV, START_SECONDS)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Waits for `ready`; fails at once if the process ends before that."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.pid() is None:
                raise SuiteError(f"{self.name} ended while starting: {self.last_words()}")
            if time.monotonic() > deadline:
                raise SuiteError(f"{self.name} was not ready after {seconds:.0f} s: {self.last_words()}")
            time.sleep(POLL_SECONDS)

    def stop_if_running(self, seconds: float = STOP_SECONDS) -> bool:
        """Asks it to end, kills it if it does not; says whether it ran."""
        if self.pid() is None:
            return False
        if not self._end(self.stop_signal, seconds):
            self.kill()
        return True

    def kill(self) -> None:
        """Kills it at once (kill -9)."""
        if not self._end(signal.SIGKILL, KILL_SECONDS):
            raise SuiteError(f"{self.name} cannot be killed")

    def last_words(self) -> str:
        """The last line of its log, for messages."""
        try:
            lines = self.log_file.read_text(errors="replace").strip().splitlines()
        except FileNotFoundError:
            lines = []
        return f"{lines[-1] if lines else 'it said nothing'} ({self.log_file})"

    def _version(self) -> str:
        digest = hashlib.sha256(repr(self.argv).encode())
        digest.update(Path(self.argv[0]).read_bytes())
        return digest.hexdigest()

    def _record(self) -> dict[str, Any]:
        try:
            return json.loads(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def _end(self, how: signal.Signals, seconds: float) -> bool:
        """Sends a signal and waits; True once it has ended, False if it still runs after `seconds`."""
        pid = self.pid()
        deadline = time.monotonic() + seconds
        if pid is not None:
            os.kill(pid, how)
        while self.pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        self.pid_file.unlink(missing_ok=True)
        return True


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replaces a file as a whole, so that no reader and no crash ever sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(temporary, path)


def run(argv: list[str], *, account: Optional[Account] = None, env: Mapping[str, str] = ENVIRONMENT) -> str:
    """Runs a helper program to its end and returns what it printed; its complaint becomes the error."""
    as_account = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        done = subprocess.run(
            argv, cwd="/", env=dict(env), capture_output=True, text=True, stdin=subprocess.DEVNULL, **as_account
        )
    except FileNotFoundError as error:
        raise SuiteError(f"{argv[0]} is missing: run tools/setup") from error
    if done.returncode != 0:
        complaint = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise SuiteError(f"{Path(argv[0]).name} failed: {complaint}")
    return done.stdout


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Puts off SIGINT and SIGTERM until the end of the block. Only the main thread ever handles them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.signal(number, lambda caught, frame: pending.append(caught)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in pending:
            signal.raise_signal(number)


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs; one that has ended and waits to be reaped does not."""
    return _start_ticks(pid) is not None


def children_of(pid: int) -> list[int]:
    """The process's direct children that run now."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(child) for child in text.split()]


def _program(pid: int) -> Optional[str]:
    """The file a process runs; None if it has ended."""
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return None


def _start_ticks(pid: int) -> Optional[int]:
    """When the process was started, in clock ticks since boot; None if there is none or it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in parentheses and may hold anything; state is the first after it.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])
