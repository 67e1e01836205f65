"""The door to a collection: keeps a file and queues it, or says at once why it will not be read."""

import hashlib
import re
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from conversations.models import Collection, Document, Stage, User
from conversations.models.stored import discard_file, keeping, store
from conversations.retrieval.ingest.parsing import kinds
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.runner import wake


class Added(NamedTuple):
    document: Document
    fate: str  # new, replaced or unchanged


def add(collection: Collection, filename: str, content: bytes, uploader: User | None, title: str = "") -> Added:
    """Put a file in the queue; one of the same name takes the place of the one before as soon as it is read.

    A file that is there already, unchanged, is left alone. Raises Unreadable.
    """
    filename = plain(filename)
    kind = kinds.of(filename)
    if kind is None:
        raise Unreadable("unsupported")
    if len(content) > settings.MAX_UPLOAD:
        raise Unreadable("too_large")
    kinds.check(content, kind)
    before = collection.documents.filter(filename=filename, deleted=None).first()
    if before and before.sha256 == hashlib.sha256(content).hexdigest() and before.state != Stage.FAILED:
        return Added(before, "unchanged")
    try:
        file, digest = store(content)
    except OSError as error:
        raise Unreadable("storage") from error
    facts = {"kind": kind, "file": file, "size": len(content), "sha256": digest, "uploader": uploader}
    with keeping(file), transaction.atomic():
        if before is None:
            made = collection.documents.create(filename=filename, title=title[:200] or title_of(filename), **facts)
        else:
            made, old = before, before.file
            Document.objects.filter(pk=made.pk).update(**facts, updated=timezone.now())
            made.queue()
            discard_file(old)
    transaction.on_commit(wake)
    return Added(made, "replaced" if before else "new")


def title_of(filename: str) -> str:
    """“parental-leave_2026.pdf” → “Parental leave 2026”."""
    words = re.sub(r"[-_\s]+", " ", filename.rpartition(".")[0]).strip()
    return (words[:1].upper() + words[1:])[:200] or filename


def plain(filename: str) -> str:
    """The name without folders and control characters, as it is shown; it never becomes a path."""
    name = re.split(r"[\\/]", filename)[-1]
    return "".join(each for each in name if each.isprintable()).strip()[-255:]
