"""What a deployment can do, seen by asking it: one tiny real request for each capability."""

import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from conversations.completions import client, embeddings
from conversations.completions.draft import Draft
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest, Message

PATIENCE = 20  # seconds, for the first token and between two chunks
PNG = (  # 64 × 64 pixels, all of them red
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQMAAACQp+OdAAAAA1BMVEXgEBBZ7e9PAAAAD0lEQVR42mNgGAWjgHwAAAJAAAHgTR1EAAAAAElF"
    "TkSuQmCC"
)


def question(content: str | list[dict[str, Any]], **parameters: Any) -> ChatRequest:
    return ChatRequest(messages=[Message(role="user", content=content)], **parameters)


def _object(**properties: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


TOOL = {"name": "weather", "description": "The weather in a city.", "parameters": _object(city={"type": "string"})}
SUM = {"name": "sum", "strict": True, "schema": _object(sum={"type": "integer"})}

PROBES: dict[str, ChatRequest] = {
    "tools": question("Call the tool weather for Paris.", tools=[{"type": "function", "function": TOOL}]),
    "json_schema": question("What is 2 + 2?", response_format={"type": "json_schema", "json_schema": SUM}),
    "images": question(
        [
            {"type": "text", "text": "What is the colour of this picture? Answer with one English word."},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        ]
    ),
}


async def ask(request: ChatRequest, endpoint: Endpoint, heard: Callable[[str], None] = lambda text: None) -> Draft:
    """The whole answer; `heard` is called with every piece of its text. Raises CompletionError."""
    draft = Draft()
    chunks = client.stream(request, endpoint, first_token_timeout=PATIENCE, chunk_timeout=PATIENCE)
    async with aclosing(chunks):
        async for chunk in chunks:
            if piece := draft.add(chunk):
                heard(piece)
    return draft


async def capabilities(draft: Draft, endpoint: Endpoint) -> dict[str, bool]:
    """By name whether it was seen, in `draft`, a plain answer, and in answers of its own.

    A probe that is refused or misunderstood means no; one that found the deployment busy or down means nothing.
    """
    seen = {"usage": draft.usage is not None, "reasoning": bool(draft.reasoning)}
    for name, request in PROBES.items():
        try:
            seen[name] = _shows(name, await ask(request, endpoint))
        except CompletionError as error:
            if not error.retryable:
                seen[name] = False
    try:
        seen["embeddings"] = bool(await embeddings.embed(["one"], endpoint, timeout=PATIENCE))
    except CompletionError as error:
        if not error.retryable:
            seen["embeddings"] = False
    return seen


def _shows(name: str, draft: Draft) -> bool:
    if name == "images":
        return "red" in draft.text.lower()
    try:
        if name == "tools":
            arguments = json.loads(next(each["function"]["arguments"] for each in draft.tool_calls))
            return isinstance(arguments["city"], str)
        return type(json.loads(draft.text)["sum"]) is int
    except (ValueError, KeyError, TypeError, StopIteration):
        return False
