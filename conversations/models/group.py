"""What a group is called elsewhere: the id by which an index's access filter knows it."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _


class ExternalGroup(models.Model):
    group = models.OneToOneField(Group, models.CASCADE, related_name="external")
    external_id = models.CharField(
        _("external id"), max_length=200, unique=True, help_text=_("Such as the object id in Entra ID.")
    )

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")

    def __str__(self) -> str:
        return self.external_id


NOBODY = "Nobody"  # the group that is granted what a deleted one had alone


@receiver(pre_delete, sender=Group)
def close(instance: Group, **_: Any) -> None:
    """Without grants a source or collection is everybody's: what only this group had becomes nobody's instead."""
    from conversations.models.collection import Collection
    from conversations.models.data_source import DataSource

    for granted in (DataSource.objects.filter(groups=instance), Collection.objects.filter(groups=instance)):
        for each in granted:
            if not each.groups.exclude(pk=instance.pk).exists():
                each.groups.add(Group.objects.get_or_create(name=NOBODY)[0])
