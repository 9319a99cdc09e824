"""Sessions of demo logins between commands, so that `tools/portal call` does not sign in each time."""

from pathlib import Path

from suite.client import RpcError, SignedIn
from suite.demo_data import Login
from suite.processes import write_atomically
from suite.suite import Suite


def signed_in(suite: Suite, login: Login) -> SignedIn:
    """A login's session: the last command's if it still lives, a new one otherwise. It carries a valid passport."""
    token_file = suite.home / "sessions" / login.email
    person = _resume(suite, token_file)
    if person is None:
        person = suite.sign_in(login.email, login.password)
        token_file.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(token_file, person.session_token)
        person.passport()
    return person


def _resume(suite: Suite, token_file: Path) -> SignedIn | None:
    if not token_file.exists():
        return None
    person = suite.client.resume(token_file.read_text())
    try:
        person.passport()
    except RpcError as error:
        if error.reason != "SESSION_ENDED":
            raise
        return None
    return person
