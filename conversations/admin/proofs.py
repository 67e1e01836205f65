"""What a data source is worth: its golden questions, questions it had no answer to, and deleting what was cited."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.answering.evaluating import Busy, begin
from conversations.auditing import record
from conversations.completions.errors import CompletionError
from conversations.models import DataSource, Deployment, Evaluation, Evidence, GoldenQuestion, unanswered
from conversations.views import figures

SHARES = {
    "recall": gettext_lazy("Expected document was read"),
    "citations": gettext_lazy("Citations lead there, and it says so"),
    "answered": gettext_lazy("Answered what it holds"),
    "refused": gettext_lazy("Refused what it does not hold"),
    "failed": gettext_lazy("Failed"),
}
MOST = 50  # questions that a button asks; more are for `manage.py evaluate`


class GoldenQuestions(admin.TabularInline):
    model = GoldenQuestion
    extra = 0
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 2})}}


class Proofs(admin.ModelAdmin):
    """Of data sources: derive from it. Deleting one retires it, or purges it as well."""

    inlines = (GoldenQuestions,)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's deleting of many: each asks what becomes of what was cited."""
        found: dict[str, Any] = super().get_actions(request)
        return {name: each for name, each in found.items() if name != "delete_selected"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataSource]:
        found: QuerySet[DataSource] = super().get_queryset(request)
        return found.filter(retired=None)

    def get_urls(self) -> list[URLPattern]:
        own = [("evaluate", self.evaluate, "evaluate"), ("unanswered", self.unanswered, "unanswered")]
        urls = [
            path(f"<path:object_id>/{end}/", self.admin_site.admin_view(view), name=f"conversations_datasource_{name}")
            for end, view, name in own
        ]
        return [*urls, *super().get_urls()]

    def evaluate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin to ask the golden questions on behalf of whoever pressed the button; a GET says how far that is."""
        person: Any = request.user
        source, deployment = self._mine(request, object_id), Deployment.objects.for_reader(person.reader()).first()
        if request.method != "POST":
            return TemplateResponse(request, "admin/_golden.html", {"original": source, **_golden(source)})
        count = source.golden_questions.count()
        if not count:
            self.message_user(
                request, _("Write golden questions at the end of this page first, and save them."), messages.ERROR
            )
        elif not deployment or count > MOST:
            words = _("Between 1 and %(most)s golden questions and a deployment are needed.") % {"most": MOST}
            self.message_user(request, words, messages.ERROR)
        else:
            try:
                async_to_sync(begin)(source, deployment, person.reader())
            except CompletionError as error:
                self.message_user(request, str(error), messages.ERROR)
            except Busy:
                self.message_user(request, _("The golden questions are being asked already."), messages.WARNING)
        return redirect("admin:conversations_datasource_change", source.pk)

    def unanswered(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was looked for and not answered well, without whose question it was."""
        source = self._mine(request, object_id)
        context = {**self.admin_site.each_context(request), "title": _("Questions without a good answer")}
        context |= {"source": source, "opts": self.opts, "found": unanswered.of(source), "days": unanswered.DAYS}
        return TemplateResponse(request, "admin/unanswered.html", context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Retire it, so that what was cited stays with whom it was granted to, or take the passages out as well."""
        source = self.get_object(request, unquote(object_id))
        if source is None or not self.has_delete_permission(request, source):
            raise PermissionDenied
        found = Evidence.objects.of(source)
        if request.method == "POST" and request.POST.get("fate") in {"retire", "purge"}:
            with transaction.atomic():
                self.log_deletions(request, DataSource.objects.filter(pk=source.pk))
                purging = request.POST["fate"] == "purge"
                if purging:
                    found.purge()
                self.delete_model(request, source)
                if purging:
                    record(request, "datasource.purge", source)
            self.message_user(request, _("The data source was deleted."), messages.SUCCESS)
            return redirect("admin:conversations_datasource_changelist")
        context = {**self.admin_site.each_context(request), "title": _("Delete the data source")}
        context |= {"source": source, "opts": self.opts, "answers": found.answers()}
        return TemplateResponse(request, "admin/retire.html", context)

    def delete_model(self, request: HttpRequest, obj: DataSource) -> None:
        obj.retire()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        source = kwargs.get("obj")
        if source:
            context |= _golden(source)
        return super().render_change_form(request, context, *args, **kwargs)

    def _mine(self, request: HttpRequest, object_id: str) -> DataSource:
        source: DataSource | None = self.get_object(request, unquote(object_id))
        if source is None or not self.has_change_permission(request, source):
            raise PermissionDenied
        return source


def _golden(source: DataSource) -> dict[str, Any]:
    """What is shown of its last run; one that a process left when it died is ended first."""
    source.evaluations.all().sweep()
    run = source.evaluations.first()
    if run is None:
        return {}
    not_fine = [each for each in run.told if not each.fine]
    return {"run": run, "shares": told(run), "asked": len(run.outcomes), "not_fine": not_fine}


def told(run: Evaluation) -> list[tuple[str, str, str]]:
    """Label, share and change since the run before, for people."""
    changes = run.changes()
    return [
        (
            str(SHARES[name]),
            figures.share(round(1000 * share), 1000),
            "" if not (by := changes[name]) else f"{by * 100:+.0f}",
        )
        for name, share in run.shares.items()
        if share is not None
    ]
