"""Deployments: a key is written, never shown; it is dropped when the host it was meant for changes."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from conversations.admin import trying
from conversations.models import Deployment
from conversations.models.deployment import kinds


class DeploymentForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=kinds, initial="openai")
    key = forms.CharField(
        label=_("Key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
    )
    remove_key = forms.BooleanField(label=_("Remove the stored key"), required=False)

    class Meta:
        model = Deployment
        fields = (
            "name",
            "label",
            "kind",
            "endpoint",
            "key",
            "remove_key",
            "model",
            "api_version",
            "reasoning",
            "context_window",
            "fallback",
            "position",
            "enabled",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host_before = self.instance.host() if self.instance.pk else ""
        if self.instance.key_lost:
            words = _("The stored key cannot be decrypted any more: enter it again.")
        elif self.instance.key:
            words = _("A key is stored. Leave empty to keep it; it is dropped when the host changes.")
        else:
            words = _("No key is stored. A local server may need none.")
        self.fields["key"].help_text = words

    def save(self, commit: bool = True) -> Any:
        deployment: Deployment = super().save(commit=False)
        self.dropped = False
        if self.cleaned_data["key"]:
            deployment.set_key(self.cleaned_data["key"])
        elif self.cleaned_data["remove_key"]:
            deployment.set_key("")
        elif self.host_before and deployment.host() != self.host_before and deployment.key:
            # Otherwise whoever may edit the address could send the key to a server of their own.
            deployment.set_key("")
            self.dropped = True
        if commit:
            deployment.save()
        return deployment


@admin.register(Deployment)
class DeploymentAdmin(admin.ModelAdmin):
    form = DeploymentForm
    list_display = ("title", "name", "kind", "endpoint", "has_key", "position", "enabled")
    list_filter = ("kind", "enabled")
    search_fields = ("name", "label", "endpoint")
    fieldsets = (
        (None, {"fields": ("name", "label", "kind", "endpoint", ("key", "remove_key"))}),
        (_("Model"), {"fields": ("model", "api_version", "reasoning", "context_window")}),
        (_("Use"), {"fields": ("position", "fallback", "enabled")}),
    )

    change_form_template = "admin/deployment.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.attempt)
        name = "conversations_deployment_try"
        return [path("<path:object_id>/try/", view, name=name), *super().get_urls()]

    def attempt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask the stored deployment one question; the answer is a message on its form."""
        deployment = self.get_object(request, object_id)
        if deployment is None or not self.has_change_permission(request, deployment):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        trial = async_to_sync(trying.attempt)(deployment)
        self.message_user(request, trial.words, messages.SUCCESS if trial.works else messages.ERROR)
        return redirect("admin:conversations_deployment_change", deployment.pk)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the form, where it can be tried: a mistyped one would answer everybody's next chat."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:conversations_deployment_change", obj.pk)

    @admin.display(description=_("key"), boolean=True)
    def has_key(self, deployment: Deployment) -> bool:
        return bool(deployment.key)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.dropped:
            messages.warning(request, _("The host changed, so the stored key was dropped. Enter the key again."))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Disabled, not deleted, while a conversation refers to it."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.conversations.exists())
