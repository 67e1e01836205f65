"""Data sources: forms by type, import and export of the wire's JSON, a test in stages, a playground, what was cited."""

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from conversations.admin import source_import, source_question
from conversations.admin.credentials import Credentials
from conversations.admin.proofs import Proofs
from conversations.admin.source_fields import SECTIONS
from conversations.admin.source_form import PLAIN, READERS, USE, DataSourceForm, our_deployments
from conversations.admin.ticking import Ticking
from conversations.answering import source_test
from conversations.auditing import changing
from conversations.models import DataSource
from conversations.models.cited import cited
from conversations.models.group import readers
from conversations.requests import PersonRequest

LIST = "admin:conversations_datasource_changelist"
CHANGE = "admin:conversations_datasource_change"


@admin.register(DataSource)
class DataSourceAdmin(Ticking, Credentials, Proofs):
    form = DataSourceForm
    list_display = ("name", "test", "type", "readers", "on_by_default", "enabled")
    list_filter = ("type", "enabled")
    search_fields = ("name", "description")
    actions = ("export",)
    change_list_template = "admin/sources.html"
    change_form_template = "admin/source.html"

    class Media:
        js = (Script("js/admin/busy.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"conversations_datasource_{name}")

        return [
            own("import/", self.take_in, "import"),
            own("map/", self.map, "map"),
            own("<int:pk>/try/", self.attempt, "try"),
            own("<int:pk>/ask/", self.ask, "ask"),
            own("<int:pk>/export/", self.hand_out, "export"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = [(title, {"fields": list(fields)}) for title, fields in SECTIONS]
        if obj and obj.secrets:
            sections[1][1]["fields"] += ["store_untested", "remove_secrets"]
        return [
            (None, {"fields": PLAIN}),
            *sections,
            (_("Who may ask it"), {"fields": READERS}),
            (_("Use"), {"fields": USE}),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataSource]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("last test"), ordering="tested_at")
    def test(self, source: DataSource) -> str:
        return render_to_string("admin/_tested.html", {"deployment": source})

    @admin.display(description=_("who may ask it"))
    def readers(self, source: DataSource) -> str:
        everybody = gettext("everybody") if source.enabled else gettext("nobody yet: it is switched off")
        return ", ".join(readers(source)) or (gettext("only its owners") if source.groups.all() else everybody)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        source = kwargs.get("obj")
        if source is not None:
            person: Any = request.user
            context |= {"stages": source_test.told(source.test_stages), "cited": cited(source, person)}
            context["asking"] = source_question.form(source, {})
            context["strange"] = source_import.strangers([source], our_deployments())
        if (form := context["adminform"].form).is_bound:
            form.ask_again()
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.dropped:
            words = gettext("It would be sent elsewhere now, so what was stored is not kept. Enter it again.")
            messages.warning(request, words)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the form, where it can be tested."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        super().response_add(request, obj, post_url_continue)
        return redirect(CHANGE, obj.pk)

    def attempt(self, request: PersonRequest, pk: int) -> HttpResponse:
        """Test what is saved; its page shows how that went."""
        source = self._found(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        trial = async_to_sync(source_test.attempt)(source, request.user.reader())
        source.tested(trial.stages, trial.error)
        if trial.error:
            self.message_user(request, gettext("The test failed. Below is where, and what to do."), messages.ERROR)
        else:
            self.message_user(request, gettext("The test passed."), messages.SUCCESS)
        return redirect(f"{reverse(CHANGE, args=[source.pk])}#test")

    def tried(self, request: HttpRequest, candidate: DataSource) -> str:
        person: Any = request.user
        trial = async_to_sync(source_test.attempt)(candidate, person.reader())
        failed = [each for each in source_test.told(trial.stages) if each["state"] == "failed"]
        return f"{failed[0]['words']} {failed[0]['detail']}".strip() if failed else ""

    def ask(self, request: PersonRequest, pk: int) -> HttpResponse:
        """What it finds for a question, on behalf of who asks: nothing is saved."""
        source = self._found(request, pk)
        form, outcome = source_question.form(source, request.GET), None
        if form.is_bound and form.is_valid():
            given = form.cleaned_data
            outcome = source_question.ask(
                source, request.user.reader(), given["question"], given["strictness"], given["top"]
            )
        context = {"original": source, "form": form, "outcome": outcome}
        return self._page(request, "admin/source_ask.html", gettext("Try a question"), context)

    def take_in(self, request: PersonRequest) -> HttpResponse:
        """Drafts of what is pasted or uploaded."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = source_import.ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = source_import.drafts(form.cleaned_data["entries"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                taken = self._taken_in(request, made)
                return HttpResponseClientRedirect(taken.url) if request.htmx else taken
        status = 422 if form.is_bound else 200
        fresh = source_import.ImportForm()
        context = {"form": fresh, "errors": [str(each) for each in sum(map(list, form.errors.values()), [])]}
        return self._page(request, "admin/source_import.html", gettext("Import data sources"), context, status)

    def _taken_in(self, request: HttpRequest, made: source_import.Drafts) -> HttpResponseRedirect:
        for each in made.sources:
            self.log_addition(request, each, "Imported.")
        count = len(made.sources)
        words = ngettext(
            "%(count)s draft was made. It answers nobody until you switch it on.",
            "%(count)s drafts were made. They answer nobody until you switch them on.",
            count,
        )
        messages.success(request, words % {"count": count})
        for warning in made.warnings:
            messages.warning(request, warning)
        if self.has_change_permission(request) and source_import.strangers(made.sources, our_deployments()):
            return redirect("admin:conversations_datasource_map")
        return redirect(CHANGE, made.sources[0].pk) if count == 1 else redirect(LIST)

    def map(self, request: HttpRequest) -> HttpResponse:
        """Say which of our deployments stands for each embedding deployment that we do not have."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        sources, ours = list(DataSource.objects.kept()), our_deployments()
        names = source_import.strangers(sources, ours)
        form = source_import.MappingForm(names, ours, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            chosen = form.chosen()
            with transaction.atomic():
                for each in source_import.map_names(sources, chosen):
                    with changing(request, each, "datasource.change"):
                        each.save()
            messages.success(request, gettext("Saved. Test each source before you switch it on."))
            touched = {each.pk for name in chosen for each in names[name]}
            return redirect(CHANGE, touched.pop()) if len(touched) == 1 else redirect(LIST)
        context = {"form": form, "names": names}
        return self._page(request, "admin/source_map.html", gettext("Embedding deployments"), context)

    def hand_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self._found(request, pk)
        return _download([source], slugify(source.name) or source.type)

    @admin.action(description=_("Export as JSON, without secrets"), permissions=["change"])
    def export(self, request: HttpRequest, queryset: QuerySet[DataSource]) -> HttpResponse:
        return _download(list(queryset), "data-sources")

    def _found(self, request: HttpRequest, pk: int) -> DataSource:
        source = self.get_object(request, str(pk))
        if source is None or not self.has_change_permission(request, source):
            raise PermissionDenied
        return source

    def _page(self, request: HttpRequest, template: str, title: str, own: Any, status: int = 200) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **own}
        return TemplateResponse(request, template, context, status=status)


def _download(sources: list[DataSource], name: str) -> HttpResponse:
    body = json.dumps(source_import.exported(sources), ensure_ascii=False, indent=2)
    response = HttpResponse(body + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
