"""Passports that identity would not issue: made with its own key, or with another one."""

import base64
import json
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HEADER = "v4.public."
SIGNATURE_BYTES = 64


def claims_of(passport: str) -> dict[str, Any]:
    """What a passport says; nothing is verified."""
    return json.loads(_decode(passport.removeprefix(HEADER).split(".")[0])[:-SIGNATURE_BYTES])


def key_id_of(passport: str) -> str:
    """The id of the key that a passport says it is signed with."""
    return json.loads(_decode(passport.rpartition(".")[2]))["kid"]


def mint(claims: dict[str, Any], key: Path, key_id: str) -> str:
    """Signs claims with an Ed25519 key as PASETO v4.public does."""
    message = json.dumps(claims).encode()
    footer = json.dumps({"kid": key_id}).encode()
    signed = _pre_authentication(HEADER.encode(), message, footer, b"")
    return f"{HEADER}{_encode(message + _sign(signed, key))}.{_encode(footer)}"


def new_key(folder: Path) -> Path:
    """A key that no service knows."""
    path = folder / "forger.pem"
    subprocess.run(["/usr/bin/openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True)
    return path


def valid_between(claims: dict[str, Any], start_seconds: int, end_seconds: int) -> dict[str, Any]:
    """The claims with other times, in seconds from now."""
    now = datetime.now(timezone.utc)
    return claims | {"iat": _rfc3339(now + timedelta(seconds=start_seconds)),
                     "exp": _rfc3339(now + timedelta(seconds=end_seconds))}


def _sign(data: bytes, key: Path) -> bytes:
    # openssl wants the length of what it signs in advance, which a pipe does not tell.
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        argv = ["/usr/bin/openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", file.name]
        return subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout


def _pre_authentication(*pieces: bytes) -> bytes:
    """PASETO's PAE."""
    encoded = len(pieces).to_bytes(8, "little")
    for piece in pieces:
        encoded += len(piece).to_bytes(8, "little") + piece
    return encoded


def _rfc3339(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
