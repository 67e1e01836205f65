"""Audio to text: a form with a file, which goes on while it comes; only what stands around the file is looked at."""

from collections.abc import AsyncGenerator
from email.message import Message
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase

from conversations.api import parameters
from conversations.api.door import ApiRequest, View, door
from conversations.api.errors import ApiError, too_large
from conversations.api.relay import relay, route
from conversations.api.unread import pieces
from conversations.completions.endpoints import TRANSCRIPTIONS, TRANSLATIONS
from conversations.completions.errors import CompletionError
from conversations.completions.media import AUDIO, TranscriptionRequest, TranslationRequest
from conversations.completions.multipart import Form, Malformed, Part, TooLarge, Writer
from conversations.models import Operation

Shape = type[TranslationRequest]
LISTS = "[]"  # the end of a field's name that may come several times
NO_FORM = "Send a form (multipart/form-data) with the audio in the field “file”."


def _audio(operation: str, shape: Shape) -> View:
    @door(Operation.OTHER, json=False)
    async def view(request: ApiRequest, deployment: str = "") -> HttpResponseBase:
        form = Form(pieces(request), _boundary(request), largest=settings.MAX_AUDIO)
        try:
            return await _pass(request, operation, deployment, form, shape)
        except (Malformed, TooLarge) as error:
            raise _told(error) from error
        finally:
            form.close()

    return view


async def _pass(request: ApiRequest, operation: str, deployment: str, form: Form, shape: Shape) -> HttpResponseBase:
    await form.begin()
    file = _file(form)
    asked = _fields(form, shape)
    if not deployment and not asked.model:  # it may stand after the file
        await form.put_aside()
        asked = _fields(form, shape)
    by = await route(request, operation, deployment, asked.model or None)
    writer, failed = Writer(), []

    async def written() -> AsyncGenerator[bytes, None]:
        """What is wrong after the file is found when most has been sent: then the connection is cut."""
        try:
            sent = len(form.fields)
            yield writer.fields([("model", by.model), *_others(form.fields)]) + writer.file(file)
            async for piece in form.content():
                yield piece
            _complete(_fields(form, shape))
            yield b"\r\n" + writer.fields(_others(form.fields[sent:])) + writer.end()
        except Exception as error:
            failed.append(error)
            raise

    try:
        return await relay(by, written(), writer.content_type, hide=[asked.prompt or ""])
    except CompletionError:
        if failed:
            raise failed[0] from None
        raise


def _fields(form: Form, shape: Shape) -> TranslationRequest:
    given: dict[str, Any] = {}
    for name, text in form.fields:
        if name.endswith(LISTS):
            given.setdefault(name, []).append(text)
        else:
            given[name] = text
    return parameters.convert(given, shape, strict=False)


def _complete(asked: TranslationRequest) -> None:
    """What can be told only once all fields have come."""
    timed = isinstance(asked, TranscriptionRequest) and asked.timestamp_granularities is not None
    if timed and asked.response_format != "verbose_json":
        parameters.wrong("timestamp_granularities[]", "needs the response_format “verbose_json”.")


def _file(form: Form) -> Part:
    if form.file is None or form.file.name != "file":
        raise _no_form()
    ending = PurePath(form.file.filename or "").suffix.lower().removeprefix(".")
    if ending not in AUDIO:
        words = f"must have a name that ends in one of: {', '.join(AUDIO)}."
        parameters.wrong("file", words, code="unsupported_format")
    return form.file


def _others(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in fields if name != "model"]


def _boundary(request: ApiRequest) -> bytes:
    said = Message()
    said["Content-Type"] = request.headers.get("Content-Type", "")
    boundary = said.get_param("boundary")
    if said.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary.isascii():
        raise _no_form()
    return boundary.encode()


def _no_form() -> ApiError:
    return ApiError(400, NO_FORM, param="file", code="missing_required_parameter")


def _told(error: Exception) -> ApiError:
    if isinstance(error, TooLarge):
        return too_large(settings.MAX_AUDIO)
    return ApiError(400, f"The form cannot be read: {error}.", code="invalid_form")


transcriptions = _audio(TRANSCRIPTIONS, TranscriptionRequest)
translations = _audio(TRANSLATIONS, TranslationRequest)
