"""System prompts: the text is edited as one, and kept as versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.admin.ticking import Ticking
from conversations.models import Prompt


class PromptForm(forms.ModelForm):
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea,
        help_text=_("{{name}} is a variable. Saving a change makes a new version."),
    )

    class Meta:
        model = Prompt
        fields = ("name", "owner", "groups", "denied")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = self.instance.latest if self.instance.pk else None
        self.fields["text"].initial = latest.text if latest else ""


@admin.register(Prompt)
class PromptAdmin(Ticking):
    form = PromptForm
    list_display = ("name", "owner")
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        obj.write(form.cleaned_data["text"])
