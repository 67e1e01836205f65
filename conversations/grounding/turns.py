"""A request's messages as what was said: text, without the markers of earlier answers."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from conversations.completions.wire import SYSTEM, Message
from conversations.grounding.markers import stripped

LATEST = 7  # turns, the last question among them


class Turn(NamedTuple):
    role: str  # user or assistant
    text: str


def turns(messages: Sequence[Message]) -> list[Turn]:
    """What people and models said last, in order: as much as matters for what they ask."""
    found: list[Turn] = []
    for each in reversed(messages):
        if len(found) == LATEST:
            break
        if each.role in ("user", "assistant") and (words := each.text.strip()):
            found.append(Turn(each.role, stripped(words) if each.role == "assistant" else words))
    return found[::-1]


def unmarked(messages: Sequence[Message], *, keep_last: bool = False) -> list[Message]:
    """The conversation without system messages and without markers, which would point at this turn's documents.

    With `keep_last` the last answer keeps its own. All of a long history takes a second: not for the event loop.
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
