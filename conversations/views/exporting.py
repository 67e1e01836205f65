"""A conversation as a file: Markdown to read, JSON with everything."""

from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Assistant, Attempt, Conversation, Message, Reader, Role
from conversations.views import citing


def as_markdown(conversation: Conversation) -> str:
    """The current branch: its title, then every question and answer as they were written, with their sources."""
    parts, path = [f"# {conversation.title}"], conversation.path()
    citing.gather(path)
    allowed = citing.Allowed.of(Reader(conversation.owner_id), path)
    for message in path:
        who = _("Question") if message.role == Role.USER else _("Answer")
        parts.append(f"## {who} · {message.created:%Y-%m-%d %H:%M} UTC\n\n{citing.kept(message, allowed)}")
    return "\n\n".join(parts) + "\n"


def as_json(conversation: Conversation) -> dict[str, Any]:
    """The whole tree, oldest first; `leaf` ends the current branch. Times are ISO 8601.

    What an assistant is told is its owners': of others' ones there is no `system`.
    """
    messages = list(conversation.messages.order_by("created", "pk").prefetch_related("attempts"))
    citing.gather(messages)
    reader = Reader(conversation.owner_id)
    allowed = citing.Allowed.of(reader, messages)
    assistants = Assistant.objects.owned_by(reader).filter(pk=conversation.assistant_id or 0)
    told = conversation.assistant_id is None or assistants.exists()
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "updated": conversation.updated.isoformat(),
        "leaf": str(conversation.leaf_id) if conversation.leaf_id else None,
        "messages": [_message(each, allowed, told) for each in messages],
    }


def _message(message: Message, allowed: citing.Allowed, told: bool) -> dict[str, Any]:
    sources = citing.sources(message, message.text, allowed)
    return {
        "id": str(message.pk),
        "parent": str(message.parent_id) if message.parent_id else None,
        "role": message.role,
        "state": message.state,
        "created": message.created.isoformat(),
        "text": citing.relabelled(message, sources),
        "sources": [_source(each) for each in sources],
        "attempts": [_attempt(each, told) for each in message.attempts.all()],
    }


def _source(source: dict[str, Any]) -> dict[str, Any]:
    """What the answer cites as `[label]`, without what may no longer be read."""
    given = {name: source[name] for name in ("label", "name", "title", "source", "heading", "page", "verdict")}
    return {**given, "url": source["link"]["url"] if source["link"] else None}


def _attempt(attempt: Attempt, told: bool) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "deployment": attempt.deployment.name if attempt.deployment else None,
        "model": attempt.model,
        "system": attempt.system_text if told else None,
        "finish_reason": attempt.finish_reason,
        "refusal": attempt.refusal,
        "tool_calls": attempt.tool_calls,
        "filters": attempt.filters,
        "prompt_filters": attempt.prompt_filters,
        "usage": attempt.usage,
        "started": attempt.started.isoformat(),
        "duration_ms": attempt.duration_ms,
    }
