"""The server's side of SCRAM-SHA-256 (RFC 7677), as MongoDB speaks it."""

import base64
import hashlib
import hmac
from typing import Any

SALT, ROUNDS = b"salt-of-sixteen!", 4096


class Wrong(Exception):
    """User or password."""


class Scram:
    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, ROUNDS)
        self._bare = self._first = self._nonce = ""

    def start(self, payload: bytes) -> dict[str, Any]:
        self._bare = payload.decode().removeprefix("n,,")
        given = _parts(self._bare)
        if given["n"] != self._user:
            raise Wrong
        self._nonce = given["r"] + "the-server-s-part"
        self._first = f"r={self._nonce},s={base64.b64encode(SALT).decode()},i={ROUNDS}"
        return {"conversationId": 1, "done": False, "payload": self._first.encode()}

    def proceed(self, payload: bytes) -> dict[str, Any]:
        given = _parts(payload.decode())
        signed = f"{self._bare},{self._first},c={given['c']},r={given['r']}".encode()
        client = _mac(self._salted, b"Client Key")
        stored = hashlib.sha256(client).digest()
        proof = bytes(a ^ b for a, b in zip(client, _mac(stored, signed), strict=True))
        if given["r"] != self._nonce or given["p"] != base64.b64encode(proof).decode():
            raise Wrong
        verifier = base64.b64encode(_mac(_mac(self._salted, b"Server Key"), signed))
        return {"conversationId": 1, "done": True, "payload": b"v=" + verifier}


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _parts(text: str) -> dict[str, str]:
    return {name: held for name, _, held in (each.partition("=") for each in text.split(","))}
