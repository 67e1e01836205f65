"""Assistants as administrators see them: all of them, and who may ask them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.admin.ticking import Ticking
from conversations.models import Assistant
from conversations.views.assisting import AssistantForm


class GrantedAssistantForm(AssistantForm):
    class Meta(AssistantForm.Meta):
        fields = (*AssistantForm.Meta.fields, "groups", "denied", "owners", "position", "enabled")


@admin.register(Assistant)
class AssistantAdmin(Ticking):
    form = GrantedAssistantForm
    list_display = ("name", "deployment", "position", "enabled")
    list_select_related = ("deployment",)
    search_fields = ("name", "description")
    autocomplete_fields = ("owners",)
    fieldsets = (
        (None, {"fields": ("name", "description", "instructions")}),
        (_("Answering"), {"fields": ("deployment", "sources", "temperature", "top_p")}),
        (_("Who may ask it"), {"fields": ("groups", "denied", "owners")}),
        (_("Use"), {"fields": ("starters", "position", "enabled")}),
    )

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form saves it, with its instructions: they are rows of their own."""
        form.save()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its instructions go with it, whoever may delete prompts."""
        deleted, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            each.delete()
