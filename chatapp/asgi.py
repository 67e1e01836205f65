"""The ASGI application: pages by Django, sockets by Channels, start and end of the process by `lifespan`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
pages = get_asgi_application()  # before anything that imports models

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter

from chatapp.lifespan import lifespan
from chatapp.limits import limit_body
from chatapp.origins import from_our_pages
from chatapp.sockets import come_again
from conversations.api.unread import leave_unread
from conversations.routing import sockets

application = ProtocolTypeRouter(
    {
        "http": limit_body(leave_unread(pages)),
        "websocket": from_our_pages(come_again(AuthMiddlewareStack(URLRouter(sockets)))),
        "lifespan": lifespan,
    }
)
