"""Addresses of the sockets."""

from django.urls import path

from conversations.consumers import ConversationConsumer

sockets = [path("ws/c/<uuid:conversation>/", ConversationConsumer.as_asgi())]
