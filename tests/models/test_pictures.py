"""A picture is what its first bytes say, whatever it is called."""

import struct

import pytest

from conversations.models.pictures import Picture, look
from tests import pictures


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pictures.png(40, 30), "png"),
        (pictures.jpeg(40, 30), "jpg"),
        (pictures.webp(40, 30), "webp"),
        (pictures.webp_lossless(40, 30), "webp"),
        (pictures.webp_extended(40, 30), "webp"),
    ],
)
def test_kind_and_size_are_read(content, kind):
    assert look(content) == Picture(kind, 40, 30)
    assert not any(look(content[:at]) for at in range(20))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\x00\x01\x00",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 4 + b"IDAT" + struct.pack(">II", 1, 1),
        b"RIFF\0\0\0\0WEBPJUNK" + b"\0" * 20,
        pictures.png(0, 10),
    ],
)
def test_everything_else_is_none(content):
    assert look(content) is None


def test_a_jpeg_that_never_ends_its_headers_is_none():
    assert look(b"\xff\xd8" + b"\xff\xe0\x00\x04ab" * 50_000) is None
