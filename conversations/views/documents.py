"""Collections and their documents: who may read them sees them, who manages them adds, replaces and deletes.

Each command is a form that leads back to the collection's page; with htmx that page is only its changing part.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from conversations.models import MANAGE, Collection, User
from conversations.models.document import WAITING
from conversations.requests import PersonRequest
from conversations.retrieval.ingest.adding import add
from conversations.retrieval.ingest.parsing.blocks import Unreadable
from conversations.retrieval.ingest.runner import wake
from conversations.views.access import find_collection, find_document, find_managed_collection, find_managed_document

REASONS = {
    "unsupported": gettext_lazy("It cannot be read. Use PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown or text."),
    "mislabelled": gettext_lazy("The file is not what its name says. Save it again with the right ending."),
    "encrypted": gettext_lazy("It is protected by a password. Save it without one and upload it again."),
    "scanned": gettext_lazy("It holds pictures of pages, no text. Run text recognition (OCR) first."),
    "empty": gettext_lazy("There is no text in it."),
    "broken": gettext_lazy("The file is damaged. Save it again from the program that made it."),
    "bomb": gettext_lazy("It unpacks to far more than a document would. It was not read."),
    "too_large": gettext_lazy("It is too large. Split it."),
    "too_many_pages": gettext_lazy("It has more than 5,000 pages. Split it."),
    "too_slow": gettext_lazy("Reading it took too long. Split it, or save it again."),
    "too_much_memory": gettext_lazy("Reading it took too much memory. Split it, or save it again."),
    "storage": gettext_lazy("It could not be stored: ask an administrator whether the disk is full. Then try again."),
    "embedding_failed": gettext_lazy("The embedding deployment did not answer. Try again, or ask an administrator."),
    "not_found_again": gettext_lazy("It was read, but a search did not find it. Try again."),
    "lost": gettext_lazy("Reading it ended the program that reads, three times. Save it again, or split it."),
}  # fmt: skip
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
    thrown = managed.filter(pk=deleted).first() if _number(deleted) else None
    context = {**_shell(request.user), "form": CollectionForm(), "thrown": thrown}
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
        return render(request, "documents/collections.html", {**_shell(request.user), "form": form}, status=422)
    made = form.save()
    made.owners.add(request.user)
    return redirect("collection", made.pk)


@require_safe
@login_required
def collection(request: PersonRequest, collection: int) -> HttpResponse:
    """Its documents with how far they are; with htmx only those, and `rows` alone while some are being read."""
    found = find_collection(request.user, collection)
    context = _listed(request, found)
    if "rows" in request.GET:
        return render(request, "documents/_rows.html", context)
    if request.htmx:
        return render(request, "documents/_documents.html", context)
    return render(request, "documents/collection.html", {**_shell(request.user, found), **context})


@require_POST
@login_required
def upload(request: PersonRequest, collection: int) -> HttpResponse:
    """Put files into the queue; each one that is refused says why, and the others go on."""
    found = find_managed_collection(request.user, collection)
    counted = {"new": 0, "replaced": 0, "unchanged": 0}
    files = request.FILES.getlist("files")
    for file in files:
        try:
            counted[add(found, file.name or "", file.read(), request.user).fate] += 1
        except Unreadable as unreadable:
            messages.error(request, f"{file.name}: {REASONS[unreadable.reason]}")
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
            fate = add(found, f"{name}.md", text.encode(), request.user, title).fate
            _count(request, **{fate: 1})
        except Unreadable as unreadable:
            messages.error(request, f"{title}: {REASONS[unreadable.reason]}")
    return _back(found)


@require_POST
@login_required
def reindex(request: PersonRequest, collection: int) -> HttpResponse:
    """Read all its documents again; what they have stays searchable until the new is there."""
    found = find_managed_collection(request.user, collection)
    for each in found.documents.filter(deleted=None):
        each.queue()
    wake()
    return _back(found)


@require_POST
@login_required
def delete_collection(request: PersonRequest, collection: int) -> HttpResponse:
    found = find_managed_collection(request.user, collection)
    found.throw_away()
    return redirect(reverse("documents", query={"deleted": found.pk}))


@require_POST
@login_required
def take_back_collection(request: PersonRequest, collection: int) -> HttpResponse:
    found = find_managed_collection(request.user, collection, deleted=True)
    found.take_back()
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
    found.throw_away()
    return redirect(reverse("collection", args=[found.collection_id], query={"deleted": found.pk}))


@require_POST
@login_required
def take_back_document(request: PersonRequest, document: int) -> HttpResponse:
    found = find_managed_document(request.user, document, deleted=True)
    found.take_back()
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


def _back(found: Collection) -> HttpResponse:
    return redirect("collection", found.pk)


def _count(request: PersonRequest, new: int = 0, replaced: int = 0, unchanged: int = 0) -> None:
    if new:
        messages.success(
            request, ngettext("%(count)s document added.", "%(count)s documents added.", new) % {"count": new}
        )
    if replaced:
        words = ngettext("%(count)s document is replaced.", "%(count)s documents are replaced.", replaced)
        messages.success(request, words % {"count": replaced})
    if unchanged:
        words = ngettext("%(count)s file has not changed.", "%(count)s files have not changed.", unchanged)
        messages.info(request, words % {"count": unchanged})


def _shell(person: User, current: Collection | None = None) -> dict[str, Any]:
    """The list of collections beside every page."""
    readable = Collection.objects.for_reader(person.reader()).filter(conversation=None)
    managed = Collection.objects.managed_by(person).filter(deleted=None)
    kept = Q(documents__deleted=None)
    found = (
        Collection.objects.filter(Q(pk__in=readable) | Q(pk__in=managed))
        .annotate(count=Count("documents", filter=kept), all_pages=Sum("documents__pages", filter=kept))
        .order_by("name")
    )
    return {"collections": found, "current": current, "person": person, "may_make": person.has_perm(MANAGE)}


def _listed(request: PersonRequest, found: Collection) -> dict[str, Any]:
    kept = list(found.documents.filter(deleted=None).select_related("uploader"))
    for each in kept:
        each.words = REASONS.get(each.reason, "")  # type: ignore[attr-defined]
        each.percent = min(100, 100 * each.done // each.total) if each.total else 0  # type: ignore[attr-defined]
    deleted = request.GET.get("deleted", "")
    managed = Collection.objects.managed_by(request.user).filter(pk=found.pk).exists()
    thrown = found.documents.exclude(deleted=None).filter(pk=deleted).first() if _number(deleted) and managed else None
    return {
        "collection": found,
        "documents": kept,
        "managed": managed,
        "readers": list(found.groups.values_list("name", flat=True)),
        "waiting": any(each.state in WAITING for each in kept) or found.outdated,
        "thrown": thrown,
        "index_failed": found.indexes.exclude(failed="").exists() and found.outdated,
    }


def _number(text: str) -> bool:
    """Is it one that an address of ours can hold?"""
    return text.isdecimal() and len(text) < 10
