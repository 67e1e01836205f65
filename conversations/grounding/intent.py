"""What to search for: a model rewrites the question, or the question itself is it."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from conversations.completions import context
from conversations.completions.errors import CompletionError
from conversations.completions.fence import LAST
from conversations.completions.wire import Message
from conversations.grounding import instructions
from conversations.grounding.turns import Turn, turns
from conversations.texts.words import telling

Ask = Callable[[list[Message]], Awaitable[str]]
"""Messages to a model's whole answer; raises CompletionError."""

MOST = 4  # queries, unless the sources say how many
PATIENCE = 8.0  # seconds for the model
LONGEST_TURN = 1500  # characters of each turn that it is shown
LONGEST = 300  # characters of a query
FOLLOW_UP = 4  # telling words of a question: a shorter one may go on from the one before
HALF = 0.5

_LIST = re.compile(r"\[.*\]", re.DOTALL)
_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]+(.+)$", re.MULTILINE)


class Query(NamedTuple):
    text: str
    weight: float = 1.0


async def queries(
    messages: Sequence[Message], ask: Ask | None = None, *, most: int = MOST, said: str = "", patience: float = PATIENCE
) -> list[Query]:
    """At most `most` queries; none if nothing has to be looked up. `said`: the intent that a client sends back.

    Without a model, or if it fails, is late or writes no list: the question itself.
    """
    spoken, before = await asyncio.to_thread(turns, messages), context.queries(said)
    if not spoken or ask is None:
        return fallback(spoken, before, most)
    try:
        async with asyncio.timeout(patience):
            found = parsed(await ask(_request(spoken, before, most)))
    except (TimeoutError, CompletionError):
        found = None
    if found is None:
        return fallback(spoken, before, most)
    return [Query(each) for each in found[:most]]


def fallback(spoken: Sequence[Turn], before: Sequence[str], most: int = MOST) -> list[Query]:
    """The last question; for a short one also the one before it, or what was searched then, at half weight."""
    asked_so_far = [each.text for each in spoken if each.role == "user"]
    if not asked_so_far:
        return []
    *earlier, last = asked_so_far
    found = [Query(" ".join(last.split())[:LONGEST])]
    if telling(last) <= FOLLOW_UP:
        previous = list(before) or [" ".join(each.split())[:LONGEST] for each in earlier[-1:]]
        found += [Query(each, HALF) for each in previous if each != found[0].text]
    return found[:most]


def parsed(answer: str) -> list[str] | None:
    """The list in a model's answer, however it wrapped it; None if there is none."""
    answer = answer.strip().removeprefix("```json").strip("`").strip()
    found = _strings(_json(answer))
    if found is None and (inner := _LIST.search(answer)):
        found = _strings(_json(inner[0]))
    if found is None:
        found = _ITEM.findall(answer) or None
    if found is None:
        return None
    tidy = (" ".join(each.strip(" \"'“”").split())[:LONGEST] for each in found)
    return list({each.casefold(): each for each in tidy if each}.values())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _strings(value: Any) -> list[str] | None:
    """A list of strings in a JSON value: itself, or the first list in an object."""
    if isinstance(value, dict):
        value = next((each for each in value.values() if isinstance(each, list)), None)
    if not isinstance(value, list):
        return None
    found = [each.get("query") if isinstance(each, dict) else each for each in value]
    strings = [each for each in found if isinstance(each, str)]
    return strings if strings or not value else None


def _request(spoken: Sequence[Turn], before: Sequence[str], most: int) -> list[Message]:
    system = instructions.QUERIES.format(most=most)
    if before:
        system += "\n" + instructions.EARLIER.format(queries=json.dumps(list(before), ensure_ascii=False))
    *earlier, last = [(each.role, each.text[:LONGEST_TURN]) for each in spoken]
    history = json.dumps([{"role": role, "text": words} for role, words in earlier], ensure_ascii=False)
    return [Message(role="system", content=system), Message(role="user", content=f"{history}{LAST}{last[1]}")]
