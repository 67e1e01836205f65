"""The operations that are passed on as they come – completions, speech, images, audio to text – as values.

Only what the references fix is held here: types, ranges, choices. Members that nobody knows go to the deployment, which
may know them. Voices are its own.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

AUDIO = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")  # endings of a file's name

Share = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Text = Annotated[str, Meta(min_length=1)]
Tokens = list[int]
Count = Annotated[int, Meta(ge=1, le=128)]
TextFormat = Literal["json", "text", "srt", "verbose_json", "vtt"]


class CompletionRequest(Struct, kw_only=True):
    prompt: str | list[str | int | Tokens]
    model: Text | UnsetType = UNSET
    best_of: Annotated[int, Meta(ge=1, le=20)] | None = None
    echo: bool | None = False
    frequency_penalty: Penalty | None = 0
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    logprobs: Annotated[int, Meta(ge=0, le=5)] | None = None
    max_tokens: Annotated[int, Meta(ge=0)] | None = 16
    n: Count | None = 1
    presence_penalty: Penalty | None = 0
    seed: int | None = None
    stop: str | Annotated[list[str], Meta(max_length=4)] | None = None
    stream: bool | None = False
    stream_options: dict[str, Any] | None = None
    suffix: str | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = 1
    top_p: Share | None = 1
    user: str | None = None


class SpeechRequest(Struct, kw_only=True):
    input: Annotated[str, Meta(min_length=1, max_length=4096)]
    voice: Text | dict[str, Any]
    model: Text | UnsetType = UNSET
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] | None = "mp3"
    speed: Annotated[float, Meta(ge=0.25, le=4)] | None = 1.0


class ImageRequest(Struct, kw_only=True):
    """Beside the sizes and qualities of DALL·E those of its successors, whose prompts may be longer."""

    prompt: Annotated[str, Meta(min_length=1, max_length=32_000)]
    model: Text | UnsetType = UNSET
    n: Annotated[int, Meta(ge=1, le=10)] | None = 1
    size: (
        Literal["256x256", "512x512", "1024x1024", "1792x1024", "1024x1792", "1536x1024", "1024x1536", "auto"] | None
    ) = "1024x1024"
    quality: Literal["standard", "hd", "low", "medium", "high", "auto"] | None = "standard"
    style: Literal["vivid", "natural"] | None = "vivid"
    response_format: Literal["url", "b64_json"] | None = "url"
    stream: bool | None = False
    user: str | None = None


class TranslationRequest(Struct, kw_only=True):
    """The fields of the form, beside `file`."""

    model: Text | UnsetType = UNSET
    prompt: str | None = None
    response_format: TextFormat = "json"
    temperature: Share = 0


class TranscriptionRequest(TranslationRequest, kw_only=True):
    language: Annotated[str, Meta(min_length=2, max_length=16)] | None = None
    timestamp_granularities: list[Literal["word", "segment"]] | None = msgspec.field(
        name="timestamp_granularities[]", default=None
    )
    stream: bool = False
