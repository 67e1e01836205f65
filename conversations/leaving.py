"""Who signs out, is suspended or loses a grant loses it at once: sockets close, and running answers end."""

from typing import Any

from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_out
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from conversations import generation
from conversations.generation import publish
from conversations.models import Granted, User


@receiver(user_logged_out)
def close_sockets(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None and request.session.session_key:
        async_to_sync(publish.session_ended)(user.pk, request.session.session_key)


@receiver(post_save, sender=User)
def look_again(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    if created or set(update_fields or ()) == {"last_login"}:
        return
    transaction.on_commit(lambda: async_to_sync(publish.person_changed)(instance.pk))
    if not instance.is_active:
        transaction.on_commit(generation.revoke)


@receiver(m2m_changed)
def memberships_changed(sender: type[models.Model], action: str, **_: Any) -> None:
    if action.startswith("post_") and sender in _grants():
        transaction.on_commit(generation.revoke)


@receiver(post_delete, sender=Group)
def group_deleted(**_: Any) -> None:
    transaction.on_commit(generation.revoke)


def _grants() -> set[Any]:
    """The tables that say who is in which group, and what groups and owners may use."""
    granted = [model for model in apps.get_models() if issubclass(model, Granted)]
    relations = [field for model in granted for field in model._meta.many_to_many]
    return {field.remote_field.through for field in (*relations, User._meta.get_field("groups"))}
