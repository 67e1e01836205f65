"""Signing in through the company's identity provider (OpenID Connect): allauth's flow, with what it leaves unchecked.

A person is issuer and subject. One provider, described by the environment (`settings.OIDC`), never by the database.
"""

from typing import Any

from django.conf import settings
from django.http import Http404


def configured() -> Any:
    """The provider of `settings.OIDC`; raises Http404 where there is none, as its addresses are none then."""
    if settings.OIDC is None:
        raise Http404
    return settings.OIDC
