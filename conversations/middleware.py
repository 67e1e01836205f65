"""What follows a person from page to page: their language and time zone, and pages that no cache keeps."""

from collections.abc import Callable

from django import db
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from conversations.views.present import language_of, zone_of


def person(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the person's language and time zone around the view; mark the answer `no-store`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        accepted = request.headers.get("Accept-Language", "")
        someone = request.user
        zone = zone_of(someone if someone.is_authenticated else None, request.COOKIES.get("zone", ""))
        language = language_of(someone, accepted) if someone.is_authenticated else None
        with (
            translation.override(language or language_of(_Anybody, accepted)),
            timezone.override(zone),
        ):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        if response.streaming:  # somebody may take it in slowly, and others need the connection
            db.close_old_connections()
        patch_vary_headers(response, ["Accept-Language"])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


class _Anybody:
    language = ""
