"""Files of documents on the disk, under generated names that are never made of what people typed."""

import hashlib
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

PICTURES = {"png": "image/png", "jpeg": "image/jpeg"}  # kinds, and what they are served as

log = logging.getLogger(__name__)


def stored(name: str) -> Path:
    """Where the file of a generated name is."""
    return Path(settings.DATA_DIR) / "files" / name[:2] / name


def store(content: bytes) -> tuple[str, str]:
    """Keep `content` under a new generated name: that name, and its SHA-256. Raises OSError, and leaves nothing."""
    name = uuid.uuid4().hex
    path = stored(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return name, hashlib.sha256(content).hexdigest()


@contextmanager
def keeping(name: str) -> Iterator[None]:
    """While its row is written: a file that gets none is removed."""
    try:
        yield
    except BaseException:
        stored(name).unlink(missing_ok=True)
        raise


def discard_file(name: str) -> None:
    """Remove a stored file once it is certain that no row needs it."""

    def remove() -> None:
        try:
            stored(name).unlink(missing_ok=True)
        except OSError:
            log.exception("The file %s of a deleted document could not be removed", name)

    transaction.on_commit(remove)
