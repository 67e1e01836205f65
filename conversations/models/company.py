"""What a company says on its own pages: one row, edited in the admin."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """Empty fields mean the product's own words."""

    name = models.CharField(
        _("name"), max_length=60, blank=True, help_text=_("Stands in the sidebar and in the window's title.")
    )
    welcome = models.CharField(_("welcome line"), max_length=120, blank=True, help_text=_("Heads an empty chat."))
    notice = models.CharField(
        _("notice"), max_length=200, blank=True, help_text=_("Stands under the message box: your policy in a sentence.")
    )
    notice_link = models.URLField(_("link of the notice"), blank=True, help_text=_("The policy itself."))
    banner = models.CharField(
        _("announcement"), max_length=300, blank=True, help_text=_("Stands above every conversation while it is set.")
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")

    def __str__(self) -> str:
        return self.name or str(_("Your company"))

    @classmethod
    def current(cls) -> "Company":
        """The one row, or an empty one that is not stored."""
        return cls.objects.first() or cls()
