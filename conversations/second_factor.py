"""A second factor: who must have one, and what allauth asks us about it. Its secrets are encrypted at rest."""

import logging
import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conversations.models import Company, User
from conversations.models.secrets import decrypt, encrypt

log = logging.getLogger(__name__)

OPEN = ("/accounts/", "/company", "/healthz", "/readyz")  # what setting one up, and signing out, needs


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        plain = decrypt(encrypted_text)
        if plain is None:
            log.error("The key of a second factor is lost: it opens nothing. Remove it on the person's page.")
            return "".join(secrets.choice("234567") for _ in range(32))  # nobody's: an empty one could be guessed
        return plain

    def build_totp_svg(self, url: str) -> str:
        """The picture as an element of the page, since the policy refuses data addresses."""
        import qrcode
        from qrcode.image.svg import SvgPathImage

        return str(qrcode.make(url, image_factory=SvgPathImage, border=2).to_string(encoding="unicode"))

    def get_totp_issuer(self) -> str:
        return Company.current().name or "chatapp"


def missing(person: User, session: Any) -> bool:
    """Must this person have a second factor, and has none?"""
    wanted = {"everybody": True, "staff": person.is_staff or person.is_superuser}.get(settings.MFA_REQUIRED, False)
    if not wanted or (not settings.MFA_WITH_OIDC and _by_provider(person, session)):
        return False
    return not is_mfa_enabled(person, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def _by_provider(person: User, session: Any) -> bool:
    records = get_authentication_records(SimpleNamespace(session=session), person)
    return any(each.get("method") == "socialaccount" for each in records)


def required(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send whoever must have a second factor to where it is set up, until there is one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.MFA_REQUIRED == "none" or not request.user.is_authenticated:
            return get_response(request)
        if missing(request.user, request.session):
            request.second_factor_missing = True  # type: ignore[attr-defined]  # for templates/mfa/index.html
            if not request.path.startswith(OPEN):
                return _set_up(request)
        return get_response(request)

    return middleware


def _set_up(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Redirect": reverse("mfa_index")})
    return redirect("mfa_index")
