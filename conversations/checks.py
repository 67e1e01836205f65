"""Settings that would lose or leak something are refused before the server starts, with what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def public_server(**_: Any) -> list[CheckMessage]:
    """`check --deploy`: what a server that others reach must not do."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Unset DEBUG.", id="conversations.E001"))
    if not settings.PUBLIC_URL.startswith("https://"):
        found.append(
            Error(
                "PUBLIC_URL is no https address.",
                hint="Set PUBLIC_URL=https://… to the address people type.",
                id="conversations.E002",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("Every host name is accepted.", id="conversations.E003"))
    return found


@register
def layer_between_processes(**_: Any) -> list[CheckMessage]:
    """PostgreSQL suggests several processes; without Redis they cannot tell each other anything."""
    if settings.DATABASE_URL and not settings.REDIS_URL:
        return [
            Warning(
                "There is no layer between processes.",
                hint="Set REDIS_URL, or run exactly one process.",
                id="conversations.W001",
            )
        ]
    return []
