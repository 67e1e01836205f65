"""What allauth asks us about somebody whom the provider vouches for: is it one of ours, and may it become one?"""

import functools
import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from requests import Session

from conversations.models import User
from conversations.oidc import configured
from conversations.oidc.giving import give_and_take

log = logging.getLogger(__name__)

PATIENCE = 10  # seconds for each request to the provider


class Adapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The environment's one; a row of the database could name anybody's server."""
        known = settings.OIDC
        if known is None or provider not in (None, "oidc", known.issuer) or client_id not in (None, known.client_id):
            return []
        options = {"server_url": known.issuer, "scope": list(known.scopes), "oauth_pkce_enabled": True}
        return [
            SocialApp(
                provider="oidc",
                provider_id=known.issuer,
                name=known.name,
                client_id=known.client_id,
                secret=known.client_secret,
                settings=options,
            )
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Who is known gets their groups. Somebody new comes in if accounts are made and nobody has the address."""
        sociallogin.token = None  # it has served, and is kept nowhere
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        if sociallogin.is_existing:
            if sociallogin.user.is_active:
                give_and_take(sociallogin.user, sociallogin.said, configured().issuer)
            return
        email = sociallogin.user.email
        if email and known_by(email):
            self._stop(request, "clash", 409, email=email)
        if not configured().new_people:
            self._stop(request, "unknown", 403)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        person: User = super().save_user(request, sociallogin, form)
        give_and_take(person, sociallogin.said, configured().issuer)
        return person

    def _stop(self, request: HttpRequest, page: str, status: int, **context: Any) -> None:
        context |= {"provider": configured(), "passwords": settings.PASSWORDS}
        raise ImmediateHttpResponse(render(request, f"socialaccount/{page}.html", context, status=status))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return bool(configured().new_people)

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """By a verified address, if the provider is trusted that far, and never who is somebody of it already."""
        if not configured().link_by_email:
            return None
        for address in sociallogin.email_addresses:
            people = known_by(address.email) if address.verified else []
            if len(people) == 1 and not SocialAccount.objects.filter(user=people[0]).exists():
                return people[0], address.email
        return None

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("account")

    def get_requests_session(self) -> Session:
        """Requests that go where they were sent: no redirects, no credentials of this machine's `.netrc`."""
        session = Session()
        session.max_redirects = 0
        session.auth = _nothing_added
        session.request = functools.partial(session.request, timeout=PATIENCE)  # type: ignore[method-assign]  # for all
        return session

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        told = {name: request.GET[name][:200] for name in ("error", "error_description") if name in request.GET}
        log.warning("Signing in through %s failed: %s", configured().issuer, exception or told or "no such attempt")


def known_by(email: str) -> list[User]:
    """Everybody who could be meant by this address: people, not programs."""
    linked = EmailAddress.objects.filter(email__iexact=email).values("user")
    known = Q(email__iexact=email) | Q(username__iexact=email) | Q(pk__in=linked)
    return list(User.objects.filter(known, service=False))


def _nothing_added(request: Any) -> Any:
    return request
