"""What allauth asks us: may people make accounts for themselves, and who is it?"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are made by administrators."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """What was typed is looked up once: trying it as a name and as an address takes longer if it is somebody's."""
        if credentials.get("email") == credentials.get("username"):
            del credentials["email"]
        return super().authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The name alone: allauth adds the host, whose port is whatever the browser says."""
        return str(credentials.get("username") or credentials.get("email") or "").lower()
