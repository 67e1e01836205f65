"""Find it as this person, or 404: the one authorisation path of pages, commands and sockets.

What belongs to somebody else and what does not exist are answered alike.
"""

from uuid import UUID

from django.core import signing
from django.http import Http404

from conversations.models import Conversation, Message, Prompt, User

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
