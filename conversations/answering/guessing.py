"""What an answer took of which upstream said nothing: it was stopped, or the deployment does not count.

Counts come last, so whoever leaves just before the end would be asking for nothing. Budgets count this guess.
"""

from collections.abc import Iterable
from typing import Any

from conversations.answering.notices import Passage
from conversations.completions.wire import ChatRequest

BYTES_A_TOKEN = 4  # as most texts have; `documents` counts more of them on purpose


def guess(request: ChatRequest, passages: Iterable[Passage], said: int) -> dict[str, Any]:
    """As the wire's `usage`; `said`: bytes of the answer. Nothing if nothing came of it."""
    if not said:
        return {}
    given = [text for message in request.messages for text in _texts(message.content)]
    given += [each.content for each in passages if each.number]
    prompt = sum(len(each.encode()) for each in given)
    return {"prompt_tokens": prompt // BYTES_A_TOKEN, "completion_tokens": said // BYTES_A_TOKEN + 1}


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    parts = [each.get("text") for each in content or ()]
    return [each for each in parts if isinstance(each, str)]
