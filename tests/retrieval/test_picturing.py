"""A picture is redrawn: what cannot be seen in it is gone, and what is none is refused before it costs anything."""

import io

import pytest
from PIL import Image

from conversations.retrieval.ingest import picturing
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from tests.pictures import picture


def drawn(content):
    kind, made = picturing.redrawn(content)
    return kind, Image.open(io.BytesIO(made))


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [
        ("PNG", "RGBA", "png"),
        ("JPEG", "RGB", "jpeg"),
        ("WEBP", "RGB", "jpeg"),
        ("WEBP", "RGBA", "png"),
        ("GIF", "RGB", "png"),
    ],
)
def test_each_kind_becomes_one_of_two(form, mode, kind):
    assert drawn(picture(form, mode=mode))[0] == kind


def test_a_large_one_becomes_smaller():
    assert drawn(picture("PNG", (4096, 100)))[1].size == (2048, 50)


def test_what_the_camera_wrote_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret camera"  # orientation: turned by a quarter
    found = drawn(picture("JPEG", exif=exif))[1]
    assert found.size == (30, 60)
    assert not found.getexif()


def test_of_moving_ones_the_first_frame_is_kept():
    out = io.BytesIO()
    first, second = (Image.new("RGB", (5, 5), colour) for colour in ("red", "blue"))
    first.save(out, "GIF", save_all=True, append_images=[second])
    found = drawn(out.getvalue())[1]
    assert getattr(found, "n_frames", 1) == 1
    assert found.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mislabelled"),
        (picture("PNG")[:60], "broken"),
        (picture("BMP"), "mislabelled"),
        (picture("PNG", (10_000, 6_000), "L"), "bomb"),
    ],
)
def test_what_is_none_says_why(content, reason):
    with pytest.raises(Unreadable) as found:
        picturing.redrawn(content)
    assert found.value.reason == reason


def test_one_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(picturing, "PATIENCE", 0.01)
    with pytest.raises(Unreadable, match="too_slow"):
        picturing.redrawn(picture("PNG"))
