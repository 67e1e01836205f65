"""What an uploaded picture is, by its own first bytes: PNG, JPEG or WebP, and how large. Nothing is decoded."""

import struct
from dataclasses import dataclass

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
# Markers of a JPEG that start a frame, and so say how large it is (T.81, table B.1).
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


@dataclass(frozen=True)
class Picture:
    kind: str  # a key of TYPES
    width: int
    height: int


def look(content: bytes) -> Picture | None:
    """Kind and size in pixels; None for whatever is none of the three, SVG among them."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
            return _picture("png", *struct.unpack(">II", content[16:24]))
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):  # it ends before it says how large it is
        return None
    return None


def _picture(kind: str, width: int, height: int) -> Picture | None:
    return Picture(kind, width, height) if width and height else None


def _jpeg(content: bytes) -> Picture | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return _picture("jpg", width, height)
        else:
            at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def _webp(content: bytes) -> Picture | None:
    form = content[12:16]
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return _picture("webp", width & 0x3FFF, height & 0x3FFF)
    if form == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack("<I", content[21:25])[0]
        return _picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if form == b"VP8X" and len(content) >= 30:
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        return _picture("webp", width, height)
    return None
