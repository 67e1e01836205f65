"""What reaches no view of the API: addresses that are none, told only to those who have a key, and bad requests."""

import sys
from typing import NoReturn

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from conversations.api import is_api
from conversations.api.door import ApiRequest, door
from conversations.api.errors import SERVER, UNEXPECTED, ApiError, without_database
from conversations.outage import no_database
from conversations.views.unavailable import unavailable

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@door(None, methods=METHODS, json=False)
async def nothing(request: ApiRequest) -> NoReturn:
    raise ApiError(404, f"There is no {request.method} {request.path} here.", code="not_found")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before a view is reached, such as a wrong host: pages keep their page."""
    if is_api(request.path):
        return ApiError(400, "This server does not take such a request. Check its address.").response()
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The same for what broke before a view was reached, and for pages without a database."""
    if no_database(sys.exception()):
        return without_database().response() if is_api(request.path) else unavailable(request)
    return ApiError(500, UNEXPECTED, type=SERVER).response() if is_api(request.path) else defaults.server_error(request)
