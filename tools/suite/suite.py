"""The suite on this machine: everything that runs, where its files are, and how it starts and stops."""

import fcntl
import http.client
import os
import re
import shutil
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, TypeVar

from suite import artifacts, keys, ports
from suite.artifacts import Artifacts
from suite.client import Client, SignedIn
from suite.cluster import PostgresCluster, throwaway_folder
from suite.contracts import Contracts
from suite.errors import SuiteError
from suite.mail import Mailbox
from suite.pki import CertificateAuthority
from suite.processes import Process, run, write_atomically
from suite.services import CALLERS, DEVELOPMENT_PORTS, NAMES, SERVICES, FlagValues, Ports, Service

READY_SECONDS = 60
PROBE_SECONDS = 2
_LOADED_KEY = re.compile(r'^portal_key_loaded\{id="([^"]+)",ring="([^"]+)"\} 1$', re.MULTILINE)
_ACTIVE_KEY = re.compile(r'^portal_key_active\{id="([^"]+)",ring="([^"]+)"\} 1$', re.MULTILINE)

Tell = Callable[[str], None]
Result = TypeVar("Result")


class Suite:
    """PostgreSQL and all services, with everything they need, in one folder."""

    def __init__(
        self,
        home: Path,
        built: Artifacts,
        service_ports: Mapping[str, Ports],
        *,
        throwaway: bool = False,
        extra_flags: Optional[Mapping[str, tuple[str, ...]]] = None,
    ) -> None:
        self.home = home
        self.artifacts = built
        self.ports = dict(service_ports)
        self.certificates = CertificateAuthority(home / "pki")
        self.mailbox = Mailbox(home / "mail")
        self.postgres = PostgresCluster(
            home / "postgres", home / "log" / "postgres.log", home / "run" / "postgres.json", throwaway=throwaway
        )
        self._throwaway = throwaway
        self._extra_flags = dict(extra_flags or {})
        self._client: Optional[Client] = None
        self._processes = {service.name: self._process(service) for service in SERVICES}

    @classmethod
    def development(cls, home: Path, built: Artifacts) -> "Suite":
        """The one of tools/portal: fixed ports, data kept between runs."""
        return cls(home, built, DEVELOPMENT_PORTS)

    @classmethod
    @contextmanager
    def start(
        cls,
        home: Optional[Path] = None,
        *,
        built: Optional[Artifacts] = None,
        extra_flags: Optional[Mapping[str, tuple[str, ...]]] = None,
    ) -> Iterator["Suite"]:
        """A fresh one for a test, on free ports; it ends with the `with` block, or with the test however that ends.

        Without `home` its files are in a new folder under /tmp that is deleted afterwards.
        """
        free = ports.free_ports(2 * len(NAMES))
        service_ports = {name: Ports(*free[2 * index : 2 * index + 2]) for index, name in enumerate(NAMES)}
        folder = home or throwaway_folder()
        suite = cls(
            folder, built or artifacts.in_runfiles(), service_ports, throwaway=True, extra_flags=extra_flags
        )
        try:
            suite.up()
            yield suite
        finally:
            suite.down()
            suite.postgres.delete()
            if home is None:
                shutil.rmtree(folder, ignore_errors=True)

    # Life.

    def up(self, tell: Tell = lambda line: None, then: Callable[[], Result] = lambda: None) -> Result:
        """Starts whatever does not run, in its present version, and does `then`.

        If any of that fails, what this call started is stopped again.
        """
        started: list[Callable[[], object]] = []
        try:
            self._up(tell, started)
            return then()
        except BaseException:
            for stop in reversed(started):
                stop()
            raise

    def require_free_ports(self) -> None:
        """Fails, naming the holder, if a service that does not run could not listen on its ports."""
        for name, process in self._processes.items():
            if process.pid() is None:
                for port in (self.ports[name].grpc, self.ports[name].admin):
                    ports.require_free(port, name)

    def down(self) -> list[str]:
        """Stops everything; returns the names of what ran."""
        self._close_client()
        stopped = [name for name, process in reversed(self._processes.items()) if process.stop_if_running()]
        if self.postgres.stop():
            stopped.append("postgres")
        return stopped

    def delete(self) -> None:
        """Removes all data of the stopped suite."""
        self.postgres.delete()
        for entry in self.home.iterdir():
            if entry.name != "lock":
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    @contextmanager
    def lock(self, tell: Tell) -> Iterator[None]:
        """Held by commands that start or stop anything, so that two at once take turns."""
        self.home.mkdir(parents=True, exist_ok=True)
        # PostgreSQL's user passes through; what is secret has a closed folder of its own.
        self.home.chmod(0o711)
        with open(self.home / "lock", "w", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("waiting for another tools/portal command to finish")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # Single services, for tests and for a look at what failure does.

    def kill(self, name: str) -> None:
        """Kills a service at once."""
        self._processes[name].kill()

    def stop(self, name: str) -> None:
        """Lets a service finish and end."""
        self._processes[name].stop_if_running()

    def restart(self, name: str) -> None:
        """Stops a service if it runs, starts it and waits until it is ready."""
        self.stop(name)
        self._processes[name].start()
        self.wait_until_ready(name)

    def wait_until_ready(self, name: str) -> None:
        """Waits until a running service says that it can do its work."""
        self._processes[name].wait_until(lambda: self.is_ready(name), READY_SECONDS)

    def is_ready(self, name: str) -> bool:
        """Whether a service says so."""
        return self.probe(name, "/readyz") == 200

    def probe(self, name: str, path: str) -> Optional[int]:
        """The HTTP status that a service's plain port answers, or None if it does not."""
        answer = self._http_get(name, path)
        return answer[0] if answer is not None else None

    def metrics(self, name: str) -> str:
        """A running service's metrics, in Prometheus' text format."""
        answer = self._http_get(name, "/metrics")
        if answer is None or answer[0] != 200:
            raise SuiteError(f"{name} does not answer on its plain port")
        return answer[1]

    def loaded_keys(self, name: str) -> dict[str, dict[str, bool]]:
        """The keys that a running service has read: by ring their ids, each with whether it is the active one."""
        metrics = self.metrics(name)
        rings: dict[str, dict[str, bool]] = {}
        active = {match.group(1, 2) for match in _ACTIVE_KEY.finditer(metrics)}
        for match in _LOADED_KEY.finditer(metrics):
            key_id, ring = match.group(1, 2)
            rings.setdefault(ring, {})[key_id] = (key_id, ring) in active
        return rings

    def served_certificate(self, name: str) -> str:
        """The certificate that a service presents on a new connection, as PEM."""
        return ssl.get_server_certificate((ports.LOOPBACK, self.ports[name].grpc), timeout=PROBE_SECONDS)

    def query(self, name: str, sql: str) -> list[list[str]]:
        """A statement on a service's database, as superuser; rows as text."""
        return self.postgres.query(f"portal_{name}", sql)

    def pid(self, name: str) -> Optional[int]:
        """A service's process id, if it runs."""
        return self._processes[name].pid()

    def log_file(self, name: str) -> Path:
        """Where a service, or `postgres`, logs to."""
        return self.home / "log" / f"{name}.log"

    def _http_get(self, name: str, path: str) -> Optional[tuple[int, str]]:
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.ports[name].admin, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def checkpoints(self, name: str) -> Path:
        """The file that a service appends its audit checkpoints to."""
        return self.home / "audit" / f"{name}.checkpoints"

    # Calls.

    @property
    def client(self) -> Client:
        """Calls as the gateway; made when first needed."""
        if self._client is None:
            self._client = self.new_client()
        return self._client

    def new_client(self, client_address: str = ports.LOOPBACK) -> Client:
        """A client of its own, for calls from another address."""
        addresses = {name: f"{ports.LOOPBACK}:{port.grpc}" for name, port in self.ports.items()}
        return Client(Contracts(self.artifacts.descriptors), self.certificates, addresses, client_address)

    def channel(self, service: str, caller: str = "gateway"):
        """A gRPC channel to a service, for generated stubs or raw bytes."""
        return self.client.channel(service, caller)

    def sign_in(self, email: str, password: str) -> SignedIn:
        """Client.sign_in."""
        return self.client.sign_in(email, password)

    # How it comes up.

    def _up(self, tell: Tell, started: list[Callable[[], object]]) -> None:
        self.artifacts.check()
        stale = [process for process in self._processes.values() if not process.is_current()]
        for process in stale:
            if process.stop_if_running():
                tell(f"{process.name} has changed: starting it anew")
        self.require_free_ports()
        if not self.postgres.is_running():
            tell("starting PostgreSQL")
            started.append(self.postgres.stop)
        self.postgres.start()
        self._make_certificates_and_keys(tell)
        self._migrate(tell)
        for process in stale:
            tell(f"starting {process.name}")
            started.append(process.stop_if_running)
            process.start()
        for name in NAMES:
            self.wait_until_ready(name)

    def _make_certificates_and_keys(self, tell: Tell) -> None:
        renewed = self.certificates.ensure([*NAMES, *CALLERS])
        if renewed:
            tell(f"made certificates for {', '.join(renewed)}")
            self._close_client()
        folder = self.keys
        folder.mkdir(mode=0o700, exist_ok=True)
        keys.ensure_signing_key(folder / "passport_signing", folder / "passport_public")
        keys.ensure_symmetric_key(folder / "access_code" / "code_peppers")
        for name in NAMES:
            keys.ensure_symmetric_key(folder / name / "sealing")
            keys.ensure_signing_key(folder / name / "audit_signing", folder / name / "audit_public")
        for name in ("mail", "audit"):
            (self.home / name).mkdir(mode=0o700, exist_ok=True)

    def _migrate(self, tell: Tell) -> None:
        """Brings all databases to this checkout's schema; at once if they were brought there before."""
        # Beside the data, so that it goes when they go.
        stamp = self.home / "postgres" / "migrated"
        schema = self.artifacts.schema_version()
        if stamp.exists() and stamp.read_text() == schema:
            return
        tell("migrating the databases")
        with ThreadPoolExecutor() as pool:
            for deployed in pool.map(self._migrate_service, SERVICES):
                for line in deployed:
                    tell(line)
        write_atomically(stamp, schema)

    def _migrate_service(self, service: Service) -> list[str]:
        self.postgres.create_database(self.artifacts.database_script, service.name)
        url = self.postgres.url(service.database, f"{service.database}_owner")
        said = run([str(self.artifacts.migrate), "deploy", service.name, "--database-url", url])
        return [f"  {service.name}: {line}" for line in said.splitlines() if ": deployed:" in line]

    @property
    def keys(self) -> Path:
        """The keys of all services, a folder for each kind."""
        return self.home / "keys"

    def _process(self, service: Service) -> Process:
        values = FlagValues(
            home=self.home,
            ca=self.certificates,
            ports=self.ports,
            database_url=self.postgres.url(service.database, f"{service.database}_app"),
            mail=self.home / "mail",
            keys=self.keys,
            extra=self._extra_flags,
        )
        argv = [str(self.artifacts.program(service.name)), *values.of(service)]
        return Process(
            name=service.name,
            argv=argv,
            pid_file=self.home / "run" / f"{service.name}.json",
            log_file=self.log_file(service.name),
            dies_with_parent=self._throwaway,
        )

    def _close_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def memory_bytes(pid: int) -> int:
    """A process's resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
