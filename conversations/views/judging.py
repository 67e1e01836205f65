"""Thumbs up and down: what a person thinks of an answer, and taking it back."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.models import Feedback, Reason, Role
from conversations.models.feedback import LONGEST_COMMENT
from conversations.requests import PersonRequest
from conversations.views import present
from conversations.views.access import find_message


@require_POST
@login_required
def feedback(request: PersonRequest, conversation: UUID, message: UUID) -> HttpResponse:
    """`good` is 1 or 0; the same again without a reason or a comment takes it back."""
    answer = find_message(request.user, conversation, message)
    if answer.role != Role.ASSISTANT:
        raise Http404
    if request.POST.get("good") not in {"0", "1"}:
        return HttpResponseBadRequest(_("The form is damaged. Reload the page; your text stays."))
    good = request.POST["good"] == "1"
    reason = request.POST.get("reason", "")
    comment = request.POST.get("comment", "").replace("\0", "").strip()[:LONGEST_COMMENT]
    before = Feedback.objects.filter(message=answer).first()
    if before and before.good == good and not reason and not comment:
        before.delete()
    else:
        said = {"good": good, "reason": reason if reason in Reason.values else "", "comment": comment}
        said["shared"] = not good and "share" in request.POST
        Feedback.objects.update_or_create(message=answer, defaults={**said, "owner": request.user})
    if not request.htmx:
        return redirect("conversation", conversation)
    answer = find_message(request.user, conversation, message)
    shown = present.one(answer.conversation, answer)
    context = {"message": shown, "why": not reason, "noted": bool(reason)}  # asked once, not on every page
    return render(request, "conversations/_feedback.html", context)
