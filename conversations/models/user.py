"""The person who signs in, with the choices that follow them from page to page."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Feature, Reader


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone named “%(name)s”."), params={"name": name})


class User(AbstractUser):
    """`is_active` off means suspended: no page, socket or key works, and running answers are theirs no more."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: what the browser asks for."),
    )
    theme = models.CharField(_("theme"), max_length=8, blank=True, choices=Theme)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[check_time_zone],
        help_text=_("Empty: what the browser says."),
    )
    service = models.BooleanField(
        _("service account"),
        default=False,
        help_text=_("A program, not a person: it has API keys and grants, and cannot sign in."),
    )
    demo = models.BooleanField(
        _("demo person"),
        default=False,
        editable=False,
        help_text=_("Made by the demo; may sign in with one click on loopback."),
    )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A program has no password, whatever a form set."""
        if self.service and self.has_usable_password():
            self.set_unusable_password()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = str(self).replace(".", " ").replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()

    def reader(self) -> Reader:
        """This person as a value for queries."""
        return Reader(user_id=self.pk)

    def may(self, feature: Feature.Name) -> bool:
        """Is this feature of the product theirs to use?"""
        return Feature.objects.granted(self.reader()).filter(name=feature).exists()
