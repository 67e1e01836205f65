"""The chat-completions wire as values: strict in what we send, lenient in what we read.

Names are the wire's own (Azure OpenAI REST reference 2024-10-01-preview and OpenAI's API reference). What is None
is not sent. When reading, unknown members are ignored, members may be null, and an odd type in a member costs
that member, not the stream.
"""

import json
from typing import Any

import msgspec
from msgspec import Struct


class Message(Struct, omit_defaults=True, kw_only=True):
    role: str
    content: str | list[dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None


class ChatRequest(Struct, omit_defaults=True, kw_only=True):
    messages: list[Message]
    model: str | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    n: int | None = None
    user: str | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: str | None = None


class Delta(Struct, omit_defaults=True, kw_only=True):
    role: str | None = None
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    reasoning_content: str | None = None  # DeepSeek, Azure AI model inference
    reasoning: str | None = None  # the same by another name (vLLM, OpenRouter)
    context: dict[str, Any] | None = None  # data_sources: citations, intent
    end_turn: bool | None = None


class Choice(Struct, omit_defaults=True, kw_only=True):
    index: int = 0
    delta: Delta | None = None  # Azure's late filter results come without one
    message: Delta | None = None  # in an answer that is not streamed
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None
    content_filter_results: dict[str, Any] | None = None
    content_filter_offsets: dict[str, Any] | None = None


class Usage(Struct, omit_defaults=True, kw_only=True):
    """Tokens."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: dict[str, Any] | None = None
    completion_tokens_details: dict[str, Any] | None = None


class Facts(Struct, frozen=True):
    """What the response's headers said; not part of the wire's JSON."""

    request_id: str = ""
    rate_limits: dict[str, str] = {}


class Chunk(Struct, omit_defaults=True, kw_only=True):
    id: str | None = None
    object: str | None = None
    created: int | None = None
    model: str | None = None
    choices: list[Choice] | None = None  # empty in Azure's first and in the usage chunk
    usage: Usage | None = None
    prompt_filter_results: list[dict[str, Any]] | None = None
    system_fingerprint: str | None = None
    error: Any = None
    response: Any = None  # Facts, on the first chunk of a stream


_chunks = msgspec.json.Decoder(Chunk)
_encoder = msgspec.json.Encoder()


def body(request: ChatRequest) -> bytes:
    """The request as JSON, without what is not set."""
    return _encoder.encode(request)


def plain(value: Struct) -> Any:
    """The value as dictionaries and lists, without what is not set."""
    return msgspec.to_builtins(value)


def read_chunk(data: str | bytes) -> Chunk:
    """The chunk in `data`; raises ValueError if it is no JSON object."""
    try:
        chunk = _chunks.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        # Rare: an odd type, or half a surrogate pair, which only the standard library's parser lets through.
        chunk = _lenient(json.loads(data))
    chunk.response = None  # ours, never the upstream's to set
    return chunk


def _lenient(value: Any) -> Chunk:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    choices = value.get("choices")
    chunk = _struct(Chunk, {k: v for k, v in value.items() if k not in {"choices", "usage"}})
    chunk.choices = [_choice(each) for each in _list(choices) if isinstance(each, dict)]
    if isinstance(value.get("usage"), dict):
        chunk.usage = _struct(Usage, value["usage"])
    return chunk


def _choice(value: dict[str, Any]) -> Choice:
    nested = {"delta", "message"}
    choice = _struct(Choice, {k: v for k, v in value.items() if k not in nested})
    for name in nested & value.keys():
        if isinstance(value[name], dict):
            setattr(choice, name, _struct(Delta, value[name]))
    return choice


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _struct(kind: Any, members: dict[str, Any]) -> Any:
    """A `kind` of those members whose types fit; the others keep their defaults."""
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    fitting = {}
    for name, member in members.items():
        if name in fields:
            try:
                fitting[name] = msgspec.convert(member, fields[name], strict=False)
            except msgspec.ValidationError:
                continue
    return kind(**fitting)
