"""What is asked of the provider's server: its discovery document, the tokens, its keys, and who the person is."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from conversations.oidc import claims, configured, tokens
from conversations.oidc.refused import Refused

UNREACHABLE = _("The identity provider cannot be reached, or does not answer as it should. Try again in a moment.")


class Client(OpenIDConnectOAuth2Adapter):
    """allauth's adapter for one sign-in; `nonce` is that of the attempt which comes back."""

    nonce = ""

    def __init__(self, request: HttpRequest, provider_id: str = "") -> None:
        super().__init__(request, provider_id or configured().issuer)

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_openid_config"):
            issuer = configured().issuer
            found = self.fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise Refused(UNREACHABLE, f"OIDC_ISSUER is {issuer!r}, its discovery says {found.get('issuer')!r}")
            missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - found.keys()
            if missing:
                raise Refused(UNREACHABLE, f"the discovery document has no {', '.join(sorted(missing))}")
            self._openid_config = found
        return self._openid_config

    def fetch(self, address: str, token: str = "", post: Any = None) -> dict[str, Any]:
        """The JSON object at `address`, as the person whose access `token` it is. Raises Refused."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with get_adapter().get_requests_session() as session:
                response = session.request("POST" if post else "GET", address, headers=headers, json=post)
                response.raise_for_status()
                found = response.json()
        except RequestException as error:
            raise Refused(UNREACHABLE, f"{address}: {error}") from error
        if not isinstance(found, dict):
            raise Refused(UNREACHABLE, f"{address}: this is no JSON object")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        said = self._claims(kwargs["response"].get("id_token"), token.token)
        login = self.get_provider().sociallogin_from_response(request, said)
        login.said = claims.read(said, configured(), lambda: self._groups(token.token))
        return login

    def _groups(self, access_token: str) -> list[str]:
        """Ids of all groups of the person, from Microsoft Graph. Raises Refused."""
        address = f"{configured().graph}/me/getMemberObjects"
        try:
            found = self.fetch(address, access_token, post={"securityEnabledOnly": False}).get("value")
        except Refused as refused:
            raise Refused(claims.TOO_MANY, f"groups overage: {refused}") from refused
        if not isinstance(found, list):
            raise Refused(claims.TOO_MANY, f"groups overage: {address} named none")
        return found

    def _claims(self, id_token: Any, access_token: str) -> dict[str, Any]:
        """What the provider says of the person. Where both say something, the signed token counts."""
        provider = configured()
        keys = self.fetch(self.openid_config["jwks_uri"])
        signed = tokens.verify(id_token, keys, issuer=provider.issuer, client_id=provider.client_id, nonce=self.nonce)
        address = self.openid_config.get("userinfo_endpoint")
        told = self.fetch(address, access_token) if address else {}
        if told and told.get("sub") != signed["sub"]:
            raise Refused(tokens.UNTRUSTED, "userinfo is about somebody else than the id token")
        return {**told, **signed}

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        address = reverse("oidc_callback")
        return f"{settings.PUBLIC_URL}{address}" if settings.PUBLIC_URL else request.build_absolute_uri(address)
