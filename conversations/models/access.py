"""On whose behalf something is read, and what it takes to be granted: the one place that decides who may use what.

A reader is a value that every query carries, so that permission is part of it.
"""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Reader:
    user_id: int
    key_id: int | None = None  # of the API key that is used on their behalf: it may name some things and no others

    @property
    def groups(self) -> models.QuerySet[Any, Any]:
        """The ids of their groups, as a subquery: it is today's membership that counts, not the one of an hour ago."""
        membership: Any = get_user_model()._meta.get_field("groups")
        return membership.remote_field.through.objects.filter(user=self.user_id).values("group")


M = TypeVar("M", bound=models.Model)


class GrantedQuerySet(models.QuerySet[M]):
    def granted(self, reader: Reader) -> Self:
        """What this person may use: granted to a group of theirs, or to nobody in particular; and denied to none.

        Nothing at all for somebody who is suspended: the row decides about that, whenever the reader was made.
        """
        return self._undenied(reader).filter(self._allowed(reader), self._named(reader))

    def _undenied(self, reader: Reader) -> Self:
        person = models.Exists(get_user_model().objects.filter(pk=reader.user_id, is_active=True))
        return self.filter(person, ~self._grants("denied", group__in=reader.groups))

    def _allowed(self, reader: Reader) -> Any:
        return ~self._grants("groups") | self._grants("groups", group__in=reader.groups)

    def _named(self, reader: Reader) -> Any:
        """Of a kind that an API key can name: those that the reader's key names, or all if it never named any."""
        relations: Any = apps.get_model("conversations", "ApiKey")._meta.many_to_many
        relation = next((each for each in relations if each.related_model is self.model), None)
        if reader.key_id is None or relation is None:
            return models.Q()
        unlimited = relation.model.objects.filter(pk=reader.key_id, **{f"{relation.name}_named": False})
        named = relation.remote_field.through.objects.filter(apikey=reader.key_id)
        mine = {relation.m2m_reverse_field_name(): models.OuterRef("pk")}
        return models.Exists(unlimited) | models.Exists(named.filter(**mine))

    def _grants(self, field: str, **of: Any) -> models.Exists:
        """Is there a row of this relation, such as one `of` these groups?"""
        relation: Any = self.model._meta.get_field(field)
        mine = {f"{relation.m2m_field_name()}_id": models.OuterRef("pk")}
        return models.Exists(relation.remote_field.through.objects.filter(**mine, **of))


class OwnedQuerySet(GrantedQuerySet[M]):
    """Owners need no grant."""

    def owned_by(self, reader: Reader) -> Self:
        """What this person manages without being an administrator; a denial wins over owning it too."""
        return self._undenied(reader).filter(self._grants("owners", user=reader.user_id))

    def _allowed(self, reader: Reader) -> Any:
        return super()._allowed(reader) | self._grants("owners", user=reader.user_id)


class Granted(models.Model):
    """Something that groups are granted, or denied. Without grants it is everybody's; a denial wins over any grant."""

    groups = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("groups"), help_text=_("Who may use it. None: everybody.")
    )
    denied = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("denied groups"),
        help_text=_("Who is in one of these may not use it, whatever other groups they are in."),
    )

    class Meta:
        abstract = True


class Owned(Granted):
    """Something that people manage without being administrators."""

    owners = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("owners"),
        help_text=_("They manage it without being administrators."),
    )

    class Meta:
        abstract = True


class Feature(Granted):
    """Something that the product can do, granted or denied like everything else."""

    class Name(models.TextChoices):
        UPLOAD = "upload", _("Attach files to a question")
        ASSISTANTS = "assistants", _("Make assistants of one's own")
        KEYS = "keys", _("Make API keys")
        SHARING = "sharing", _("Share conversations with colleagues")

    name = models.CharField(_("name"), max_length=32, unique=True, choices=Name, editable=False)

    objects = GrantedQuerySet["Feature"].as_manager()

    class Meta:
        verbose_name = _("feature")
        verbose_name_plural = _("features")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_name_display())

    @classmethod
    def people(cls, name: "Feature.Name") -> "models.QuerySet[Any]":
        """Everybody who may use it, for queries about others than the reader; `User.may` says the same of one."""
        mine = {"feature__name": name, "group__user": models.OuterRef("pk")}
        granted, denied = cls.groups.through.objects, cls.denied.through.objects
        allowed = ~models.Exists(granted.filter(feature__name=name)) | models.Exists(granted.filter(**mine))
        return get_user_model().objects.filter(allowed, ~models.Exists(denied.filter(**mine)), is_active=True)

    @classmethod
    def complete(cls, **_: Any) -> None:
        """Make the rows that are missing, so that an administrator finds each feature."""
        for name in cls.Name:
            cls.objects.get_or_create(name=name)


__all__ = ["Feature", "Granted", "GrantedQuerySet", "Owned", "OwnedQuerySet", "Reader"]
