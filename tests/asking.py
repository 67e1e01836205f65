"""Asking a deployment through the completions client, for tests."""

from contextlib import aclosing
from typing import Any

from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest, Message


def question(text: str = "What is the colour of the sky?", **parameters: Any) -> ChatRequest:
    return ChatRequest(messages=[Message(role="user", content=text)], **parameters)


async def ask(
    endpoint: Endpoint, request: ChatRequest | None = None, **timeouts: float
) -> tuple[Draft, CompletionError | None]:
    """What came, and what ended it."""
    draft = Draft()
    try:
        async with aclosing(client.stream(request or question(), endpoint, **timeouts)) as chunks:
            async for chunk in chunks:
                draft.add(chunk)
    except CompletionError as error:
        return draft, error
    return draft, None


async def failure(endpoint: Endpoint, request: ChatRequest | None = None, **timeouts: float) -> Any:
    """The error that it must end with."""
    _draft, error = await ask(endpoint, request, **timeouts)
    assert error is not None, "it was answered"
    return error
