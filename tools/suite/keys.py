"""Keys from outside the databases: made once, kept between runs, each in a folder of its own kind.

A key's file name is its id, a time stamp; the last id is the active one and all others still open what they sealed.
"""

import base64
import secrets
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterable, Optional

from suite.processes import run, write_atomically

SYMMETRIC_KEY_BYTES = 32
KEY_ID_FORMAT = "k%Y%m%dT%H%M%S"


def new_key_id(existing: Iterable[str] = ()) -> str:
    """An id that sorts after all existing ones: a time stamp, unless one of them is of the future."""
    stamp = datetime.now(timezone.utc).strftime(KEY_ID_FORMAT)
    last = max(existing, default="")
    if stamp > last:
        return stamp
    base, dash, count = last.rpartition("-")
    return f"{base}-{int(count) + 1:03}" if dash and count.isdigit() else f"{last}-001"


def created_at(key_id: str) -> Optional[datetime]:
    """When a key was made, by its id; None if the id does not say."""
    try:
        return datetime.strptime(key_id.partition("-")[0], KEY_ID_FORMAT).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def key_files(folder: Path) -> dict[str, Path]:
    """The keys of a folder by id, the active one last."""
    # Half-written files begin with a dot.
    files = [path for path in folder.glob("*") if path.suffix in (".key", ".pem") and not path.name.startswith(".")]
    return {path.stem: path for path in sorted(files, key=lambda path: path.stem)}


def add_symmetric_key(folder: Path) -> str:
    """A new active key, `<key-id>.key`: 32 random bytes as base64; its id."""
    key_id = new_key_id(key_files(folder))
    key = base64.b64encode(secrets.token_bytes(SYMMETRIC_KEY_BYTES)).decode()
    write_atomically(folder / f"{key_id}.key", key + "\n")
    return key_id


def add_signing_key(folder: Path, key_id: str) -> Path:
    """A new Ed25519 private key `<key-id>.pem`."""
    path = folder / f"{key_id}.pem"
    write_atomically(path, run(["/usr/bin/openssl", "genpkey", "-algorithm", "ed25519"]))
    return path


def publish(private: Path, public_folder: Path) -> None:
    """Puts a signing key's public half, under the same name, into the other folder."""
    public = run(["/usr/bin/openssl", "pkey", "-in", str(private), "-pubout"])
    write_atomically(public_folder / private.name, public, mode=0o644)


def ensure_symmetric_key(folder: Path) -> Path:
    """A folder with at least one symmetric key."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not key_files(folder):
        add_symmetric_key(folder)
    return folder


def ensure_signing_key(folder: Path, public_folder: Path) -> Path:
    """A folder with at least one Ed25519 private key, its public half in the other folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    public_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not key_files(folder):
        add_signing_key(folder, new_key_id(key_files(public_folder)))
    for key_id, private in key_files(folder).items():
        if key_id not in key_files(public_folder):
            publish(private, public_folder)
    return folder
