"""What a group is called elsewhere: the id by which an index's access filter knows it."""

from django.contrib.auth.models import Group
from django.db import models
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
