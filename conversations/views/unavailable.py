"""The page that is shown while the database is away: made without it, and without anything that could need it."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from conversations.models import Company
from conversations.outage import SOON
from conversations.views.present import language_of


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, in the browser's language, since a person's own is not known; scripts take it for an outage, not a page."""
    with translation.override(language_of(SimpleNamespace(language=""), request.headers.get("Accept-Language", ""))):
        words = render_to_string("503.html", {"company": Company()})
    return HttpResponse(words, status=503, headers={"Retry-After": str(int(SOON)), "Cache-Control": "no-store"})
