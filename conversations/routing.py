"""Addresses of the sockets."""

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from conversations.consumers import ConversationConsumer

sockets = [
    path("ws/c/<uuid:conversation>/", ConversationConsumer.as_asgi()),
    re_path(r"", WebsocketDenier.as_asgi()),  # else an address that is none is an error of ours
]
