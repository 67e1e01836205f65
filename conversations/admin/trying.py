"""Trying a deployment: a real question over the real road, and what the answer or the error says to do."""

import time
from contextlib import aclosing
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.completions import client
from conversations.completions.draft import Draft
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest, Message
from conversations.models import Deployment

PATIENCE = 20  # seconds, for the first token and between two chunks
QUESTION = "Reply with the single word OK."
FIXES = {
    "unreachable": gettext_lazy("Check the address, and whether this server may connect to it."),
    "forbidden_address": gettext_lazy("This address is never connected to. Enter that of the deployment itself."),
    "timed_out": gettext_lazy("It is reached, but it is too slow. Try again; a model may have to be loaded first."),
    "bad_key": gettext_lazy("It is reached, but it refuses the key. Enter the key again."),
    "not_found": gettext_lazy("It is reached, but does not know this model. Check model, address and API version."),
    "rate_limited": gettext_lazy("It works, but is too busy right now. Try again later, or declare a fallback."),
    "quota_exceeded": gettext_lazy("It works, but its quota is used up. Raise it where it was bought."),
    "redirected": gettext_lazy("It sends us elsewhere. Enter the address that it redirects to."),
    "invalid_request": gettext_lazy("It refuses the request. Check whether the kind and the API version are right."),
    "not_a_stream": gettext_lazy("What answers is no chat-completions API. The base URL often ends in /v1."),
    "upstream_down": gettext_lazy("It is reached, but is in trouble. Try again later."),
    "broken_off": gettext_lazy("It began to answer and broke off. Look for a proxy with a time limit in between."),
}


@dataclass(frozen=True)
class Trial:
    works: bool
    words: str  # what to tell an administrator


async def attempt(deployment: Deployment) -> Trial:
    """Ask it one short question and say how that went. Costs a few tokens."""
    draft, began, first = Draft(), time.monotonic(), 0.0
    request = ChatRequest(messages=[Message(role="user", content=QUESTION)])
    try:
        chunks = client.stream(request, deployment.endpoint_at(), first_token_timeout=PATIENCE, chunk_timeout=PATIENCE)
        async with aclosing(chunks):
            async for chunk in chunks:
                if draft.add(chunk) and not first:
                    first = time.monotonic() - began
    except CompletionError as error:
        return Trial(False, f"{FIXES.get(error.code, _('It did not work.'))} ({error})")
    return Trial(
        True,
        _("It works: model %(model)s, first token after %(first).1f s, whole answer after %(whole).1f s.")
        % {"model": draft.model or deployment.model, "first": first, "whole": time.monotonic() - began},
    )
