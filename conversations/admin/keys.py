"""API keys of everybody: made for service accounts, seen, revoked; what opens a door is shown once and never again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.admin.ticking import Ticking
from conversations.auditing import record
from conversations.models import ApiKey, Operation


class ApiKeyForm(forms.ModelForm):
    operations = forms.MultipleChoiceField(
        label=_("May be used for"),
        choices=Operation.choices,
        initial=Operation.values,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(ApiKey)
class ApiKeyAdmin(Ticking):
    form = ApiKeyForm
    fields = ("owner", "name", "operations", "deployments", "sources", "expires", "rate", "budget")
    autocomplete_fields = ("owner",)
    list_display = ("name", "beginning", "owner", "expires", "last_used", "works")
    list_select_related = ("owner",)
    search_fields = ("name", "beginning", "owner__username")
    actions = ("revoke",)

    @admin.display(description=_("works"), boolean=True)
    def works(self, key: ApiKey) -> bool:
        return key.live and key.owner.is_active

    @admin.action(description=_("Revoke these keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for each in keys:
            each.revoke()
            record(request, "apikey.revoke", each, concerns=each.owner)
        messages.success(request, gettext("From now on they open nothing."))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("owner",) if obj else ()

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("owner",)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            obj.issue()

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The only page that shows the secret: it is in no message, cookie or session."""
        context = {**self.admin_site.each_context(request), "title": obj.name, "key": obj, "opts": self.opts}
        return TemplateResponse(request, "admin/key_made.html", context)
