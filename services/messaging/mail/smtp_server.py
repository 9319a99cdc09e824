"""A real mail server for smtp_test: aiosmtpd, with the manners that the recipient's name asks for.

    smtp_server.py --port PORT --folder FOLDER --certificate FILE --key FILE [--tls starttls|implicit|none] [--user NAME]

It writes each mail it takes to FOLDER/<number>.eml and a line about its sender to FOLDER/log, says "ready PORT" once it
listens, and ends when its standard input does.
"""

import argparse
import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any, Optional

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = b"correct horse battery staple"
GARBAGE = b"\xff\xfe what? \x00\r\n"


class Handler:
    """What the server does with whom."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = len(list(folder.glob("*.eml")))
        # Also what an earlier process saw.
        self._seen_file = folder / "seen"
        self._seen = set(self._seen_file.read_text("utf-8").split()) if self._seen_file.exists() else set()

    def _first_time(self, recipient: str) -> bool:
        if recipient in self._seen:
            return False
        self._seen.add(recipient)
        with open(self._seen_file, "a", encoding="utf-8") as seen:
            seen.write(recipient + "\n")
        return True

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: Any) -> str:
        """Refuses, waits or misbehaves before the mail."""
        name = address.partition("@")[0]
        if name == "unknown":
            return "550 5.1.1 no such mailbox"
        if name == "full":
            return "552 5.2.2 mailbox full"
        if name == "plain":
            return "550 no"
        if name == "relay" and self._first_time(address):
            return "554 5.7.1 Relay access denied"
        if name == "sign-in":
            return "530 Authentication required"
        if name == "later" and self._first_time(address):
            return "451 4.7.1 greylisted"
        if name == "garbage":
            server.transport.write(GARBAGE)
        if name == "overlong":
            server.transport.write(b"250-" + b"x" * 1_000_000 + b"\r\n")
        if name == "silent":
            await asyncio.sleep(3600)
        if name == "hangs-up":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Takes the mail, or not."""
        recipient = envelope.rcpt_tos[0]
        name = recipient.partition("@")[0]
        if name == "spam":
            return "554 5.7.1 not wanted"
        self._count += 1
        (self._folder / f"{self._count:04}.eml").write_bytes(envelope.original_content)
        with open(self._folder / "log", "a", encoding="ascii") as log:
            # Who said hello, over which connection, signed in as whom.
            who = session.auth_data.decode() if session.auth_data else "-"
            log.write(f"{session.host_name} {session.peer[1]} {who} {'tls' if session.ssl else 'clear'}\n")
        if name == "dies" and self._first_time(recipient):
            server.transport.abort()
        return "250 OK"


def authenticator(user: str) -> Any:
    """Knows one user."""

    def check(_: SMTP, __: Session, ___: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
        right = data.login == user.encode() and data.password == PASSWORD
        return AuthResult(success=right, handled=False, auth_data=data.login if right else None)

    return check


async def serve(options: argparse.Namespace) -> None:
    """Until standard input ends."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    handler = Handler(options.folder)
    user: Optional[str] = options.user
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            handler,
            hostname="mail.test",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            auth_required=user is not None,
            auth_require_tls=options.tls == "starttls",
            authenticator=authenticator(user) if user else None,
            loop=loop,
        )

    implicit = context if options.tls == "implicit" else None
    server = await loop.create_server(session, "127.0.0.1", options.port, ssl=implicit)
    port = server.sockets[0].getsockname()[1]
    # An address that the certificate does not name.
    elsewhere = await loop.create_server(session, "127.0.0.2", port, ssl=implicit)
    print("ready", port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    elsewhere.close()


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--tls", choices=("starttls", "implicit", "none"), default="starttls")
    parser.add_argument("--user")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
