"""Collections and their documents: who may read them sees them, who manages them adds, replaces and deletes.

Each command is a form that leads back to the collection's page; with htmx that page is only its changing part.
"""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from conversations.auditing import changing, record
from conversations.models import MANAGE, Collection, Document, Evidence
from conversations.models.group import nobody
from conversations.requests import PersonRequest
from conversations.retrieval.ingest.adding import add
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.runner import wake
from conversations.views.access import find_collection, find_document, find_managed_collection, find_managed_document
from conversations.views.reasons import REASONS
from conversations.views.shelf import listed, number, shell

LONGEST_PASTE = 2_000_000  # characters


class CollectionForm(forms.ModelForm):
    class Meta:
        model = Collection
        fields = ("name", "description")


@login_required
def documents(request: PersonRequest) -> HttpResponse:
    """All collections of this person; a POST makes one."""
    if request.method == "POST":
        return _make(request)
    deleted = request.GET.get("deleted", "")
    managed = Collection.objects.managed_by(request.user).exclude(deleted=None)
    thrown = managed.filter(pk=deleted).first() if number(deleted) else None
    context = {**shell(request.user), "form": CollectionForm(), "thrown": thrown}
    context |= {"thrown_cited": Evidence.objects.of(thrown).answers() if thrown else 0}
    return render(request, "documents/collections.html", context)


@permission_required(MANAGE, raise_exception=True)
def _make(request: PersonRequest) -> HttpResponse:
    form = CollectionForm(request.POST)
    if form.is_valid():
        try:
            form.instance.validate_constraints()
        except ValidationError as error:
            form.add_error("name", error.messages)
    if not form.is_valid():
        return render(request, "documents/collections.html", {**shell(request.user), "form": form}, status=422)
    with transaction.atomic():
        made = form.save()
        made.owners.add(request.user)
        made.groups.add(nobody())
        record(request, "collection.add", made)
    return redirect("collection", made.pk)


@require_safe
@login_required
def collection(request: PersonRequest, collection: int) -> HttpResponse:
    """Its documents with how far they are; with htmx only those, and `rows` alone while some are being read."""
    found = find_collection(request.user, collection)
    context = listed(request.user, found, request.GET.get("deleted", ""))
    if "rows" in request.GET:
        return render(request, "documents/_rows.html", context)
    if request.htmx:
        return render(request, "documents/_documents.html", context)
    return render(request, "documents/collection.html", {**shell(request.user, found), **context})


@require_POST
@login_required
def upload(request: PersonRequest, collection: int) -> HttpResponse:
    """Put files into the queue; those that are refused are counted and named with the reason, and the others go on."""
    found = find_managed_collection(request.user, collection)
    counted = {"new": 0, "replaced": 0, "unchanged": 0}
    files = request.FILES.getlist("files")
    refused = []
    for file in files:
        try:
            counted[_add(request, found, file.name or "", file.read())] += 1
        except Unreadable as unreadable:
            refused.append(f"{file.name}: {REASONS[unreadable.reason]}")
    if refused:
        words = ngettext("%(count)s file was not taken.", "%(count)s files were not taken.", len(refused)) % {
            "count": len(refused)
        }
        for each in (words, *refused):
            messages.error(request, each)
    if not files:
        messages.error(request, _("Choose one file or several."))
    _count(request, **counted)
    return _back(found)


@require_POST
@login_required
def paste(request: PersonRequest, collection: int) -> HttpResponse:
    """A text becomes a document of its own."""
    found = find_managed_collection(request.user, collection)
    text, title = request.POST.get("text", "").replace("\0", ""), request.POST.get("title", "").strip()
    if not title or not text.strip():
        messages.error(request, _("A text needs a title and some words."))
    elif len(text) > LONGEST_PASTE:
        messages.error(request, REASONS["too_large"])
    else:
        try:
            name = "".join(each if each.isalnum() else "-" for each in title)[:80]
            fate = _add(request, found, f"{name}.md", text.encode(), title)
            _count(request, **{fate: 1})
        except Unreadable as unreadable:
            messages.error(request, f"{title}: {REASONS[unreadable.reason]}")
    return _back(found)


@transaction.atomic
def _add(request: PersonRequest, found: Collection, name: str, content: bytes, title: str = "") -> str:
    """Queue a file: new, replaced or unchanged. Raises Unreadable."""
    added = add(found, name, content, request.user, title)
    if added.fate != "unchanged":
        record(request, "document.upload", added.document, note=f"{added.fate}, in “{found}”")
    return added.fate


@require_POST
@login_required
def reindex(request: PersonRequest, collection: int) -> HttpResponse:
    """Read all its documents again; what they have stays searchable until the new is there."""
    found = find_managed_collection(request.user, collection)
    Document.objects.filter(collection=found, deleted=None).queue()
    wake()
    return _back(found)


@require_POST
@login_required
def delete_collection(request: PersonRequest, collection: int) -> HttpResponse:
    found = find_managed_collection(request.user, collection)
    _do(request, "collection.delete", found, found.throw_away)
    return redirect(reverse("documents", query={"deleted": found.pk}))


@require_POST
@login_required
def take_back_collection(request: PersonRequest, collection: int) -> HttpResponse:
    found = find_managed_collection(request.user, collection, deleted=True)
    _do(request, "collection.restore", found, found.take_back)
    return _back(found)


@require_POST
@login_required
def again(request: PersonRequest, document: int) -> HttpResponse:
    """Read it once more, because it failed or because its reader is better now."""
    found = find_managed_document(request.user, document)
    found.queue()
    wake()
    return _back(found.collection)


@require_POST
@login_required
def rename_document(request: PersonRequest, document: int) -> HttpResponse:
    found = find_managed_document(request.user, document)
    title = request.POST.get("title", "").replace("\0", "").strip()
    if title:
        with changing(request, found, "document.change"):
            found.rename(title)
        wake()
    else:
        messages.error(request, _("A title needs at least one letter. Nothing was changed."))
    return redirect("document", found.pk)


@require_POST
@login_required
def delete_document(request: PersonRequest, document: int) -> HttpResponse:
    """At once, without asking, and offer to take it back."""
    found = find_managed_document(request.user, document)
    _do(request, "document.delete", found, found.throw_away)
    return redirect(reverse("collection", args=[found.collection_id], query={"deleted": found.pk}))


@require_POST
@login_required
def take_back_document(request: PersonRequest, document: int) -> HttpResponse:
    found = find_managed_document(request.user, document, deleted=True)
    _do(request, "document.restore", found, found.take_back)
    wake()
    return _back(found.collection)


@require_safe
@login_required
def original(request: PersonRequest, document: int) -> HttpResponse:
    """The file as it came, always as a download of no particular type: a browser shows none of it."""
    found = find_document(request.user, document)
    try:
        content = found.path.read_bytes()
    except OSError:
        return render(
            request, "conversations/refused.html", {"error": _("The original is no longer there.")}, status=410
        )
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = content_disposition_header(True, found.filename) or "attachment"
    return response


@transaction.atomic
def _do(request: PersonRequest, verb: str, found: Collection | Document, act: Callable[[], None]) -> None:
    """Do it, and write it down."""
    act()
    note = f"in “{found.collection}”" if isinstance(found, Document) else ""
    record(request, verb, found, note=note)


def _back(found: Collection) -> HttpResponse:
    return redirect("collection", found.pk)


def _count(request: PersonRequest, new: int = 0, replaced: int = 0, unchanged: int = 0) -> None:
    if new:
        words = ngettext(
            "%(count)s document received. It can be found once its row says so.",
            "%(count)s documents received. Each can be found once its row says so.",
            new,
        )
        messages.success(request, words % {"count": new})
    if replaced:
        words = ngettext(
            "%(count)s new version received. Until it is read, the one before is found.",
            "%(count)s new versions received. Until they are read, the ones before are found.",
            replaced,
        )
        messages.success(request, words % {"count": replaced})
    if unchanged:
        words = ngettext("%(count)s file has not changed.", "%(count)s files have not changed.", unchanged)
        messages.info(request, words % {"count": unchanged})
