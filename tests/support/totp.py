"""The code that an authenticator app shows (RFC 6238)."""

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def totp(secret: str, at: float = 0.0) -> str:
    """The six digits of a base32 secret at an instant; now, unless one is given."""
    step = int(at or time.time()) // STEP_SECONDS
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
