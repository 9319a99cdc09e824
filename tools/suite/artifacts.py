"""What has to be built before anything can run: the services and the descriptor set."""

import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from suite.errors import SuiteError
from suite.services import NAMES

# The workspace, or under Bazel its copy in the runfiles: links are not followed, or a test would leave its sandbox.
ROOT = Path(os.path.abspath(__file__)).parents[2]
DESCRIPTORS = Path("protos/portal_descriptors.binpb")
PROGRAMS = {name: Path("services") / name / name for name in NAMES}
VERIFY_AUDIT = Path("libs/audit/verify_audit")
DEAD_EVENTS = Path("libs/outbox/dead_events")
TARGETS = [
    "//protos:portal_descriptors",
    "//libs/audit:verify_audit",
    "//libs/outbox:dead_events",
    *(f"//services/{name}" for name in NAMES),
]
PROGRESS_SECONDS = 10


@dataclass(frozen=True)
class Artifacts:
    """Where the built files are."""

    folder: Path
    root: Path = ROOT

    @property
    def descriptors(self) -> Path:
        """The FileDescriptorSet of all contracts."""
        return self.folder / DESCRIPTORS

    def program(self, service: str) -> Path:
        """A service's program."""
        return self.folder / PROGRAMS[service]

    @property
    def verify_audit(self) -> Path:
        """Compares an audit trail with its seals."""
        return self.folder / VERIFY_AUDIT

    @property
    def dead_events(self) -> Path:
        """Lists the dead events of an outbox, and brings one back."""
        return self.folder / DEAD_EVENTS

    @property
    def migrate(self) -> Path:
        """The migration tool; it finds the migrations beside itself."""
        return self.root / "tools" / "migrate"

    @property
    def database_script(self) -> Path:
        """Creates a service's database and roles."""
        return self.root / "deploy" / "postgres" / "service.sql"

    def schema_version(self) -> str:
        """Changes whenever a database would have to be migrated."""
        folders = [self.root / "libs/db", *(self.root / "services" / name / "storage" for name in NAMES)]
        files = [file for folder in folders for file in folder.glob("migrations/**/*") if file.is_file()]
        digest = hashlib.sha256()
        for file in sorted([*files, self.database_script]):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(self.root)} {content}\n".encode())
        return digest.hexdigest()

    def check(self) -> None:
        """Fails if something was never built."""
        for path in [self.descriptors, *(self.program(name) for name in NAMES)]:
            if not path.exists():
                raise SuiteError(f"{path} is missing: run tools/portal up")


def in_runfiles() -> Artifacts:
    """Those that Bazel laid beside a test that depends on //tools/suite."""
    return Artifacts(ROOT)


def build(folder: Path) -> Artifacts:
    """Builds everything and copies it, so that a later build does not change what is running."""
    built = _bazel_build()
    for path in [DESCRIPTORS, VERIFY_AUDIT, *PROGRAMS.values()]:
        _copy_if_changed(built / path, folder / path)
    return Artifacts(folder)


def end_build_server() -> None:
    """Ends the server that Bazel keeps for the next build, unless somebody is building."""
    if shutil.which("bazel"):
        quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["bazel", "--noblock_for_lock", "shutdown"], cwd=ROOT, check=False, **quietly)


def _bazel_build() -> Path:
    progress = ["--show_progress", "--ui_event_filters=-info,-debug"]
    if not sys.stderr.isatty():
        progress += ["--curses=no", f"--show_progress_rate_limit={PROGRESS_SECONDS}"]
    sys.stdout.flush()
    try:
        if subprocess.run(["bazel", "build", *progress, *TARGETS], cwd=ROOT, check=False).returncode != 0:
            raise SuiteError("the build failed; its messages are above")
        folder = subprocess.run(
            ["bazel", "info", "bazel-bin"], cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout
    except FileNotFoundError as error:
        raise SuiteError("bazel is missing: run tools/setup") from error
    return Path(os.fsdecode(folder).strip())


def _copy_if_changed(source: Path, target: Path) -> None:
    if target.exists() and filecmp.cmp(source, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    shutil.copy(source, temporary)
    os.replace(temporary, target)
