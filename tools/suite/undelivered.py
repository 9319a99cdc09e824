"""What could not be delivered: messaging's dead letters, and the dead events of the other services' outboxes."""

import getpass
import socket
import subprocess
from typing import Any, Iterator, Optional

from suite.client import RpcError
from suite.errors import SuiteError
from suite.processes import ENVIRONMENT
from suite.services import NAMES, SERVICES
from suite.suite import Suite

# messaging's dead events are its dead letters.
SENDERS = [name for name in NAMES if name != "messaging"]
LIST = "messaging.DeadLetterService/ListDeadLetters"
REPLAY = "messaging.DeadLetterService/ReplayDeadLetter"
DISCARD = "messaging.DeadLetterService/DiscardDeadLetter"


def letters(suite: Suite, at_most: Optional[int] = None) -> list[dict[str, Any]]:
    """The notices that could not be sent, oldest first."""
    found = []
    for letter in _pages(suite):
        if at_most is not None and len(found) >= at_most:
            break
        found.append(letter)
    return found


def replay_letter(suite: Suite, event_id: str, or_gone: bool = False) -> bool:
    """Has a notice tried again; whether it was there, if it may be gone."""
    try:
        suite.client.call(REPLAY, {"event_id": event_id}, caller="operator")
    except RpcError as error:
        if not or_gone or error.reason != "DEAD_LETTER_NOT_FOUND":
            raise
        return False
    return True


def discard_letter(suite: Suite, event_id: str) -> None:
    """Erases a notice."""
    suite.client.call(DISCARD, {"event_id": event_id}, caller="operator")


def events(suite: Suite, service_name: str) -> list[str]:
    """A line for each dead event of a service: id, topic, attempts, when it died, why."""
    return _dead_events(suite, service_name)


def replay_event(suite: Suite, service_name: str, event_id: str) -> str:
    """Has a dead event tried again, which is audited; says so."""
    return _change_event(suite, service_name, f"--replay={event_id}")


def discard_event(suite: Suite, service_name: str, event_id: str) -> str:
    """Erases a dead event, which is audited; says so."""
    return _change_event(suite, service_name, f"--discard={event_id}")


def _change_event(suite: Suite, service_name: str, change: str) -> str:
    operator = f"--operator_name={getpass.getuser()}@{socket.gethostname()}"
    [line] = _dead_events(suite, service_name, change, operator)
    return line


def _pages(suite: Suite) -> Iterator[dict[str, Any]]:
    page_token = None
    while page_token != "":
        answer = suite.client.call(LIST, {"page_token": page_token or ""}, caller="operator")
        page_token = answer["next_page_token"]
        yield from answer["dead_letters"]


def _dead_events(suite: Suite, service_name: str, *options: str) -> list[str]:
    [service] = [it for it in SERVICES if it.name == service_name]
    argv = [
        str(suite.artifacts.dead_events),
        f"--database_url={suite.postgres.url(service.database, f'{service.database}_app')}",
        *options,
    ]
    try:
        done = subprocess.run(argv, cwd="/", env=ENVIRONMENT, text=True, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError as error:
        raise SuiteError(f"{argv[0]} is missing: run tools/portal up") from error
    if done.returncode != 0:
        raise SuiteError(f"{service_name}: {done.stdout.strip()}")
    return done.stdout.splitlines()
