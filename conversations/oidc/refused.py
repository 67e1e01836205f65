"""Why a sign-in came to nothing: words for the person, and a detail for the log that no page shows."""

from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error


class Refused(OAuth2Error):
    """`why` is shown to the person; `detail` helps whoever administers the provider, and holds no secret."""

    def __init__(self, why: Any, detail: str) -> None:
        super().__init__(detail)
        self.why = why
