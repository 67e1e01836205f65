"""Texts to vectors: the `embeddings` operation of a deployment, in batches, as the reference describes it."""

import asyncio
import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from conversations.completions import headers, identity, net
from conversations.completions.decoding import loads
from conversations.completions.endpoints import EMBEDDINGS, Endpoint, kind, signed_in
from conversations.completions.errors import BrokenOff, NotAStream, TimedOut, Unreachable
from conversations.completions.refusals import decoded, refusal

BATCH = 64  # texts a request; upstreams take up to 2,048, but limit the tokens of all
LARGEST = 32_000_000  # bytes of an answer
MANY = 1_000_000_000  # tokens; more is no count
PATIENCE = 30.0  # seconds for one request

Vectors = list[list[float]]
Text = str | list[int]  # or its tokens


async def embed(
    texts: Sequence[Text],
    endpoint: Endpoint,
    *,
    dimensions: int | None = None,
    input_type: str = "",
    user: str = "",
    timeout: float = PATIENCE,
    counted: Callable[[int], None] = lambda tokens: None,
) -> Vectors:
    """One vector a text, in their order, all of the same length. Raises CompletionError.

    `input_type` (“query” or “document”) is sent to model inference only, which knows it, `user` to all others.
    `timeout`: seconds a batch.
    `counted` is told the tokens of each batch that was answered; 0 if upstream did not say.
    """
    found: Vectors = []
    for start in range(0, len(texts), BATCH):
        vectors, tokens = await _batch(texts[start : start + BATCH], endpoint, dimensions, input_type, user, timeout)
        counted(tokens)
        found += vectors
    if len({len(each) for each in found}) > 1:
        raise NotAStream("The vectors of one answer have different dimensions.")
    return found


async def _batch(
    texts: Sequence[Text], endpoint: Endpoint, dimensions: int | None, input_type: str, user: str, wait: float
) -> tuple[Vectors, int]:
    wire = kind(endpoint.kind)
    body: dict[str, Any] = {"input": texts, "model": endpoint.model, "encoding_format": "base64"}
    if endpoint.kind == "azure_inference":
        body["encoding_format"] = "float"
        if input_type:
            body["input_type"] = input_type
    elif user:
        body["user"] = user
    if dimensions:
        body["dimensions"] = dimensions
    try:
        async with asyncio.timeout(wait):
            endpoint = await signed_in(endpoint)
            response = await net.send(
                wire.url(endpoint, EMBEDDINGS),
                wire.headers(endpoint),
                msgspec.json.encode(body),
                transport=wire.transport,
                reach=endpoint.reach,
            )
            try:
                content = await net.whole(response, LARGEST)
            finally:
                await response.aclose()
    except TimeoutError as error:
        raise TimedOut(f"No embeddings within {wait:g} seconds.", phase="first_token") from error
    except BrokenOff as error:
        raise Unreachable(str(error)) from error
    if response.status != 200:
        if response.status == 401:
            identity.forget(endpoint.identity)
        raise refusal(
            response.status,
            decoded(content),
            retry_after=headers.retry_after(response.headers),
            location=response.location,
            hide=[*endpoint.secrets, *(each for each in texts if isinstance(each, str))],
        )
    return _vectors(content, len(texts))


def _vectors(content: bytes, count: int) -> tuple[Vectors, int]:
    """The vectors by their index; numbers, or base64 of little-endian float32. And the tokens that they took."""
    try:
        said = loads(content)
        found = {int(each["index"]): _vector(each["embedding"]) for each in said["data"]}
        return [found[at] for at in range(count)], _tokens(said.get("usage"))
    except (ValueError, KeyError, TypeError, RecursionError, struct.error, binascii.Error) as error:
        raise NotAStream("The answer is no list of embeddings.") from error


def _tokens(usage: Any) -> int:
    given = usage.get("prompt_tokens", usage.get("total_tokens")) if isinstance(usage, dict) else None
    return given if isinstance(given, int) and 0 <= given < MANY else 0


def _vector(given: Any) -> list[float]:
    if isinstance(given, str):
        packed = base64.b64decode(given, validate=True)
        return list(struct.unpack(f"<{len(packed) // 4}f", packed))
    if not given:
        raise ValueError("an empty vector")
    return [float(each) for each in given]
