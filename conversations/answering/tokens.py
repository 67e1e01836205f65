"""Counts tokens with tiktoken and ranks that come with the product: it never downloads anything.

o200k_base is what OpenAI's current models use; for other vendors' models the count is an estimate. It is loaded
on the first conversation that does not obviously fit, since it takes half a second and some 60 MB.
"""

import base64
import hashlib
import lzma
import re
from functools import lru_cache
from pathlib import Path

import tiktoken

RANKS = Path(__file__).parent / "ranks" / "o200k_base.tiktoken.xz"
SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

# How the encoding splits text before it pairs bytes; part of its definition (tiktoken, MIT license).
_LETTERS = r"[^\r\n\p{L}\p{N}]?"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
PATTERN = "|".join(
    [
        rf"{_LETTERS}[{_UPPER}]*[{_LOWER}]+{_SUFFIX}",
        rf"{_LETTERS}[{_UPPER}]+[{_LOWER}]*{_SUFFIX}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)

# Pairing is quadratic in the length of a run without a break, so very long runs are cut first.
_LONG_RUN = re.compile(r"\S{400}|\s{400}")


def count(text: str) -> int:
    """Tokens of `text`; names of special tokens in it count as the plain text they are."""
    pieces = _LONG_RUN.sub(lambda run: f"{run[0]}\ue000", text).split("\ue000")
    return sum(len(_encoding().encode_ordinary(piece)) for piece in pieces)


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    data = lzma.decompress(RANKS.read_bytes())
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise RuntimeError(f"{RANKS.name} is damaged: install the product's files again.")
    lines = (line.split() for line in data.splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding("o200k_base", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
