"""Find it as this person, or 404: the one authorisation path of pages, commands and sockets.

What belongs to somebody else and what does not exist are answered alike.
"""

from typing import NoReturn
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.core import signing
from django.db.models import Q
from django.http import Http404

from conversations.models import (
    ApiKey,
    Assistant,
    Collection,
    Conversation,
    DataSource,
    Document,
    Feature,
    Message,
    Prompt,
    Share,
    User,
    attached,
)

NEW_CHAT = "conversations.new_chat"


def find_conversation(person: User, conversation: UUID) -> Conversation:
    """This person's conversation; raises Http404."""
    found = (
        Conversation.objects.for_user(person)
        .select_related("deployment", "prompt", "assistant")
        .filter(pk=conversation)
        .first()
    )
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
        .select_related("conversation__deployment", "conversation__assistant", "parent", "feedback")
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


def find_assistant(person: User, assistant: int) -> Assistant:
    """An assistant that this person may ask; raises Http404."""
    return Assistant.objects.for_reader(person.reader()).filter(pk=assistant).first() or _nothing()


def find_owned_assistant(person: User, assistant: int) -> Assistant:
    """One that this person may change, also if it is switched off; raises Http404."""
    return Assistant.objects.owned_by(person.reader()).filter(pk=assistant).first() or _nothing()


def find_owned_source(person: User, source: int) -> DataSource:
    """A data source that this person manages; raises Http404."""
    return DataSource.objects.kept().owned_by(person.reader()).filter(pk=source).first() or _nothing()


def find_key(person: User, key: int) -> ApiKey:
    """An API key of this person's own; raises Http404."""
    if not person.may(Feature.Name.KEYS):
        raise Http404
    return person.api_keys.filter(pk=key).first() or _nothing()


def find_collection(person: User, collection: int) -> Collection:
    """A collection that this person may read or manages; raises Http404."""
    read = Collection.objects.for_reader(person.reader()).filter(pk=collection, conversation=None)
    managed = Collection.objects.managed_by(person).filter(pk=collection, deleted=None)
    return read.first() or managed.first() or _nothing()


def find_managed_collection(person: User, collection: int, *, deleted: bool | None = False) -> Collection:
    """One whose documents this person may change; `deleted` None: whether or not it is. Raises Http404."""
    found = Collection.objects.managed_by(person).filter(_is(deleted), pk=collection)
    return found.first() or _nothing()


def find_document(person: User, document: int) -> Document:
    """A document that this person may read, with its collection; raises Http404."""
    read = Document.objects.for_reader(person.reader())
    managed = Document.objects.filter(deleted=None, collection__in=Collection.objects.managed_by(person))
    kept = managed.filter(pk=document, collection__deleted=None)
    return read.filter(pk=document).first() or kept.first() or _nothing()


def find_managed_document(person: User, document: int, *, deleted: bool | None = False) -> Document:
    """One that this person may change; `deleted` None: whether or not it is. Raises Http404."""
    managed = Collection.objects.managed_by(person).filter(deleted=None)
    found = Document.objects.filter(_is(deleted), pk=document, collection__in=managed)
    return found.first() or _nothing()


def find_file(person: User, conversation: UUID, document: int) -> Document:
    """A file attached to this person's conversation; raises Http404."""
    found = attached.files(find_conversation(person, conversation)).filter(pk=document)
    return found.first() or _nothing()


def find_session(person: User, session: int) -> UserSession:
    """A browser where this person is signed in; raises Http404."""
    return UserSession.objects.filter(user=person, pk=session).first() or _nothing()


def find_share(person: User, token: str) -> Share:
    """What somebody shares with this person, or they themselves with others; raises Http404."""
    found = Share.objects.for_reader(person.reader()).select_related("conversation__owner").filter(token=token)
    return found.first() or _nothing()


def find_own_share(person: User, token: str) -> Share:
    """One that this person may revoke; raises Http404."""
    return Share.objects.of(person).filter(token=token).first() or _nothing()


def _is(deleted: bool | None) -> Q:
    return Q() if deleted is None else Q(deleted__isnull=not deleted)


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
