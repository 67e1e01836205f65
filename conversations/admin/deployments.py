"""Deployments: what they are, how their last test went, and when they retire."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseInlineFormSet, ModelForm, Script
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.admin import trying
from conversations.admin.credentials import Credentials
from conversations.admin.deployment_form import DeploymentForm
from conversations.admin.ticking import Ticking
from conversations.models import Deployment, Price

APPLICATION = ("tenant_id", "client_id", "client_secret")


class LabelledLines(BaseInlineFormSet):
    """Lines of a table: its head names their fields for the eye alone."""

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = capfirst(str(field.label))


class PriceLines(admin.TabularInline):
    """Lines of the price list, newest first; what was charged by an old one stays as it was."""

    model = Price
    formset = LabelledLines
    extra = 0


@admin.register(Deployment)
class DeploymentAdmin(Ticking, Credentials):
    form = DeploymentForm
    inlines = (PriceLines,)
    list_display = ("title", "enabled", "test", "retires", "kind", "name", "endpoint", "signs_in", "sees")
    list_filter = ("kind", "authentication", "enabled")
    search_fields = ("name", "label", "endpoint")
    fieldsets = (
        (None, {"fields": ("name", "label", "kind", "endpoint")}),
        (
            _("Signing in"),
            {"fields": ("authentication", "key", *APPLICATION)},
        ),
        (_("Model"), {"fields": ("model", "api_version", "reasoning", "context_window")}),
        (_("Who may ask it"), {"fields": ("groups", "denied")}),
        (_("Use"), {"fields": ("position", "fallback", "retires_on", "enabled")}),
    )
    change_form_template = "admin/deployment.html"

    class Media:
        js = (Script("js/admin/busy.js", type="module"),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What replaces or removes a credential is asked where there is one."""
        if obj is None or not (obj.secrets or obj.key_lost):
            return self.fieldsets
        kept = ("authentication", "key", "remove_key", *APPLICATION, "store_untested")
        first, (title, _fields), *others = self.fieldsets
        return [first, (title, {"fields": kept}), *others]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.attempt)
        name = "conversations_deployment_try"
        return [path("<path:object_id>/try/", view, name=name), *super().get_urls()]

    def attempt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Test the stored deployment; its form shows how that went."""
        deployment = self.get_object(request, object_id)
        if deployment is None or not self.has_change_permission(request, deployment):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        trial = async_to_sync(trying.attempt)(deployment)
        deployment.tested(trial.plain(), trial.error, trial.capabilities)
        if trial.error:
            self.message_user(request, gettext("The test failed. Below is where, and what to do."), messages.ERROR)
        else:
            self.message_user(request, self._passed(deployment), messages.SUCCESS)
        return redirect("admin:conversations_deployment_change", deployment.pk)

    def _passed(self, deployment: Deployment) -> str:
        """That the test passed; and what new chats start with, if that is another one."""
        default = Deployment.objects.usable().first()
        if default is None or default == deployment or not deployment.enabled:
            return gettext("The test passed.")
        words = gettext("The test passed. New chats start with “%(name)s”: a lower position here changes that.")
        return words % {"name": default}

    def tried(self, request: HttpRequest, candidate: Deployment) -> str:
        trial = async_to_sync(trying.attempt)(candidate, look=False)
        return next((str(each["words"]) for each in trying.told(trial.plain()) if each["words"]), "")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        deployment = kwargs.get("obj")
        if deployment is not None:
            context["stages"] = trying.told(deployment.test_stages)
            context["seen"] = trying.seen(deployment.capabilities)
        if (form := context["adminform"].form).is_bound:
            form.ask_again()
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the form, where it can be tried: a mistyped one would answer everybody's next chat."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:conversations_deployment_change", obj.pk)

    @admin.display(description=_("signs in with"), ordering="authentication")
    def signs_in(self, deployment: Deployment) -> str:
        if deployment.kind == "offline":
            return ""
        if deployment.authentication == "managed_identity":
            return gettext("managed identity")
        if deployment.authentication == "entra":
            return gettext("application") if deployment.key else gettext("application, no secret")
        return gettext("key") if deployment.key else gettext("no key")

    @admin.display(description=_("last test"), ordering="tested_at")
    def test(self, deployment: Deployment) -> str:
        return render_to_string("admin/_tested.html", {"deployment": deployment})

    @admin.display(description=_("seen"))
    def sees(self, deployment: Deployment) -> str:
        return ", ".join(words for words, able in trying.seen(deployment.capabilities) if able)

    @admin.display(description=_("retires on"), ordering="retires_on")
    def retires(self, deployment: Deployment) -> str:
        return render_to_string("admin/_retires.html", {"deployment": deployment})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.dropped:
            words = _("It signs in elsewhere or as somebody else now, so what was stored was dropped. Enter it again.")
            messages.warning(request, words)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Disabled, not deleted, while a conversation refers to it."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.conversations.exists())
