"""How a reply becomes pieces: words with the space before them, as tokens often are, and where it ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PIECE = re.compile(r"\s*[\w']{1,12}|\s*[^\w\s]|\s+", re.UNICODE)


@dataclass(frozen=True)
class Ending:
    text: str
    reason: str  # "stop" or "length"


def pieces(text: str) -> list[str]:
    """Pieces that add up to `text` exactly."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Tokens by this deployment's own rule: its pieces."""
    return len(pieces(text))


def ending(text: str, stop: Sequence[str], limit: int | None) -> Ending:
    """`text` up to the first of `stop` and to `limit` pieces, and which of them ended it."""
    cuts = [at for each in stop if each and (at := text.find(each)) >= 0]
    text = text[: min(cuts)] if cuts else text
    if limit is not None and count(text) > limit:
        return Ending("".join(pieces(text)[:limit]), "length")
    return Ending(text, "stop")
