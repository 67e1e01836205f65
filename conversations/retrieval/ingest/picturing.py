"""Pictures: redrawn by a child process, so that nothing of a file is kept but what can be seen.

`python -m conversations.retrieval.ingest.picturing 2048` reads a picture and writes its kind, a line, and the new one.
"""

import io
import resource
import subprocess
import sys

from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.reading import HOME, environment

SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif")
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LARGEST = 2048  # pixels of the longer side that are kept, unless the caller wants fewer
MOST = 50_000_000  # pixels that are decoded
MEMORY = 1_000_000_000  # bytes of address space
PATIENCE = 20.0  # seconds
QUALITY = 88  # of a JPEG


def is_picture(filename: str) -> bool:
    return filename.rpartition(".")[2].lower() in SUFFIXES and "." in filename


def redrawn(content: bytes, largest: int = LARGEST) -> tuple[str, bytes]:
    """Kind (png or jpeg) and bytes of the picture: its first frame, at most `largest` pixels, without metadata.

    Raises Unreadable.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "conversations.retrieval.ingest.picturing", str(largest)],
            input=content, capture_output=True, timeout=PATIENCE, cwd=HOME, env=environment(), check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_slow") from error
    kind, _, made = done.stdout.partition(b"\n")
    if done.returncode == 0 and kind in (b"png", b"jpeg") and made:
        return kind.decode(), made
    raise Unreadable("bomb" if kind == b"bomb" else "mislabelled" if kind == b"mislabelled" else "broken")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(PATIENCE), int(PATIENCE)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(_redraw(sys.stdin.buffer.read(), int(sys.argv[1])))


def _redraw(content: bytes, largest: int) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and looked at before anything is decoded
    try:
        found = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        return b"mislabelled\n"
    if found.width * found.height > MOST:
        return b"bomb\n"
    clear = "A" in found.getbands() or "transparency" in found.info
    kind = "png" if clear or found.format in ("PNG", "GIF") else "jpeg"
    upright = ImageOps.exif_transpose(found).convert("RGBA" if clear else "RGB")
    upright.thumbnail((largest, largest))
    drawn = Image.new(upright.mode, upright.size)  # pixels alone go over
    drawn.paste(upright)
    out = io.BytesIO()
    drawn.save(out, kind.upper(), **({"quality": QUALITY} if kind == "jpeg" else {"optimize": True}))
    return kind.encode() + b"\n" + out.getvalue()


if __name__ == "__main__":
    main()
