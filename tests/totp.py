"""The code that an authenticator app shows now, written from RFC 4226 and 6238."""

import base64
import hmac
import struct
import time


def code(secret, *, steps=0):
    """Six digits; `steps` of half a minute from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"
