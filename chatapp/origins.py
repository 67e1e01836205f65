"""Whose pages may open our sockets: our own alone, by scheme, host and port.

Cookies know no ports, and a socket no proof of a form: what else is served on the same host is somebody else's.
"""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from conversations.api.unread import Application, Receive, Send


def from_our_pages(inner: Application) -> Application:
    async def application(scope: Any, receive: Receive, send: Send) -> None:
        said = dict(scope["headers"])
        origin, host = (said.get(name, b"").decode("latin-1").lower() for name in (b"origin", b"host"))
        may = inner if _ours(origin, host) else WebsocketDenier()
        await may(scope, receive, send)

    return application


def _ours(origin: str, host: str) -> bool:
    """By PUBLIC_URL, which a proxy may not pass on as the host; elsewhere, as on loopback, by what was asked for."""
    public = settings.PUBLIC_URL.lower()
    name, _ = split_domain_port(host)
    if origin == public or name == urlsplit(public).hostname:
        return bool(public) and origin == public
    return validate_host(name, settings.ALLOWED_HOSTS) and origin in (f"http://{host}", f"https://{host}")
