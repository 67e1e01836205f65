"""Signing in and out and changing one's password, wherever it happens: Django and allauth tell."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest

from conversations.auditing.record import record
from conversations.models import User


@receiver(user_logged_in)
def signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    record(request, "sign-in", user, person=user, concerns=user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        record(request, "sign-out", user, person=user, concerns=user)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """What was typed is not kept: people type passwords into the wrong field. A person of that name is."""
    name = str(credentials.get("username") or credentials.get("email") or "")
    known = User.objects.filter(Q(username=name) | Q(email__iexact=name)).first() if name else None
    record(request, "sign-in.failed", known, concerns=known, note="" if known else "Nobody has this name.")


@receiver(password_changed)
@receiver(password_set)
@receiver(password_reset)
def password(request: HttpRequest, user: User, **_: Any) -> None:
    record(request, "password.change", user, person=user, concerns=user, changes={"password": "changed"})
