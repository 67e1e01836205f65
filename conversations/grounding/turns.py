"""A request's messages as what was said: text, without the markers of earlier answers."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from conversations.completions.wire import Message
from conversations.grounding.markers import stripped

SYSTEM = ("system", "developer")


class Turn(NamedTuple):
    role: str  # user or assistant
    text: str


def text(message: Message) -> str:
    """The text of a message, whose content may have parts."""
    if isinstance(message.content, str):
        return message.content
    return "".join(str(each.get("text") or "") for each in message.content or () if isinstance(each, dict))


def turns(messages: Sequence[Message]) -> list[Turn]:
    """What people and models said, in order."""
    said = [Turn(each.role, text(each).strip()) for each in messages if each.role in ("user", "assistant")]
    return [Turn(role, stripped(words) if role == "assistant" else words) for role, words in said if words]


def question(messages: Sequence[Message]) -> str:
    """What the user said last; empty if nothing."""
    return next((each.text for each in reversed(turns(messages)) if each.role == "user"), "")


def unmarked(messages: Sequence[Message], *, keep_last: bool = False) -> list[Message]:
    """The conversation without system messages and without markers, which would point at this turn's documents.

    With `keep_last` the last answer keeps its own.
    """
    answers = [at for at, each in enumerate(messages) if each.role == "assistant"]
    kept = answers[-1:] if keep_last else []
    return [
        msgspec.structs.replace(each, content=stripped(each.content))
        if each.role == "assistant" and isinstance(each.content, str) and at not in kept
        else each
        for at, each in enumerate(messages)
        if each.role not in SYSTEM
    ]
