"""The door to a conversation's private collection: documents are queued to be read, pictures are kept as they look."""

from django.conf import settings

from conversations.models import Conversation, Document, Stage, User, attached
from conversations.models.stored import keeping, store
from conversations.retrieval.ingest import picturing
from conversations.retrieval.ingest.adding import add, plain
from conversations.retrieval.ingest.parsing.blocks import Unreadable


class Full(Unreadable):
    """This person keeps as many files in conversations as they may: too_many or no_room."""


def attach(conversation: Conversation, filename: str, content: bytes, person: User) -> Document:
    """Keep a file with a conversation. Raises Unreadable."""
    count, size = attached.kept(person)
    if count >= settings.MAX_ATTACHED:
        raise Full("too_many")
    if size + len(content) > settings.MAX_ATTACHED_BYTES:
        raise Full("no_room")
    collection = attached.collection_of(conversation)
    if not picturing.is_picture(filename):
        return add(collection, filename, content, person).document
    if len(content) > settings.MAX_UPLOAD:
        raise Unreadable("too_large")
    kind, drawn = picturing.redrawn(content)
    try:
        file, digest = store(drawn)
    except OSError as error:
        raise Unreadable("storage") from error
    facts = {"kind": kind, "file": file, "size": len(drawn), "sha256": digest, "uploader": person}
    name = plain(filename)
    title = name[:200]
    with keeping(file):
        return collection.documents.create(filename=name, title=title, state=Stage.READY, **facts)


__all__ = ["Full", "attach"]
