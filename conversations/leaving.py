"""Who signs out, is suspended or has another password is told nothing more, in no tab of that browser."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from conversations.generation import publish
from conversations.models import User


@receiver(user_logged_out)
def close_sockets(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None and request.session.session_key:
        async_to_sync(publish.session_ended)(user.pk, request.session.session_key)


@receiver(post_save, sender=User)
def look_again(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if not created and set(update_fields or ()) != {"last_login"}:
        transaction.on_commit(lambda: async_to_sync(publish.person_changed)(instance.pk))
