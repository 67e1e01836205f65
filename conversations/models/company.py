"""What a company says on its own pages: one row, edited in the admin."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models import colours
from conversations.models.stored import PICTURES

LOGOS = {**PICTURES, "jpg": "image/jpeg", "webp": "image/webp"}  # the last two: kept as they came, before 0.1.0


def check_accent(colour: str) -> None:
    """A colour that text and buttons can have: read well on white; a lighter shade is made for dark pages."""
    if not colours.is_colour(colour.lower()):
        raise ValidationError(_("Enter a colour as # and six digits from 0 to f, such as #0a6874."))
    colour = colour.lower()
    if (reached := colours.worst(colour, colours.LIGHT[:2])) < colours.ENOUGH:
        better = colours.readable(colour, colours.LIGHT[:2], towards=colours.BLACK)
        words = _(
            "Text in this colour is hard to read: its contrast is %(reached)s, and 4.5 is needed. Try %(better)s."
        )
        raise ValidationError(words, params={"reached": f"{reached:.1f}", "better": better})


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
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, such as EUR."))],
        help_text=_("Of all prices, by its ISO code. A change renames amounts; it converts nothing."),
    )
    retention_days = models.PositiveIntegerField(
        _("days that conversations are kept"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "After so many days without a question or answer they are deleted for good, with their files; also pinned "
            "and archived ones. Groups may have days of their own: then the longest of a person's groups counts. "
            "Empty: they are kept."
        ),
    )
    tell_of_reading = models.BooleanField(
        _("tell people who read their conversations"),
        default=True,
        help_text=_("On their account page, with the reason. While it is off they see none, also not earlier ones."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[check_accent],
        help_text=_("Of links and buttons, such as #0a6874. Dark pages get a lighter shade of it. Empty: ours."),
    )
    # Small, so in the row: every process has it, and it is in every backup. Read by the page of the logo alone.
    logo = models.BinaryField(_("logo"), null=True, editable=False)
    logo_name = models.CharField(max_length=40, blank=True, editable=False, help_text="Made from its content.")

    audited = ("logo_name",)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")

    def __str__(self) -> str:
        return self.name or str(_("Your company"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.accent = self.accent.lower()
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Company":
        """The one row, or an empty one that is not stored."""
        return cls.objects.defer("logo").first() or cls()

    def set_logo(self, kind: str, content: bytes) -> None:
        """Take this picture, a kind of PICTURES; it gets a new name, so that what browsers keep is never an old one."""
        self.logo = content
        self.logo_name = f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}"

    def remove_logo(self) -> None:
        self.logo, self.logo_name = None, ""

    @property
    def logo_type(self) -> str:
        """The content type it is served with, whatever its uploader called it."""
        return LOGOS[self.logo_name.rpartition(".")[2]]

    def style_sheet(self) -> str:
        """The palette's steps in the company's colour; nothing while it has none."""
        if not colours.is_colour(self.accent):
            return ""
        steps = colours.shades(self.accent).items()
        lines = "".join(f" --brand-{step}: light-dark({light}, {dark});" for step, (light, dark) in steps)
        return f"@layer tokens {{ :root {{{lines} }} }}\n"

    @property
    def style_mark(self) -> str:
        """Changes with the style sheet: part of its address."""
        return hashlib.sha256(self.style_sheet().encode()).hexdigest()[:12]
