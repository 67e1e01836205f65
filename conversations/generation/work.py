"""What an answer needs before it can be asked for, and what is recorded when it ended: the database's side."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from conversations.answering import Documents, Passage, guess, sources
from conversations.completions import wire
from conversations.completions.draft import Draft
from conversations.generation import evidence, files
from conversations.models import Attempt, DataSource, Deployment, Document, Message, Reader, Role, State

# In English whatever the conversation's language: it speaks to the model, and is never shown or stored.
CONTINUE = "Continue your last answer exactly where it stopped. Do not repeat any of it and do not add an introduction."


@dataclass(frozen=True)
class Work:
    message: UUID
    conversation: UUID
    temporary: bool
    owner: int
    attempt: Attempt
    deployment: Deployment | None
    reader: Reader
    request: wire.ChatRequest
    sources: tuple[DataSource, ...]  # to answer from, as far as the reader may ask them
    files: bool  # is anything attached to the conversation?
    read: tuple[Passage, ...]  # what earlier attempts were given: this one goes on with it
    kept: int  # messages at its end that must not be left out
    text: str  # what earlier attempts wrote


def load(message_id: UUID, runner: str) -> Work | None:
    """Take the pending answer for this process; None if it is not there to be taken."""
    message = Message.objects.select_related("conversation__deployment", "owner").get(pk=message_id)
    if not message.take(runner):
        return None
    attempt = message.attempts.order_by("-number")[0]
    path = message.conversation.path(message.pk)
    reader = message.owner.reader()
    attached = Document.objects.filter(collection__conversation=message.conversation_id, deleted=None).exists()
    pictures = files.pictures(path, attempt.deployment) if attached else {}
    request = wire.ChatRequest(messages=_messages(attempt.system_text, path, pictures), **attempt.parameters)
    return Work(
        message=message.pk,
        conversation=message.conversation_id,
        temporary=message.conversation.temporary,
        owner=message.owner_id,
        attempt=attempt,
        deployment=attempt.deployment,
        reader=reader,
        request=request,
        sources=tuple(DataSource.objects.for_reader(reader).filter(pk__in=attempt.sources.values("pk"))),
        files=attached,
        read=tuple(evidence.given(message.pk, reader)) if message.text.strip() else (),
        kept=3 if message.text.strip() else 1,  # question, answer so far, and what asks to go on
        text=message.text,
    )


def documents(work: Work) -> Documents:
    """What this answer is to be written from; raises RetrievalError if a source cannot be asked."""
    attached = None
    if work.files:
        attached = files.source(work.message, work.reader, work.attempt.language, alone=not work.sources)
    asked = sources.documents(work.sources, work.reader, attached)
    return replace(asked, kept=work.read, begun=work.text) if work.read else asked


def _messages(system_text: str, path: list[Message], pictures: dict[UUID, list[dict[str, Any]]]) -> list[wire.Message]:
    said = [wire.Message(role="system", content=system_text)] if system_text else []
    for message in path:
        if message.text.strip():  # an answer that never came says nothing
            text: dict[str, Any] = {"type": "text", "text": message.text}
            shown = pictures.get(message.pk)
            said.append(wire.Message(role=message.role, content=[text, *shown] if shown else message.text))
    if path and path[-1].role == Role.ASSISTANT and path[-1].text.strip():
        said.append(wire.Message(role="user", content=CONTINUE))
    return said


def outcome(draft: Draft) -> State:
    """The state that an answer's own end means."""
    reasons = {"length": State.TRUNCATED, "content_filter": State.FILTERED}
    return reasons.get(draft.finish_reason or "", State.COMPLETE)


def record(work: Work, draft: Draft, passages: Iterable[Passage] = (), **facts: object) -> None:
    """Write down what the attempt was and cost; `passages`: what it was written from."""
    usage = draft.usage
    called = "".join(each["function"]["arguments"] for each in draft.tool_calls)
    said = sum(len(each.encode()) for each in (draft.text, draft.reasoning, called))
    work.attempt.record(
        model=draft.model[:200],
        request_id=draft.request_id[:200],
        finish_reason=(draft.finish_reason or "")[:64],
        usage=wire.plain(usage) if usage else {},
        rate_limits=draft.rate_limits,
        filters=draft.filters,
        prompt_filters=draft.prompt_filters,
        tool_calls=draft.tool_calls,
        reasoning=draft.reasoning,
        refusal=draft.refusal,
        guess=guess(work.request, passages, said),
        **facts,
    )
