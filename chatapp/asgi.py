"""The ASGI application: pages by Django, sockets by Channels, start and end of the process by `lifespan`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
pages = get_asgi_application()  # before anything that imports models

from channels.auth import AuthMiddlewareStack  # noqa: E402  Django must be set up first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from chatapp.lifespan import lifespan  # noqa: E402
from chatapp.limits import limit_body  # noqa: E402
from conversations.routing import sockets  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": limit_body(pages),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets))),
        "lifespan": lifespan,
    }
)
