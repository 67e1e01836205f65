"""The type of a request that somebody signed in made."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from conversations.models import User


class PersonRequest(HttpRequest):
    """`@login_required` vouches for the person, the middleware for `htmx`."""

    user: User
    htmx: HtmxDetails
