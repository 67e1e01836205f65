"""Where a person is signed in: noticed now and then, listed in words, ended with the sockets of that browser."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from conversations.generation import publish
from conversations.requests import PersonRequest

SEEN = 300  # seconds between two notes of when and where a session was seen

# The first that is found: most browsers also name those whose pages they want to be sent.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"Windows", "Windows"),
    (r"Android", "Android"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Mac OS X", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux", "Linux"),
)


class Adapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them, and close what is open in those browsers."""
        for session in sessions:
            session.end()
            async_to_sync(publish.session_ended)(session.user_id, session.session_key)


def seen(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Note when and where each session was seen, at most every SEEN seconds: no write for each page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.session.session_key if request.user.is_authenticated else None
        if key and cache.add(f"seen:{key}", True, SEEN):
            UserSession.objects.create_from_request(request)
        return get_response(request)

    return middleware


def listed(request: PersonRequest) -> list[UserSession]:
    """This person's sessions, this one first, each with `device` and `here`."""
    found: list[Any] = UserSession.objects.purge_and_list(request.user)
    for each in found:
        each.here = each.session_key == request.session.session_key
        each.device = device(each.user_agent)
    return sorted(found, key=lambda each: (not each.here, -each.last_seen_at.timestamp()))


def device(agent: str) -> str:
    """Browser and system in words people know, as far as the browser says."""
    names = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return " · ".join(name for name in names if name) or gettext("Unknown browser")


def _first(table: Iterable[tuple[str, str]], agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, agent)), "")
