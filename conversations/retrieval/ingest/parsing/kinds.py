"""What a file is: by its name, and whether its first bytes agree."""

import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, Unreadable

OFFICE = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}
TEXTS = ("txt", "md", "csv", "html")
SUFFIXES = {
    "pdf": "pdf", "docx": "docx", "pptx": "pptx", "xlsx": "xlsx", "csv": "csv", "tsv": "csv", "html": "html",
    "htm": "html", "md": "md", "markdown": "md", "txt": "txt", "text": "txt",
}  # fmt: skip
READERS = {
    "pdf": "pdf.read",
    "docx": "word.read",
    "pptx": "slides.read",
    "xlsx": "sheets.read_xlsx",
    "csv": "sheets.read_csv",
    "html": "web.read_html",
    "md": "web.read_markdown",
    "txt": "plain.read",
}
MOST_UNPACKED = 200_000_000  # bytes of everything in a zip archive
MOST_RATIO = 200  # unpacked to packed; text reaches about 20
MOST_ENTRIES = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and encrypted new ones

_BINARY = (b"%PDF-", b"PK\3\4", _OLE, b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")


def of(filename: str) -> str | None:
    """The kind that a name says, or None for one that is not read."""
    return SUFFIXES.get(filename.rpartition(".")[2].lower()) if "." in filename else None


def check(content: bytes, kind: str) -> None:
    """Raises Unreadable if the bytes are not what the name says. Cheap, and takes nothing apart."""
    head = content[:4096]
    if not head.strip(b"\0 \t\r\n\f\xef\xbb\xbf"):
        raise Unreadable("empty")
    if kind == "pdf":
        if b"%PDF-" not in head[:1024]:
            raise Unreadable("mislabelled")
    elif kind in OFFICE:
        if head.startswith(_OLE):
            raise Unreadable("encrypted" if b"E\0n\0c\0r\0y\0p\0t" in content else "mislabelled")
        if not head.startswith(b"PK"):
            raise Unreadable("mislabelled")
    elif head.startswith(_BINARY) or (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Unreadable("mislabelled")


def check_archive(path: Path, kind: str) -> None:
    """Raises Unreadable if a file of Office unpacks to too much or is none: only where memory and time are limited."""
    if kind not in OFFICE:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("broken") from error
    unpacked, packed = sum(each.file_size for each in entries), sum(each.compress_size for each in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000):
        raise Unreadable("bomb")
    if any(each.flag_bits & 1 for each in entries):
        raise Unreadable("encrypted")
    if not any(each.filename.startswith(OFFICE[kind]) for each in entries):
        raise Unreadable("mislabelled")


def read(path: Path, kind: str) -> Iterator[Block | Pages]:
    """Blocks, and between them how many pages are read and how many there are. Raises Unreadable."""
    module, _, name = READERS[kind].partition(".")
    reader: Any = getattr(import_module(f"conversations.retrieval.ingest.parsing.{module}"), name)
    yield from reader(path)
