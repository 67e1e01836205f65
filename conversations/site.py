"""The administrators' site: Django's, with a first page of ours, the page of usage, and pages grouped by purpose."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

# What is not named here comes last, under "More".
GROUPS = (
    (_("Answering"), ("Deployment", "DataSource", "Collection", "Document", "Assistant", "Prompt")),
    (_("People"), ("User", "Group", "Feature", "Budget", "ApiKey", "EmailAddress", "Company")),
    (_("Records"), ("Usage", "Feedback", "AuditEntry")),
)

# No pages of their own: the provider is the environment's to say, and what a person has is on the person's page.
HIDDEN = ("socialaccount", "mfa", "usersessions")


class Site(AdminSite):
    index_title = _("Overview")
    index_template = "admin/overview.html"
    enable_nav_sidebar = False  # the header is one

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Every page is one whose changes are written down, also those of other apps; some pages are not had at all."""
        from conversations.auditing.desk import Audited

        models: Any = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        own = admin_class or ModelAdmin
        audited = type(own.__name__, (Audited, own), {"__module__": own.__module__, "__doc__": own.__doc__})
        super().register([each for each in models if each._meta.app_label not in HIDDEN], audited, **options)

    # The pages are imported late: importing `conversations.admin` registers its models with this very site.
    def get_urls(self) -> list[URLResolver | URLPattern]:
        from conversations.admin import canary, reading, usage

        own = [
            path("canary/", self.admin_view(canary.page), name="canary"),
            path("usage/", self.admin_view(usage.page), name="usage"),
            path("usage/<str:what>.csv", self.admin_view(usage.table), name="usage_csv"),
        ]
        own += [
            path("people/<int:person>/conversations/", self.admin_view(reading.conversations), name="reading"),
            path(
                "people/<int:person>/conversations/<uuid:conversation>/",
                self.admin_view(reading.conversation),
                name="reading_one",
            ),
        ]
        return [*own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The product's one door; who is inside and no administrator is told so, and is shown the way back."""
        if request.user.is_authenticated and not self.has_permission(request):
            return render(request, "admin/not_yours.html", status=403)
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The product's one: it is throttled and written down."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from conversations.admin import health

        own = {"is_overview": True, **health.context(request)}
        return super().index(request, {**own, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models that this person may see: all by purpose, or those of one app as Django lists them."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        if request.user.has_perm("conversations.view_usage"):
            models["Usage"] = {"name": _("Usage"), "object_name": "Usage", "admin_url": reverse("admin:usage")}
        groups = [
            {"name": name, "app_label": name, "models": [models.pop(each) for each in members if each in models]}
            for name, members in GROUPS
        ]
        more = {"name": _("More"), "app_label": "more", "models": list(models.values())}
        return [each for each in (*groups, more) if each["models"]]
