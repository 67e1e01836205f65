"""Bodies that are made elsewhere as plain values, as types: what the OpenAPI document says of them is written once."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from conversations.completions.wire import Choice, Usage


class InnerError(Struct):
    code: str
    content_filter_result: dict[str, Any] | UnsetType = UNSET


class Error(Struct):
    """`innererror` and `status` only where a content filter refused something."""

    message: str
    type: str
    param: str | None
    code: str | None
    status: int | UnsetType = UNSET
    innererror: InnerError | UnsetType = UNSET


class ErrorResponse(Struct):
    error: Error


class InferenceError(Struct):
    code: str
    message: str
    target: str | UnsetType = UNSET
    innererror: InnerError | UnsetType = UNSET


class InferenceErrorResponse(Struct):
    """Of Azure AI model inference; its code is in the header x-ms-error-code too."""

    error: InferenceError


class ChatCompletion(Struct, kw_only=True):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | UnsetType = UNSET
    system_fingerprint: str | None = None
    service_tier: str | UnsetType = UNSET
    prompt_filter_results: list[dict[str, Any]] | UnsetType = UNSET


class Vector(Struct):
    """`embedding`: numbers, or little-endian float32 in base64."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(Struct):
    prompt_tokens: int
    total_tokens: int


class EmbeddingList(Struct):
    object: Literal["list"]
    data: list[Vector]
    model: str
    usage: EmbeddingUsage


class EmbeddingRequest(Struct, kw_only=True):
    input: str | list[str | int | list[int]]
    model: str | UnsetType = UNSET
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Meta(ge=1)] | None = None
    input_type: str | None = None
    user: str | None = None


class Model(Struct):
    """`capabilities` as far as a test has seen them."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    capabilities: dict[str, bool] | UnsetType = UNSET


class ModelList(Struct):
    object: Literal["list"]
    data: list[Model]


class CompletionChoice(Struct):
    text: str
    index: int
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None
    content_filter_results: dict[str, Any] | UnsetType = UNSET


class Completion(Struct):
    """Streamed, each event has this shape too."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: Usage | None = None
    prompt_filter_results: list[dict[str, Any]] | UnsetType = UNSET
    system_fingerprint: str | None = None


class Image(Struct):
    url: str | UnsetType = UNSET
    b64_json: str | UnsetType = UNSET
    revised_prompt: str | UnsetType = UNSET
    content_filter_results: dict[str, Any] | UnsetType = UNSET
    prompt_filter_results: dict[str, Any] | UnsetType = UNSET


class ImageList(Struct):
    created: int
    data: list[Image]
    usage: dict[str, Any] | UnsetType = UNSET


class Segment(Struct, kw_only=True):
    id: int
    seek: float
    start: float
    end: float
    text: str
    tokens: list[int]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float


class Word(Struct):
    word: str
    start: float
    end: float


class Transcript(Struct):
    """All but `text` and `usage` with response_format verbose_json."""

    text: str
    task: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    segments: list[Segment] | UnsetType = UNSET
    words: list[Word] | UnsetType = UNSET
    usage: dict[str, Any] | UnsetType = UNSET
