"""Embeddings: texts or tokens in, vectors out, as numbers or as base64."""

import base64
from typing import Any

import msgspec
import numpy as np
from django.http import HttpResponse
from msgspec import Struct

from conversations.answering.admission import admit
from conversations.api import parameters
from conversations.api.door import ApiRequest, door
from conversations.api.models import find_deployment
from conversations.completions import embeddings as upstream
from conversations.models import Call, Purpose

MOST = 2048  # texts of one request
LARGEST = 1_000_000  # dimensions
FORMATS = ("float", "base64")


class Body(Struct, forbid_unknown_fields=True):
    input: str | list[str | int | list[int]]
    model: str = ""
    encoding_format: str = "float"
    dimensions: int | None = None
    input_type: str = ""
    user: str = ""


@door("embeddings")
async def embeddings(request: ApiRequest, deployment: str | None = None) -> HttpResponse:
    """`deployment`: by Azure's addresses, in the path; otherwise it is the body's `model`."""
    asked = _read(request.data)
    name = deployment or asked.model
    if not name:
        parameters.wrong("model", "is missing.", code="missing_required_parameter")
    reader = request.key.reader()
    found = await find_deployment(reader, name, model=deployment is None)
    # Only the deployment itself: vectors of one that takes over for it would compare with nothing.
    candidate = (await admit(found, reader))[0]
    spent: list[int] = []
    try:
        vectors = await upstream.embed(
            _texts(asked.input),
            candidate.endpoint,
            dimensions=asked.dimensions,
            input_type=asked.input_type,
            user=asked.user,
            counted=spent.append,
        )
    finally:
        if spent:
            usage = {"prompt_tokens": sum(spent)} if any(spent) else {}
            await Call.note(Purpose.API, usage, reader=reader, deployment=candidate.pk)
    made = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": at, "embedding": _written(each, asked.encoding_format)}
            for at, each in enumerate(vectors)
        ],
        "model": candidate.endpoint.model,
        "usage": {"prompt_tokens": sum(spent), "total_tokens": sum(spent)},
    }
    # Millions of numbers: the standard library's JSON would hold everybody else up for seconds.
    return HttpResponse(msgspec.json.encode(made), content_type="application/json")


def _read(data: dict[str, Any]) -> Body:
    given = {name: value for name, value in data.items() if value is not None}
    if unknown := given.keys() - set(Body.__struct_fields__):
        parameters.wrong(min(unknown), "is not a parameter of embeddings.", code="unknown_parameter")
    if "input" not in given:
        parameters.wrong("input", "is missing.", code="missing_required_parameter")
    asked = parameters.convert(given, Body)
    if asked.encoding_format not in FORMATS:
        parameters.wrong("encoding_format", f"must be one of {', '.join(FORMATS)}.")
    if asked.dimensions is not None and not 1 <= asked.dimensions <= LARGEST:
        parameters.wrong("dimensions", f"must be from 1 to {LARGEST:,}.")
    return asked


def _texts(given: str | list[Any]) -> list[str] | list[list[int]]:
    """One text a vector: a string, strings, the tokens of one text, or those of several."""
    kinds = {type(each) for each in given} if isinstance(given, list) else {str}
    if not given or len(kinds) > 1 or any(each in ("", []) for each in given):
        parameters.wrong("input", "must be a text, a list of texts, or tokens, and none of them empty.")
    if isinstance(given, str):
        return [given]
    texts = [given] if kinds == {int} else given
    if len(texts) > MOST:
        parameters.wrong("input", f"may have up to {MOST:,} texts.")
    return texts


def _written(vector: list[float], form: str) -> list[float] | str:
    if form == "float":
        return vector
    return base64.b64encode(np.array(vector, dtype="<f4").tobytes()).decode()
