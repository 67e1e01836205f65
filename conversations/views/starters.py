"""The field of starters: questions that an empty chat offers, one a line, of assistants and of data sources."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models.assistant import MOST_STARTERS

LONGEST = 200  # characters of one


class StartersField(forms.CharField):
    """Its value is a list of questions."""

    def __init__(self, **options: Any) -> None:
        usual = {
            "label": gettext_lazy("Starters"),
            "required": False,
            "widget": forms.Textarea(attrs={"rows": MOST_STARTERS, "dir": "auto"}),
            "help_text": gettext_lazy("Up to three questions that an empty chat offers, one a line."),
        }
        super().__init__(**{**usual, **options})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        lines = [" ".join(each.split()) for each in super().clean(value).splitlines() if each.strip()]
        if len(lines) > MOST_STARTERS:
            raise ValidationError(_("Write at most three questions, one a line."))
        if any(len(each) > LONGEST for each in lines):
            raise ValidationError(_("A question of at most 200 characters each."))
        return lines
