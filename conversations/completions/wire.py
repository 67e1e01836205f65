"""The chat-completions wire as values: strict in what we send, lenient in what we read (decoding.py).

Names are the wire's own (Azure OpenAI REST reference 2024-10-01-preview and OpenAI's API reference). What is
None is not sent, except where the wire wants its null.
"""

from typing import Any

import msgspec
from msgspec import Struct

SYSTEM = ("system", "developer")  # roles that speak for whoever runs the model

_encoder = msgspec.json.Encoder()


def _always(value: Any) -> Any:
    """A default that is sent all the same: msgspec omits plain defaults, but not those a factory makes."""
    return msgspec.field(default_factory=lambda: value)


class Message(Struct, omit_defaults=True, kw_only=True):
    role: str  # system, developer, user, assistant, tool, function
    content: str | list[dict[str, Any]] | None = None  # parts: text, image_url, input_audio, file, refusal
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    function_call: dict[str, Any] | None = None  # before there were tool_calls
    audio: dict[str, Any] | None = None  # the id of what the assistant said aloud before

    @property
    def text(self) -> str:
        """Its words, without what else may be among its parts."""
        if not isinstance(self.content, list):
            return self.content or ""
        said = (each.get("text") or each.get("refusal") for each in self.content)
        return "".join(each for each in said if isinstance(each, str))

    @property
    def images(self) -> int:
        """How many images are among its parts."""
        return sum(each.get("type") == "image_url" for each in self.content) if isinstance(self.content, list) else 0


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
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None  # voice and format of an answer that is said aloud
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    functions: list[dict[str, Any]] | None = None  # deprecated by tools, as function_call is by tool_choice
    function_call: str | dict[str, Any] | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    metadata: dict[str, Any] | None = None
    prediction: dict[str, Any] | None = None


class Delta(Struct, omit_defaults=True, kw_only=True, gc=False):
    role: str | None = None
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    function_call: dict[str, Any] | None = None
    reasoning_content: str | None = None  # DeepSeek, Azure AI model inference
    reasoning: str | None = None  # the same by another name (vLLM, OpenRouter)
    context: dict[str, Any] | None = None  # data_sources: citations, intent
    end_turn: bool | None = None
    audio: dict[str, Any] | None = None  # id, data (base64), transcript, format, expires_at (Unix time)

    @property
    def speaks(self) -> bool:
        """Is there a token in it? Many streams begin with a role alone, and then fall silent."""
        words = self.content or self.refusal or self.reasoning_content or self.reasoning
        return bool(words or self.tool_calls or self.function_call or self.audio)

    @property
    def length(self) -> int:
        """Bytes of what a model has written in it."""
        words = [self.content, self.refusal, self.reasoning_content or self.reasoning]
        called = [each.get("function") for each in self.tool_calls or ()] + [self.function_call]
        words += [each.get("arguments") for each in called if isinstance(each, dict)]
        return sum(len(each.encode()) for each in words if isinstance(each, str))


class Choice(Struct, omit_defaults=True, kw_only=True, gc=False):
    index: int = _always(0)
    delta: Delta | None = msgspec.field(default_factory=Delta)  # Azure's late filter results lack it
    message: Delta | None = None  # in an answer that is not streamed
    finish_reason: str | None = _always(None)
    logprobs: dict[str, Any] | None = None
    end_turn: bool | None = None  # data_sources: true in the last chunk
    content_filter_results: dict[str, Any] | None = None
    content_filter_offsets: dict[str, Any] | None = None
    verdicts: list[dict[str, Any]] | None = None  # ours, at the end: does each cited document say so?


class Usage(Struct, omit_defaults=True, kw_only=True, gc=False):
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


class Chunk(Struct, omit_defaults=True, kw_only=True, dict=True):
    id: str = _always("")
    object: str = _always("chat.completion.chunk")
    created: int = _always(0)  # Unix time, seconds
    model: str = _always("")
    choices: list[Choice] = msgspec.field(default_factory=lambda: [])  # empty in Azure's first chunk
    usage: Usage | None = None
    prompt_filter_results: list[dict[str, Any]] | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    error: Any = None

    @property
    def response(self) -> Facts | None:
        """On the first chunk of a stream. No field: no upstream can set it, and it is never sent on."""
        return self.__dict__.get("response")

    @response.setter
    def response(self, facts: Facts) -> None:
        self.__dict__["response"] = facts


def body(request: ChatRequest) -> bytes:
    """The request as JSON, without what is not set."""
    return _encoder.encode(request)


def plain(value: Struct) -> Any:
    """The value as dictionaries and lists, without what is not set."""
    return msgspec.to_builtins(value)
