"""Deleting a document or a collection for good, and from the answers that cite it: asked on a page of its own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conversations.auditing import as_it_is, record
from conversations.models import Collection, Document, Evidence, erase, searching
from conversations.requests import PersonRequest
from conversations.views.access import find_managed_collection, find_managed_document
from conversations.views.shelf import shell


@login_required
def purge_document(request: PersonRequest, document: int) -> HttpResponse:
    found = find_managed_document(request.user, document, deleted=None)
    return _asked(request, found, found.collection)


@login_required
def purge_collection(request: PersonRequest, collection: int) -> HttpResponse:
    found = find_managed_collection(request.user, collection, deleted=None)
    return _asked(request, found, found)


def _asked(request: PersonRequest, origin: Document | Collection, collection: Collection) -> HttpResponse:
    """The question with in how many answers it is cited; a POST is the answer."""
    if request.method != "POST":
        answers = Evidence.objects.of(origin).answers()
        context = {**shell(request.user, collection), "origin": origin, "whole": origin is collection}
        return render(request, "documents/purge.html", {**context, "collection": collection, "answers": answers})
    name = str(origin)
    gone, note = as_it_is(origin), "" if origin is collection else f"in “{collection}”"
    erase(origin, lambda: record(request, f"{origin._meta.model_name}.purge", gone, note=note))
    searching.merge()
    messages.success(request, _("“%(name)s” is deleted, and removed from all answers.") % {"name": name})
    return redirect("documents") if origin is collection else redirect("collection", collection.pk)
