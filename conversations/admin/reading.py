"""Reading another person's conversations: with a permission of its own, a written reason, an entry in the audit.

Without the reason not even titles are shown. Nothing is kept between two pages: each one is asked for with the reason,
and written down, so a page that is loaded again is read again.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.auditing import record
from conversations.models import Conversation, Evidence, Message, Role, User
from conversations.requests import PersonRequest
from conversations.views import citing

READ_OTHERS = "conversations.read_others"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Why you have to read them: who asked for it, and what you look for."),
    )


def conversations(request: PersonRequest, person: int) -> HttpResponse:
    """Ask for the reason; with it, list the titles."""
    owner = _owner(request, person)
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context["reason"] = form.cleaned_data["reason"]
        with transaction.atomic():
            context["conversations"] = list(_readable(owner).annotate(count=Count("messages")))
            record(request, "conversation.list", owner, concerns=owner, note=context["reason"])
    return _page(request, owner, "admin/reading.html", context, 422 if form.errors else 200)


def conversation(request: PersonRequest, person: int, conversation: UUID) -> HttpResponse:
    """All its messages as they were written, oldest first, with sources as far as the reader may read them."""
    owner = _owner(request, person)
    found = _readable(owner).filter(pk=conversation).first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return redirect("admin:reading", owner.pk)
    with transaction.atomic():
        said = list(found.messages.order_by("created", "pk").prefetch_related("evidence__citations", "attached"))
        record(request, "conversation.read", found, concerns=owner, note=form.cleaned_data["reason"])
    allowed = citing.Allowed.of(request.user.reader(), said)
    context = {"conversation": found, "messages_read": [_shown(each, allowed) for each in said]}
    return _page(request, owner, "admin/reading_one.html", context)


def _owner(request: PersonRequest, person: int) -> User:
    if not request.user.has_perm(READ_OTHERS):
        raise PermissionDenied
    found = User.objects.filter(pk=person).first()
    if found is None:
        raise Http404
    return found


def _readable(owner: User) -> Any:
    """Also those of suspended people; never what its owner has deleted, or made temporary."""
    return Conversation.objects.filter(owner=owner, deleted=None).listed().order_by("-updated")


def _shown(message: Message, allowed: citing.Allowed) -> dict[str, Any]:
    who = _("Question") if message.role == Role.USER else _("Answer")
    files = [each.filename for each in message.attached.all()]
    evidence = [_frozen(each) for each in message.evidence.all() if allowed.reads(each)]
    return {"who": who, "at": message.created, "text": citing.kept(message, allowed), "files": files, "rows": evidence}


def _frozen(evidence: Evidence) -> dict[str, Any]:
    """A passage as the answer was given it, or why it was not; its scores, and what became of its citations."""
    verdicts = [each.get_verdict_display() for each in evidence.citations.all()]
    return {
        "number": evidence.number or "–",
        "title": citing.title(evidence),
        "page": evidence.page,
        "source": evidence.source_name,
        "search": evidence.original_search_score,
        "rerank": evidence.rerank_score,
        "reason": evidence.filter_reason,
        "verdicts": ", ".join(verdicts),
        "content": evidence.content,
    }


def _page(request: PersonRequest, owner: User, template: str, own: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": _("Conversations of another person"), "owner": owner, **own}
    return TemplateResponse(request, template, context, status=status)
