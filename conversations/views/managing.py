"""What a person does with a conversation as a whole: rename, pin, archive, delete and take back, export.

Each is a form: with htmx the answer is a line for the page's foot and the new list, without it the page to go on with.
"""

import json
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import generation
from conversations.generation import publish
from conversations.models import Conversation, Feature, retention
from conversations.requests import PersonRequest
from conversations.views import exporting, sidebar
from conversations.views.access import find_conversation, find_thrown_away


@require_safe
@login_required
def listing(request: PersonRequest) -> HttpResponse:
    """The list in the sidebar, as long as it was scrolled to."""
    try:
        shown = min(max(0, int(request.GET.get("shown", ""))), sidebar.MOST)
    except ValueError:
        shown = sidebar.SHOWN
    context = sidebar.listing(request.user, _open(request), shown)
    return render(request, "conversations/_sidebar_list.html", context)


@require_safe
@login_required
def menu(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """What can be done with a conversation; a page of its own without htmx."""
    return _menu(request, find_conversation(request.user, conversation))


@require_POST
@login_required
def rename(request: PersonRequest, conversation: UUID) -> HttpResponse:
    found = find_conversation(request.user, conversation)
    title = request.POST.get("title", "").replace("\0", "").strip()
    if not title:
        return _menu(request, found, refused=_("A title needs at least one letter. Nothing was changed."))
    found.rename(title)
    return _done(request, found, _("Renamed."))


@require_POST
@login_required
def pin(request: PersonRequest, conversation: UUID) -> HttpResponse:
    found = find_conversation(request.user, conversation)
    found.pin(not found.pinned)
    return _done(request, found, _("Pinned.") if found.pinned else _("No longer pinned."))


@require_POST
@login_required
def archive(request: PersonRequest, conversation: UUID) -> HttpResponse:
    found = find_conversation(request.user, conversation)
    found.archive(not found.archived)
    words = _("Archived. It is found by searching, and listed under your account.")
    return _done(request, found, words if found.archived else _("Back in the list."))


@require_POST
@login_required
def delete(request: PersonRequest, conversation: UUID) -> HttpResponse:
    """Delete at once, without asking, and offer to take it back. An answer that runs is stopped."""
    found = find_conversation(request.user, conversation)
    for running in found.messages.running():
        async_to_sync(generation.stop)(running.pk)
    found.throw_away()
    if not request.htmx:
        return render(request, "conversations/deleted.html", {"conversation": found})
    return _done(request, found, _("Deleted."), undo=True)


@require_POST
@login_required
def take_back(request: PersonRequest, conversation: UUID) -> HttpResponse:
    found = find_thrown_away(request.user, conversation)
    found.take_back()
    response = _done(request, found, _("It is back."))
    if request.htmx and _deleted(request) == str(found.pk):
        response["HX-Redirect"] = reverse("conversation", args=[found.pk])
    return response


@require_safe
@login_required
def export(request: PersonRequest, conversation: UUID, form: str) -> HttpResponse:
    """The current branch as Markdown, or the whole tree as JSON, as a file."""
    found = find_conversation(request.user, conversation)
    if found.temporary:
        raise Http404
    if form == "md":
        text, kind = exporting.as_markdown(found), "text/markdown; charset=utf-8"
    else:
        text = json.dumps(exporting.as_json(found), ensure_ascii=False, indent=2)
        kind = "application/json"
    name = slugify(found.title)[:60] or "conversation"
    return HttpResponse(
        text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    )


@require_safe
@login_required
def archived(request: PersonRequest) -> HttpResponse:
    """All archived conversations."""
    found = Conversation.objects.for_user(request.user).listed().filter(archived=True).order_by("-updated")
    context = {"conversations": found[: sidebar.MOST], "kept_days": retention.days_for(request.user)}
    return render(request, "conversations/archived.html", context)


def _menu(request: PersonRequest, found: Conversation, *, refused: str = "") -> HttpResponse:
    """`refused`: why it is not renamed, said where the title was typed."""
    template = "conversations/_menu.html" if request.htmx else "conversations/menu.html"
    may_share = found.begun and not found.temporary and request.user.may(Feature.Name.SHARING)
    context = {"conversation": found, "may_share": may_share, "kept_days": retention.days_for(request.user)}
    response = render(request, template, {**context, "refused": refused}, status=422 if refused else 200)
    if refused:
        response["HX-Retarget"], response["HX-Reswap"] = "#menu", "innerHTML"
    return response


def _done(request: PersonRequest, found: Conversation, words: str, *, undo: bool = False) -> HttpResponse:
    async_to_sync(publish.sidebar)(request.user.pk)
    if not request.htmx:
        return redirect("conversation", found.pk)
    opened = _open(request)
    context = {**sidebar.listing(request.user, opened), "words": words, "conversation": found, "undo": undo}
    response = render(request, "conversations/_managed.html", context)
    if undo and opened == found.pk:
        response["HX-Redirect"] = reverse("new_chat", query={"deleted": str(found.pk)})
    return response


def _deleted(request: PersonRequest) -> str:
    """The conversation whose deletion led to the page that htmx sent this from."""
    return parse_qs(urlsplit(request.htmx.current_url or "").query).get("deleted", [""])[0]


def _open(request: PersonRequest) -> UUID | None:
    """The conversation whose page htmx sent this from."""
    try:
        match = resolve(urlsplit(request.htmx.current_url or "").path or "/")
    except (Resolver404, ValueError):
        return None
    found = match.kwargs.get("conversation")
    return found if isinstance(found, UUID) else None
