"""Files that a person attached to a conversation: documents of its private collection, and pictures beside them.

A picture is a document that is not searched but sent: it is ready at once and has no passages.
"""

from collections.abc import Iterable

from django.db import models

from conversations.models.collection import Collection
from conversations.models.conversation import Conversation
from conversations.models.document import WAITING, Document, DocumentQuerySet, Stage
from conversations.models.message import Message
from conversations.models.stored import PICTURES
from conversations.models.user import User

NAME = "Attached files"  # of the collection; people read it in their own language


def collection_of(conversation: Conversation) -> Collection:
    """The private collection of this conversation, made now if it has none."""
    return Collection.objects.get_or_create(conversation=conversation, defaults={"name": NAME})[0]


def files(conversation: Conversation) -> DocumentQuerySet:
    """All files of this conversation, in the order in which they came."""
    return Document.objects.filter(collection__conversation=conversation, deleted=None).order_by("pk")


def unsent(conversation: Conversation) -> DocumentQuerySet:
    """Those that no question was asked with yet."""
    return files(conversation).filter(questions=None)


def pictures(messages: Iterable[Message]) -> list[tuple[Message, Document]]:
    """What these questions show, in their order."""
    asked = {each.pk: each for each in messages}
    shown = Document.objects.filter(questions__in=asked, deleted=None, kind__in=PICTURES, state=Stage.READY)
    found = shown.order_by("pk").annotate(question=models.F("questions"))
    return [(asked[each.question], each) for each in found if each.question in asked]


def unread(question: Message, sees: bool) -> tuple[list[str], list[str]]:
    """Names of files that are still being read, of those sent so far; and of those of `question` that never will be.

    `sees`: will pictures be looked at?
    """
    sent = files(question.conversation).exclude(questions=None).distinct()
    lost = models.Q(state=Stage.FAILED, version=0)
    failed = question.attached.filter(lost if sees else lost | models.Q(kind__in=PICTURES), deleted=None)
    waiting = sent.filter(state__in=WAITING, version=0)
    return list(waiting.values_list("filename", flat=True)), list(failed.values_list("filename", flat=True))


def kept(person: User) -> tuple[int, int]:
    """How many files this person keeps in conversations, and their bytes."""
    mine = Document.objects.filter(collection__conversation__owner=person)
    found = mine.aggregate(count=models.Count("pk"), size=models.Sum("size"))
    return found["count"], found["size"] or 0
