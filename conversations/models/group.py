"""What groups are beside Django's: an id elsewhere, memberships that were given, and deleting one lifts no limit."""

from collections.abc import Iterator
from typing import Any, Self

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.models.access import Granted, Reader
from conversations.models.budget import Budget
from conversations.models.retention import Retention


class ExternalGroupQuerySet(models.QuerySet["ExternalGroup"]):
    def held_by(self, reader: Reader) -> Self:
        """Those of this person's groups."""
        return self.filter(group__in=reader.groups)


class ExternalGroup(models.Model):
    group = models.OneToOneField(Group, models.CASCADE, related_name="external")
    external_id = models.CharField(
        _("external id"), max_length=200, unique=True, help_text=_("Such as the object id in Entra ID.")
    )

    objects = ExternalGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")

    def __str__(self) -> str:
        return self.external_id


class GivenMembership(models.Model):
    """A membership that an identity provider gave, and may take away again: all others are the administrators'."""

    membership = models.OneToOneField("conversations.User_groups", models.CASCADE, related_name="given")
    issuer = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.membership} by {self.issuer}"


NOBODY = "Nobody"  # the group of whom nobody is: what it is granted is its owners' alone


def nobody() -> Group:
    """Granted to this alone, a thing is its owners'; without any grant it would be everybody's."""
    return Group.objects.get_or_create(name=NOBODY)[0]


def readers(thing: Granted) -> list[str]:
    """Names of the groups that it is granted to, without the one of whom nobody is."""
    return [each.name for each in thing.groups.all() if each.name != NOBODY]


def needed(group: Group) -> list[str]:
    """Why this group must not be deleted, for administrators: what would change for its people, a sentence each."""
    if group.name == NOBODY:
        return [
            gettext("Without the group “%(name)s” all that is its owners' alone would be everybody's.")
            % {"name": group}
        ]
    if not group.user_set.exists():
        return []  # whatever it says, it says of nobody
    words = gettext(
        "“%(thing)s” (%(kind)s) is denied to this group. Allow it there, or take everybody out of the group."
    )
    reasons = [words % {"thing": each, "kind": each._meta.verbose_name} for each in _related(group, "denied")]
    if Retention.objects.filter(group=group).exists():
        reasons.append(
            gettext(
                "Conversations of its people are kept for as long as this group says. "
                "Remove its days, or take everybody out of the group."
            )
        )
    if Budget.objects.filter(group=group).exists():
        reasons.append(gettext("This group has a budget. Delete that first, or take everybody out of the group."))
    return reasons


def _related(group: Group, field: str) -> Iterator[Granted]:
    """Everything that is granted or denied to this group."""
    for model in apps.get_models():
        if issubclass(model, Granted):
            yield from model._default_manager.filter(**{field: group})


@receiver(pre_delete, sender=Group)
def close(instance: Group, **_: Any) -> None:
    """Without grants a thing is everybody's: what this group was granted is nobody's too. Raises ProtectedError.

    Whether others remain is not asked: they may be deleted with it, and beside them Nobody changes nothing.
    """
    if reasons := needed(instance):
        raise models.ProtectedError(" ".join(reasons), {instance})
    for each in _related(instance, "groups"):
        each.groups.add(nobody())
