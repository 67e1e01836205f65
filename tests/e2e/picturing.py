"""What the pictures of the documentation have in common: sizes, folder, how they are taken and kept small."""

import io
import sys

from PIL import Image
from playwright.sync_api import Page

from tests.e2e.server import ROOT

IMAGES = ROOT / "docs" / "images"
LARGEST = 100_000  # bytes
WIDE, PHONE = {"width": 1200, "height": 750}, {"width": 390, "height": 780}
STILL = {"reduced_motion": "reduce", "color_scheme": "light", "locale": "en"}


def picture(page: Page, name: str) -> None:
    """What the page shows, as docs/images/<name>.png in 256 colours: a third of the bytes, and nobody sees it."""
    page.wait_for_timeout(400)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = IMAGES / f"{name}.png"
    taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < LARGEST, f"{path.name} is too large"
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB\n")
