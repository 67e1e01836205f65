"""What all commands share: who may send one, and how a refusal is told, on the page or as one.

A command that cannot be carried out says why in one sentence and changes nothing; the page keeps what was typed.
"""

import logging
import math
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django import db
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import generation
from conversations.answering import LimitReached
from conversations.models import Busy, Final
from conversations.requests import PersonRequest
from conversations.views import limiting

log = logging.getLogger(__name__)


class Refusal(Exception):
    """A command that is not carried out: status and sentence; `gone`: nothing can be asked here any more."""

    def __init__(self, status: int, words: str, *, gone: bool = False) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.gone = gone


View = Callable[..., Coroutine[Any, Any, HttpResponse]]


def command(view: View) -> View:
    """A POST by somebody signed in; refusals become the composer's error, or a page without htmx."""

    @require_POST
    @wraps(view)
    async def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:  # the middleware has loaded them; `login_required` would do so again
            return await sync_to_async(_signed_out)(request, **kwargs)
        limit, gone = None, False
        try:
            return await view(request, *args, **kwargs)
        except Refusal as refusal:
            status, words, gone = refusal.status, refusal.words, refusal.gone
        except LimitReached as reached:
            status, words, limit = 429, "", reached
        except Busy:
            status, words = 409, _("An answer is still being written. Wait for it, or stop it first.")
        except Final:
            status, words = 422, _("This answer cannot be continued.")
        except generation.Draining:
            status, words = 503, _("The server is restarting. Try again in a few seconds.")
        except Http404:
            if not _typed(request):
                raise
            status, gone = 404, True
            words = _("This chat is not there any more. Your text is kept: send it in a new chat.")
        except db.Error:
            log.exception("A command could not be saved")
            status, words = 503, _("It could not be saved. Nothing is lost here; try again.")
        kept = kwargs["conversation"] if request.FILES else None  # the files that could be read wait there
        return await sync_to_async(_refused)(request, status, words, kept, limit, gone=gone)

    return guarded


def _signed_out(request: PersonRequest, conversation: UUID, **_kwargs: UUID) -> HttpResponse:
    """To sign in, and back to the page that this came from; without scripts the text would be lost on the way."""
    if _typed(request) and not request.htmx:
        return _refused(request, 401, _("You are signed out. Copy your text, sign in, and send it again."))
    return redirect_to_login(reverse("conversation", args=[conversation]))


def _typed(request: PersonRequest) -> str:
    """What was typed into the form that was sent, whichever it was."""
    names = (each for each in request.POST if each in {"text", "starter"} or each.startswith("edit-"))
    return next((request.POST[name] for name in names if request.POST[name].strip()), "")


def _refused(
    request: PersonRequest,
    status: int,
    words: str,
    conversation: UUID | None = None,
    limit: LimitReached | None = None,
    *,
    gone: bool = False,
) -> HttpResponse:
    if limit:
        words = limiting.refused(limit)
    partial = getattr(request, "htmx", None)
    template = "conversations/_composer_error.html" if partial else "conversations/refused.html"
    back = reverse("conversation", args=[conversation]) if conversation else ""
    context: dict[str, Any] = {"error": words, "text": _typed(request), "back": back, "gone": gone, "limit": limit}
    if limit and (until := limiting.until(limit)):
        context |= {"until": until, "seconds": math.ceil(limit.retry_after or 0)}
    response = render(request, template, context, status=status)
    if limit and limit.retry_after is not None:
        response["Retry-After"] = str(math.ceil(limit.retry_after))
    return response
