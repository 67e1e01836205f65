"""A conversation as a file: Markdown to read, JSON with everything."""

from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Attempt, Conversation, Message, Role


def as_markdown(conversation: Conversation) -> str:
    """The current branch: its title, then every question and answer as they were written."""
    parts = [f"# {conversation.title}"]
    for message in conversation.path():
        who = _("Question") if message.role == Role.USER else _("Answer")
        parts.append(f"## {who} · {message.created:%Y-%m-%d %H:%M} UTC\n\n{message.text}")
    return "\n\n".join(parts) + "\n"


def as_json(conversation: Conversation) -> dict[str, Any]:
    """The whole tree, oldest first; `leaf` ends the current branch. Times are ISO 8601."""
    messages = conversation.messages.order_by("created", "pk").prefetch_related("attempts")
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "created": conversation.created.isoformat(),
        "updated": conversation.updated.isoformat(),
        "leaf": str(conversation.leaf_id) if conversation.leaf_id else None,
        "messages": [_message(each) for each in messages],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.pk),
        "parent": str(message.parent_id) if message.parent_id else None,
        "role": message.role,
        "state": message.state,
        "created": message.created.isoformat(),
        "text": message.text,
        "attempts": [_attempt(each) for each in message.attempts.all()],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "deployment": attempt.deployment.name if attempt.deployment else None,
        "model": attempt.model,
        "system": attempt.system_text,
        "finish_reason": attempt.finish_reason,
        "refusal": attempt.refusal,
        "tool_calls": attempt.tool_calls,
        "filters": attempt.filters,
        "prompt_filters": attempt.prompt_filters,
        "usage": attempt.usage,
        "started": attempt.started.isoformat(),
        "duration_ms": attempt.duration_ms,
    }
