"""To the provider and back."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from conversations.oidc import configured
from conversations.oidc.client import Client
from conversations.oidc.refused import Refused


@require_POST
@reauthentication_required(enabled=lambda request: request.user.is_authenticated, app="allauth.socialaccount")
def login(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; whoever is signed in connects their account with it instead."""
    provider = get_adapter(request).get_provider(request, configured().issuer)
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    try:
        return provider.redirect(request, process, get_next_redirect_url(request))
    except Refused as refused:
        return render_authentication_error(request, provider, exception=refused)


class Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """The provider sends the browser back here, with a code or an error."""
    configured()
    return Callback.adapter_view(Client(request))(request)
