"""Plain text: paragraphs are parted by empty lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from conversations.retrieval.ingest.parsing.blocks import Block, Pages


def decoded(content: bytes) -> str:
    """Text of whatever encoding: what a byte order mark says, UTF-8, else what its letters look most like."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        best = from_bytes(content[:200_000]).best()
        return content.decode(best.encoding if best else "cp1252", errors="replace")


def read(path: Path) -> Iterator[Block | Pages]:
    text = decoded(path.read_bytes()).replace("\r\n", "\n").replace("\0", "")
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield Block(part.strip("\n").rstrip())
