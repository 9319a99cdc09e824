"""The mails that messaging writes in development: one .eml file each, never sent anywhere."""

import email
import email.policy
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Iterator, Optional

from suite.errors import SuiteError
from suite.processes import POLL_SECONDS

# The outbox delivers within moments of the commit; this is for a busy machine.
ARRIVAL_SECONDS = 20.0
LINK = re.compile(r"https?://\S+#\S+")
TOKEN = re.compile(r"#(?:.*[=/])?([A-Za-z0-9_-]{43})$")


@dataclass(frozen=True)
class Mail:
    """One mail."""

    path: Path
    message: EmailMessage

    @property
    def recipient(self) -> str:
        """Whom it is for."""
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        return body.get_content() if body is not None else ""

    @property
    def link(self) -> Optional[str]:
        """The link that carries a token in its fragment, if there is one."""
        found = LINK.search(self.text)
        return found.group(0) if found else None

    @property
    def token(self) -> Optional[str]:
        """The token of that link."""
        found = TOKEN.search(self.link or "")
        return found.group(1) if found else None


class Mailbox:
    """The folder that the mails are written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def mails(self) -> list[Mail]:
        """All mails, oldest first."""
        return sorted(self._read(), key=lambda mail: mail.path.stat().st_mtime_ns)

    def to(self, recipient: str) -> list[Mail]:
        """The mails for an address, oldest first."""
        return [mail for mail in self.mails() if recipient.lower() in mail.recipient.lower()]

    def wait_for_token(self, recipient: str, seconds: float = ARRIVAL_SECONDS, page: str = "") -> str:
        """The token of the newest link for an address, to that page of the portal if one is named, as soon as there is
        one."""
        deadline = time.monotonic() + seconds
        while True:
            tokens = [mail.token for mail in self.to(recipient) if mail.token and f"/{page}" in str(mail.link)]
            if tokens:
                return tokens[-1]
            if time.monotonic() > deadline:
                raise SuiteError(f"no mail with a link for {recipient} arrived in {seconds:.0f} s ({self._folder})")
            time.sleep(POLL_SECONDS)

    def _read(self) -> Iterator[Mail]:
        for path in self._folder.glob("*.eml"):
            with open(path, "rb") as file:
                yield Mail(path, email.message_from_binary_file(file, policy=email.policy.default))
