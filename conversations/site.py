"""The administrators' site: Django's, with a first page of ours, the page of usage, and pages grouped by purpose."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

# What is not named here comes last, under "More".
GROUPS = (
    (_("Answering"), ("Deployment", "DataSource", "Collection", "Document", "Prompt")),
    (_("People"), ("User", "Group", "Grant", "Budget", "ApiKey", "EmailAddress", "Company")),
    (_("Records"), ("Usage", "Feedback", "AuditEntry")),
)


class Site(AdminSite):
    index_title = _("Overview")
    index_template = "admin/overview.html"
    enable_nav_sidebar = False  # the header is one

    # The pages are imported late: importing `conversations.admin` registers its models with this very site.
    def get_urls(self) -> list[URLResolver | URLPattern]:
        from conversations.admin import usage

        own = [
            path("usage/", self.admin_view(usage.page), name="usage"),
            path("usage/<str:what>.csv", self.admin_view(usage.table), name="usage_csv"),
        ]
        return [*own, *super().get_urls()]

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
