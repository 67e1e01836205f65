"""What is asked in JSON and passed on as it comes: completions, speech, images."""

from collections.abc import Callable
from typing import Any

import msgspec
from django.http.response import HttpResponseBase

from conversations.api import parameters
from conversations.api.door import ApiRequest, View, door
from conversations.api.relay import relay, route
from conversations.completions.endpoints import COMPLETIONS, IMAGES, SPEECH
from conversations.completions.media import CompletionRequest, ImageRequest, SpeechRequest
from conversations.models import Operation

Shape = type[CompletionRequest] | type[SpeechRequest] | type[ImageRequest]


def _passed(operation: str, shape: Shape, check: Callable[[Any], None] = lambda asked: None) -> View:
    """The view of an operation: the body is checked by `shape`, and sent on with its members as they are."""

    @door(Operation.OTHER)
    async def view(request: ApiRequest, deployment: str = "") -> HttpResponseBase:
        asked = parameters.convert(request.data, shape)
        check(asked)
        by = await route(request, operation, deployment, asked.model or None)
        body = msgspec.json.encode({**request.data, "model": by.model})
        return await relay(by, body, "application/json", hide=_words(request.data))

    return view


def _candidates(asked: CompletionRequest) -> None:
    """`best_of` answers are made and `n` of them returned, when all are there."""
    if asked.best_of is None:
        return
    if asked.best_of < (asked.n or 1):
        parameters.wrong("best_of", "must not be less than “n”.")
    if asked.stream and asked.best_of > 1:
        parameters.wrong("best_of", "cannot be streamed.")


def _words(data: dict[str, Any]) -> list[str]:
    said = [data.get("prompt"), data.get("input")]
    return [each for each in said if isinstance(each, str)]


completions = _passed(COMPLETIONS, CompletionRequest, _candidates)
speech = _passed(SPEECH, SpeechRequest)
images = _passed(IMAGES, ImageRequest)
