"""Embeddings without a model: every word adds to a few places that its hash names. The same text, the same vector.

Texts that share words are near each other, and nothing else is understood.
"""

import base64
import math
import re
import struct
from hashlib import blake2b
from typing import Any

DIMENSIONS = 256
_WORD = re.compile(r"\w+")


def embeddings(asked: Any) -> dict[str, Any] | None:
    """The body of the answer to a request for embeddings, or None if `input` or `dimensions` are not as documented."""
    given = asked.get("input") if isinstance(asked, dict) else None
    dimensions = asked.get("dimensions") or DIMENSIONS if given else 0
    if isinstance(given, str) or (isinstance(given, list) and given and all(isinstance(each, int) for each in given)):
        given = [given]  # one text, or the tokens of one
    if not isinstance(given, list) or not all(_is_text(each) for each in given):
        return None
    if not isinstance(dimensions, int) or not 1 <= dimensions <= 4096:
        return None
    found = [vector(each if isinstance(each, str) else " ".join(map(str, each)), dimensions) for each in given]
    packed = asked.get("encoding_format") == "base64"
    tokens = sum(len(_WORD.findall(each)) if isinstance(each, str) else len(each) for each in given)
    return {
        "object": "list",
        "model": "offline",
        "data": [
            {"object": "embedding", "index": at, "embedding": _packed(each) if packed else each}
            for at, each in enumerate(found)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Length 1; a text without words points along the first axis."""
    sums = [0.0] * dimensions
    for word in _WORD.findall(text.lower()):
        digest = blake2b(word.encode(), digest_size=16).digest()
        for at in range(0, 16, 4):
            number = int.from_bytes(digest[at : at + 4], "big")
            sums[(number >> 1) % dimensions] += 1.0 if number & 1 else -1.0
    length = math.sqrt(sum(each * each for each in sums))
    return [each / length for each in sums] if length else [1.0] + [0.0] * (dimensions - 1)


def _is_text(given: Any) -> bool:
    return isinstance(given, str) or (isinstance(given, list) and all(isinstance(each, int) for each in given))


def _packed(values: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
