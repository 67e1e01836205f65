"""A new credential is tried before it replaces the one that works; what fails is stored only if its box is ticked.

It is tried before the page's transaction begins: on SQLite nobody else could write while it waits for an answer.
Answers that are being written keep the one they began with.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CredentialForm(forms.ModelForm):
    """`refused`: what went wrong with the credential that was sent; set by the page."""

    refused = ""
    store_untested = forms.BooleanField(
        label=gettext_lazy("Store it even if its test fails"),
        required=False,
        help_text=gettext_lazy("A new key or secret is tried before it replaces the one that is stored."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refused:
            words = _("It was tried and failed; what was stored stays: %(why)s Enter it again, or store it untested.")
            given = [name for name in self.credentials() if data.get(name)]
            self.add_error(given[0] if given else None, words % {"why": self.refused})
        return data

    def credentials(self) -> list[str]:
        """Names of the fields that take secrets."""
        return [name for name, field in self.fields.items() if isinstance(field.widget, forms.PasswordInput)]


class Credentials(admin.ModelAdmin):
    """For something with `secrets`, whose form is a CredentialForm.

    `tried(request, candidate)` says in words why the unsaved candidate does not work; empty if it does.
    """

    tried: ClassVar[Any]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and object_id:
            request.refused_credential = self._refused(request, object_id)  # type: ignore[attr-defined]  # for `get_form`
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.refused = getattr(request, "refused_credential", "")
        return form

    def _refused(self, request: HttpRequest, object_id: str) -> str:
        stored: Any = self.get_object(request, unquote(object_id))
        if stored is None or not stored.secrets or not self.has_change_permission(request, stored):
            return ""
        before = dict(stored.secrets)
        form = self.get_form(request, stored, change=True)(request.POST, request.FILES, instance=stored)
        if not form.is_valid() or form.cleaned_data["store_untested"]:
            return ""
        candidate = form.save(commit=False)
        replaced = any(value != before.get(pointer, value) for pointer, value in candidate.secrets.items())
        return str(self.tried(request, candidate)) if replaced else ""
