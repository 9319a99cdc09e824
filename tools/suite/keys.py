"""Keys from outside the databases: made once, kept between runs, each in a folder of its own kind.

A key's file name is its id, a time stamp; the last id is the active one and all others still open what they sealed.
"""

import base64
import secrets
from datetime import datetime, timezone
from pathlib import Path

from suite.processes import run, write_atomically

SYMMETRIC_KEY_BYTES = 32


def new_key_id() -> str:
    """An id that sorts after all earlier ones."""
    return datetime.now(timezone.utc).strftime("k%Y%m%dT%H%M%S")


def ensure_symmetric_key(folder: Path) -> Path:
    """A folder with at least one `<key-id>.key`: 32 random bytes as base64."""
    if not _has_key(folder, "*.key"):
        key = base64.b64encode(secrets.token_bytes(SYMMETRIC_KEY_BYTES)).decode()
        write_atomically(folder / f"{new_key_id()}.key", key + "\n")
    return folder


def ensure_signing_key(folder: Path, public_folder: Path) -> Path:
    """A folder with at least one Ed25519 private key `<key-id>.pem`, its public half in the other folder."""
    if not _has_key(folder, "*.pem"):
        private = run(["/usr/bin/openssl", "genpkey", "-algorithm", "ed25519"])
        write_atomically(folder / f"{new_key_id()}.pem", private)
    public_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob("*.pem"):
        if not (public_folder / path.name).exists():
            public = run(["/usr/bin/openssl", "pkey", "-in", str(path), "-pubout"])
            write_atomically(public_folder / path.name, public, mode=0o644)
    return folder


def _has_key(folder: Path, pattern: str) -> bool:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Half-written files begin with a dot.
    return any(not path.name.startswith(".") for path in folder.glob(pattern))
