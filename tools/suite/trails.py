"""`tools/portal verify-audit`: each service's audit trail against its seals, its checkpoint file and its public keys."""

import subprocess
from dataclasses import dataclass

from suite.errors import SuiteError
from suite.processes import ENVIRONMENT
from suite.services import SERVICES
from suite.suite import Suite

# Exit statuses of verify_audit, and of the command.
AS_SEALED, TAMPERED_WITH, COULD_NOT_LOOK = range(3)


@dataclass(frozen=True)
class Verdict:
    """What came out for one service."""

    service: str
    status: int
    # Findings, where to begin to look, and a summary.
    said: str


def verify(suite: Suite, service_name: str) -> Verdict:
    """Looks at one service's trail; the service may run meanwhile, PostgreSQL has to."""
    [service] = [it for it in SERVICES if it.name == service_name]
    argv = [
        str(suite.artifacts.verify_audit),
        f"--database_url={suite.postgres.url(service.database, f'{service.database}_app')}",
        f"--audit_checkpoints={suite.checkpoints(service_name)}",
        f"--audit_public_keys={suite.keys / service_name / 'audit_public'}",
    ]
    try:
        done = subprocess.run(argv, cwd="/", env=ENVIRONMENT, text=True, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError as error:
        raise SuiteError(f"{argv[0]} is missing: run tools/portal up") from error
    said = done.stdout.strip() or "it said nothing"
    status = done.returncode if done.returncode in (AS_SEALED, TAMPERED_WITH) else COULD_NOT_LOOK
    # A whole trail, but another service's. One that has sealed nothing yet has no name.
    if status == AS_SEALED and not said.splitlines()[-1].startswith((f"{service_name}: ", "never sealed: 0 events ")):
        return Verdict(service_name, TAMPERED_WITH, f"the trail found is not of {service_name}: {said}")
    return Verdict(service_name, status, said)


def worst(verdicts: list[Verdict]) -> int:
    """The command's exit status: a finding outweighs not having been able to look."""
    statuses = {verdict.status for verdict in verdicts}
    return next((it for it in (TAMPERED_WITH, COULD_NOT_LOOK) if it in statuses), AS_SEALED)
