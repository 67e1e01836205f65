"""The door of the served API: a key opens it for what it may do, every failure leaves in the official shape."""

import uuid
from collections.abc import Callable, Collection, Coroutine
from functools import wraps
from typing import Any

from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from conversations.api import rate
from conversations.api.errors import ApiError, told
from conversations.completions.decoding import loads
from conversations.models import ApiKey

CLIENTS_ID = "x-ms-client-request-id"  # sent back as it came
LONGEST_ID = 200  # characters
MISSING = (
    "There is no API key in this request. Send yours as “Authorization: Bearer …” or in the header “api-key”; "
    "keys are made on the page of your account."
)
PACKED = "The body came with the Content-Encoding “{coding}”, which is not taken here. Send it as it is."
UNKNOWN = "This API key is not known, has expired, or was revoked. Make a new one on the page of your account."


class ApiRequest(HttpRequest):
    """`key` opened the door. `data` is the JSON object of the body; empty where the door was told not to read it."""

    key: ApiKey
    data: dict[str, Any]
    request_id: str


View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def door(
    operation: str | None,
    *,
    methods: Collection[str] = ("POST",),
    json: bool = True,
    failed: Callable[[ApiError], HttpResponse] = ApiError.response,
) -> Callable[[View], View]:
    """For an async view of an `ApiRequest`, opened by keys that may do `operation`; None: by every key.

    `json`: the body of a POST must be a JSON object. Without it the body is the view's to read. Whatever the view
    raises becomes an error in the official shape, or in the one that `failed` gives it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        async def opened(request: ApiRequest, *args: Any, **facts: Any) -> HttpResponseBase:
            request.request_id = str(uuid.uuid4())
            left: dict[str, str] = {}
            try:
                request.key = await _key(request)
                _allowed(request, operation, methods)
                left = await rate.take(request.key)
                _unpacked(request)
                request.data = _object(request) if json and request.method == "POST" else {}
                response = await view(request, *args, **facts)
            except Exception as error:
                response = failed(told(error))
                if response.status_code == 405:
                    response.headers["Allow"] = ", ".join(methods)
            for name, value in left.items():
                response.headers[name] = value
            return _named(request, response)

        made: View = csrf_exempt(opened)
        return made

    return decorate


async def _key(request: HttpRequest) -> ApiKey:
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    given = request.headers.get("api-key", "").strip() or (bearer.strip() if scheme.lower() == "bearer" else "")
    if not given:
        raise ApiError(401, MISSING, code="missing_api_key")
    found = await database_sync_to_async(ApiKey.objects.find)(given)
    if found is None:
        raise ApiError(401, UNKNOWN, code="invalid_api_key")
    return found


def _allowed(request: ApiRequest, operation: str | None, methods: Collection[str]) -> None:
    if request.method not in methods:
        raise ApiError(
            405, f"This address takes {' or '.join(methods)}, not {request.method}.", code="method_not_allowed"
        )
    if operation and not request.key.may(operation):
        words = f"This API key may not be used for “{operation}”. Use another one, or make one that may."
        raise ApiError(403, words, type="permission_error", code="operation_not_allowed")


def _unpacked(request: HttpRequest) -> None:
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise ApiError(415, PACKED.format(coding=coding[:40]), code="unsupported_content_encoding")


def _object(request: HttpRequest) -> dict[str, Any]:
    try:
        found = loads(request.body, exact=True)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"The body of the request is no JSON: {error}"[:300], code="invalid_json") from error
    if not isinstance(found, dict):
        raise ApiError(400, "The body of the request must be a JSON object.", code="invalid_json")
    return found


def _named(request: ApiRequest, response: HttpResponseBase) -> HttpResponseBase:
    """With the names that logs and support go by, in all the spellings that clients look for."""
    for name in ("x-request-id", "apim-request-id"):
        response.headers[name] = request.request_id
    theirs = request.headers.get(CLIENTS_ID, "")
    if theirs and theirs.isascii() and theirs.isprintable():
        response.headers[CLIENTS_ID] = theirs[:LONGEST_ID]
    return response
