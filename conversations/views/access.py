"""Find it as this person, or 404: the one authorisation path of pages, commands and sockets.

What belongs to somebody else and what does not exist are answered alike.
"""

from typing import NoReturn
from uuid import UUID

from django.core import signing
from django.http import Http404

from conversations.models import Collection, Conversation, Document, Message, Prompt, User, attached

NEW_CHAT = "conversations.new_chat"


def find_conversation(person: User, conversation: UUID) -> Conversation:
    """This person's conversation; raises Http404."""
    found = Conversation.objects.for_user(person).select_related("deployment", "prompt").filter(pk=conversation).first()
    if found is None:
        raise Http404
    return found


def find_thrown_away(person: User, conversation: UUID) -> Conversation:
    """A conversation that this person deleted a moment ago; raises Http404."""
    found = Conversation.objects.thrown_away(person).filter(pk=conversation).first()
    if found is None:
        raise Http404
    return found


def find_message(person: User, conversation: UUID, message: UUID) -> Message:
    """A message of this person's conversation, with the conversation; raises Http404."""
    found = (
        Message.objects.for_user(person)
        .select_related("conversation__deployment", "parent", "feedback")
        .filter(pk=message, conversation_id=conversation)
        .first()
    )
    if found is None:
        raise Http404
    return found


def find_prompt(person: User, prompt: int) -> Prompt:
    """A system prompt of this person's own, or one that is shared; raises Http404."""
    found = Prompt.objects.for_user(person).filter(pk=prompt).first()
    if found is None:
        raise Http404
    return found


def find_own_prompt(person: User, prompt: int) -> Prompt:
    """One that this person may change: shared ones are the administrators'. Raises Http404."""
    found = find_prompt(person, prompt)
    if found.owner_id != person.pk:
        raise Http404
    return found


def find_collection(person: User, collection: int) -> Collection:
    """A collection that this person may read or manages; raises Http404."""
    read = Collection.objects.for_reader(person.reader()).filter(pk=collection, conversation=None)
    managed = Collection.objects.managed_by(person).filter(pk=collection, deleted=None)
    return read.first() or managed.first() or _nothing()


def find_managed_collection(person: User, collection: int, *, deleted: bool = False) -> Collection:
    """One whose documents this person may change; raises Http404."""
    found = Collection.objects.managed_by(person).filter(pk=collection, deleted__isnull=not deleted)
    return found.first() or _nothing()


def find_document(person: User, document: int) -> Document:
    """A document that this person may read, with its collection; raises Http404."""
    read = Document.objects.for_reader(person.reader())
    managed = Document.objects.filter(deleted=None, collection__in=Collection.objects.managed_by(person))
    kept = managed.filter(pk=document, collection__deleted=None)
    return read.filter(pk=document).first() or kept.first() or _nothing()


def find_managed_document(person: User, document: int, *, deleted: bool = False) -> Document:
    """One that this person may change; raises Http404."""
    managed = Collection.objects.managed_by(person).filter(deleted=None)
    found = Document.objects.filter(pk=document, collection__in=managed, deleted__isnull=not deleted)
    return found.first() or _nothing()


def find_file(person: User, conversation: UUID, document: int) -> Document:
    """A file attached to this person's conversation; raises Http404."""
    found = attached.files(find_conversation(person, conversation)).filter(pk=document)
    return found.first() or _nothing()


def _nothing() -> NoReturn:
    raise Http404


def sign_new_chat(person: User, conversation: UUID) -> str:
    """Proof that this address was given to this person, so that nobody else can take it first."""
    return signing.Signer(salt=NEW_CHAT).signature(f"{conversation}:{person.pk}")


def may_start(person: User, conversation: UUID, key: str) -> bool:
    """Is `key` the proof that this person was given the address of a new chat?"""
    signer = signing.Signer(salt=NEW_CHAT)
    try:
        signer.unsign(f"{conversation}:{person.pk}{signer.sep}{key}")
    except signing.BadSignature:
        return False
    return person.is_active
