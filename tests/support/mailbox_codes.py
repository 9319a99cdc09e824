"""Codes that prove mailboxes. They are sent by e-mail and stored as HMACs, so a test that does not wait for the mail puts
one of its own in the place of the one that was sent."""

import base64
import hmac
from pathlib import Path

from tests.support.world import World

CODE = "271828"


def replace(world: World, email: str) -> str:
    """Makes the pending code of an address one that the test knows, and returns it."""
    [[code_id, key_id]] = world.ledger.query(
        "identity", f"SELECT mailbox_code_id, key_id FROM mailbox_codes WHERE email = '{email}'"
    )
    key = base64.b64decode(Path(world.suite.home, "keys", "identity", "sealing", f"{key_id}.key").read_text().strip())
    own_key = hmac.digest(key, b"portal.identity.mailbox_code", "sha256")
    mac = hmac.digest(own_key, f"{code_id}/{CODE}".encode(), "sha256")
    world.ledger.query(
        "identity", f"UPDATE mailbox_codes SET code_mac = '\\x{mac.hex()}' WHERE mailbox_code_id = '{code_id}'"
    )
    return CODE
