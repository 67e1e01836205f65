"""Who signs out is told nothing more, in no tab of that browser."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from conversations.generation import publish
from conversations.models import User


@receiver(user_logged_out)
def close_sockets(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None and request.session.session_key:
        async_to_sync(publish.session_ended)(user.pk, request.session.session_key)
