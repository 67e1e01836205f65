"""Texts to vectors: the `embeddings` operation of a deployment, in batches, as the reference describes it."""

import asyncio
import base64
import binascii
import struct
from typing import Any

import msgspec

from conversations.completions import headers, identity, net
from conversations.completions.decoding import loads
from conversations.completions.endpoints import EMBEDDINGS, Endpoint, kind, signed_in
from conversations.completions.errors import BrokenOff, NotAStream, TimedOut, Unreachable
from conversations.completions.refusals import decoded, refusal

BATCH = 64  # texts a request; upstreams take up to 2,048, but limit the tokens of all
LARGEST = 32_000_000  # bytes of an answer
PATIENCE = 30.0  # seconds for one request

Vectors = list[list[float]]


async def embed(
    texts: list[str],
    endpoint: Endpoint,
    *,
    dimensions: int | None = None,
    input_type: str = "",
    timeout: float = PATIENCE,
) -> Vectors:
    """One vector a text, in their order, all of the same length. Raises CompletionError.

    `input_type` (“query” or “document”) is sent to model inference only, which knows it. `timeout`: seconds a batch.
    """
    found: Vectors = []
    for start in range(0, len(texts), BATCH):
        found += await _batch(texts[start : start + BATCH], endpoint, dimensions, input_type, timeout)
    if len({len(each) for each in found}) > 1:
        raise NotAStream("The vectors of one answer have different dimensions.")
    return found


async def _batch(texts: list[str], endpoint: Endpoint, dimensions: int | None, input_type: str, wait: float) -> Vectors:
    wire = kind(endpoint.kind)
    body: dict[str, Any] = {"input": texts, "model": endpoint.model, "encoding_format": "base64"}
    if endpoint.kind == "azure_inference":
        body["encoding_format"] = "float"
        if input_type:
            body["input_type"] = input_type
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
            hide=[*endpoint.secrets, *texts],
        )
    return _vectors(content, len(texts))


def _vectors(content: bytes, count: int) -> Vectors:
    """The vectors by their index; numbers, or base64 of little-endian float32."""
    try:
        data = loads(content)["data"]
        found = {int(each["index"]): _vector(each["embedding"]) for each in data}
        return [found[at] for at in range(count)]
    except (ValueError, KeyError, TypeError, RecursionError, struct.error, binascii.Error) as error:
        raise NotAStream("The answer is no list of embeddings.") from error


def _vector(given: Any) -> list[float]:
    if isinstance(given, str):
        packed = base64.b64decode(given, validate=True)
        return list(struct.unpack(f"<{len(packed) // 4}f", packed))
    if not given:
        raise ValueError("an empty vector")
    return [float(each) for each in given]
