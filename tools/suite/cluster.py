"""A private PostgreSQL cluster: reachable through a unix socket in a folder that only its user may enter."""

import hashlib
import os
import pwd
import signal
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import Optional

from suite.errors import SuiteError
from suite.processes import POLL_SECONDS, Account, Process, children_of, is_alive, run

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
# A unix socket's path has at most 107 bytes; the file name in the folder takes 15 (`/.s.PGSQL.5432`).
MAX_SOCKET_FOLDER_BYTES = 107 - 15
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "250",
    "shared_buffers": "64MB",
    # DETAIL lines hold row values, and those do not belong in a log.
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}
# For clusters that live as long as one test: what a crash of the machine would lose does not matter.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
START_SECONDS = 60


class PostgresCluster:
    """The cluster under `folder`. PostgreSQL refuses to run as root: then it runs as the user `postgres`."""

    def __init__(self, folder: Path, log_file: Path, pid_file: Path, *, throwaway: bool = False) -> None:
        self._folder = folder
        self._account = _ordinary_account()
        self._throwaway = throwaway
        self._location = self._choose_location()
        settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        settings["unix_socket_directories"] = str(self._socket_folder)
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        self._process = Process(
            name="PostgreSQL",
            argv=[str(PROGRAMS / "postgres"), "-D", str(self._data), *options],
            pid_file=pid_file,
            log_file=log_file,
            account=self._account,
            stop_signal=signal.SIGINT,
            dies_with_parent=throwaway,
        )

    def start(self) -> None:
        """Creates the cluster if there is none yet, starts it unless it runs, and waits until it answers."""
        self._make_folder()
        if not self._data.exists():
            self._initialise()
        if self._process.pid() is None:
            self._make_socket_folder()
            self._process.start()
        self._process.wait_until(self._accepts_connections, START_SECONDS)

    def stop(self) -> bool:
        """Stops it, rolling back what is under way; says whether it ran."""
        return self._process.stop_if_running()

    def kill(self) -> None:
        """Kills the server with SIGKILL, so that nothing is flushed, and waits until its helpers have noticed."""
        pid = self._process.pid()
        orphans = children_of(pid) if pid is not None else []
        self._process.kill()
        deadline = time.monotonic() + START_SECONDS
        while any(is_alive(orphan) for orphan in orphans):
            if time.monotonic() > deadline:
                raise SuiteError("PostgreSQL's processes outlived it")
            time.sleep(POLL_SECONDS)

    def restart(self) -> None:
        """Stops and starts it; every connection is lost."""
        self.stop()
        self.start()

    def is_running(self) -> bool:
        """Whether the server's process is there."""
        return self._process.pid() is not None

    def delete(self) -> None:
        """Removes the stopped cluster with all its data."""
        shutil.rmtree(self._location, ignore_errors=True)
        shutil.rmtree(self._socket_folder, ignore_errors=True)
        if self._folder.is_symlink():
            self._folder.unlink()

    def url(self, database: str, role: str) -> str:
        """A libpq URI. There are no passwords: who may enter the socket's folder may connect."""
        host = urllib.parse.quote(str(self._socket_folder), safe="")
        return f"postgresql://{role}@/{database}?host={host}"

    def create_database(self, script: Path, service: str) -> None:
        """Creates or updates a service's roles and database with deploy/postgres/service.sql."""
        run(
            ["/usr/bin/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"service={service}", "-f", str(script)]
            + ["-d", self.url("postgres", SUPERUSER)]
        )

    def query(self, database: str, sql: str) -> list[list[str]]:
        """Runs a statement as superuser and returns its rows as text; for tests that look behind the services."""
        out = run(["/usr/bin/psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-c", sql]
                  + ["-d", self.url(database, SUPERUSER)])
        return [line.split("\x1f") for line in out.splitlines()]

    def run_script(self, database: str, script: str) -> None:
        """Runs a script of psql's as superuser; its first failure ends it."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".sql") as file:
            file.write(script)
            file.flush()
            run(["/usr/bin/psql", "-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-f", file.name]
                + ["-d", self.url(database, SUPERUSER)])

    @property
    def _data(self) -> Path:
        return self._location / "data"

    @property
    def _socket_folder(self) -> Path:
        inside = self._location / "socket"
        if len(bytes(inside)) <= MAX_SOCKET_FOLDER_BYTES:
            return inside
        return Path("/tmp") / f"portal-{_short_hash(self._location)}"

    def _choose_location(self) -> Path:
        """`folder` itself, unless PostgreSQL's user is locked out of it: root's home, say. Then `folder` is a link."""
        if self._folder.is_symlink():
            return self._folder.readlink()
        existing = next(path for path in [self._folder, *self._folder.parents] if path.exists())
        if existing == self._folder or self._account is None or _may_enter(existing, self._account):
            return self._folder
        home = Path("/tmp") if self._throwaway else Path(pwd.getpwuid(self._account.uid).pw_dir)
        return home / f"portal-{_short_hash(self._folder)}"

    def _make_folder(self) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        if not self._location.exists():
            self._location.mkdir(mode=0o700)
            self._own(self._location)
        if self._location != self._folder and not self._folder.is_symlink():
            self._folder.symlink_to(self._location)

    def _make_socket_folder(self) -> None:
        folder = self._socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self._own(folder)
        # Under /tmp somebody else may have been there first.
        if folder.is_symlink() or folder.stat().st_uid != self._uid or folder.stat().st_mode & 0o077:
            raise SuiteError(f"{folder} is not PostgreSQL's own folder: remove it")

    def _initialise(self) -> None:
        """Makes an empty cluster; one whose making was interrupted is not taken for it."""
        unfinished = self._location / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        run(
            [str(PROGRAMS / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"]
            + ["--auth=trust", "--data-checksums", "--no-instructions"]
            + (["--no-sync"] if self._throwaway else []),
            account=self._account,
        )
        unfinished.rename(self._data)

    @property
    def _uid(self) -> int:
        return os.geteuid() if self._account is None else self._account.uid

    def _own(self, folder: Path) -> None:
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid)

    def _accepts_connections(self) -> bool:
        return subprocess.run(
            ["/usr/bin/pg_isready", "-q", "-h", str(self._socket_folder)], check=False
        ).returncode == 0


def throwaway_folder() -> Path:
    """A new folder for a cluster that lives as long as one test: short, for the socket, and open to PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


def _ordinary_account() -> Optional[Account]:
    """Whom PostgreSQL runs as: None for the current user, who is not root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as error:
        raise SuiteError("there is no user postgres to run PostgreSQL as: run tools/setup") from error
    return Account(entry.pw_uid, entry.pw_gid)


def _may_enter(folder: Path, account: Account) -> bool:
    return subprocess.run(
        ["/usr/bin/test", "-x", str(folder)], user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False
    ).returncode == 0


def _short_hash(path: Path) -> str:
    return hashlib.sha256(bytes(path)).hexdigest()[:12]
