"""Codes of errors in words for administrators: what happened, in two or three of them, and what to do about it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NAMES = {
    "unreachable": _("cannot be reached"),
    "unknown_host": _("no such host"),
    "forbidden_address": _("forbidden address"),
    "timed_out": _("too slow"),
    "bad_key": _("key refused"),
    "not_found": _("model unknown"),
    "rate_limited": _("too busy"),
    "quota_exceeded": _("quota used up"),
    "redirected": _("redirects"),
    "invalid_request": _("request refused"),
    "not_a_stream": _("no chat API"),
    "upstream_down": _("in trouble"),
    "broken_off": _("broke off"),
    "prompt_too_long": _("question too long"),
    "disabled": _("disabled"),
    "limit_reached": _("a limit was reached"),
    "budget_exceeded": _("a budget was used up"),
    "too_many_requests": _("asked too often"),
    "server_lost": _("our server stopped"),
    "internal": _("an error of ours"),
    "source": _("data source failed"),
}
FIXES = {
    "unreachable": _("Check the address, and whether this server may connect to it."),
    "unknown_host": _("There is no such host. Look for a typing mistake in the address, or ask who runs the network."),
    "forbidden_address": _("This address is never connected to. Enter that of the deployment itself."),
    "timed_out": _("It is reached, but it is too slow. Try again; a model may have to be loaded first."),
    "bad_key": _("It is reached, but it refuses the key. Enter the key again."),
    "no_token": _("No token was had to sign in with. The words in brackets say why."),
    "elsewhere": _("Azure's tokens go to Azure alone. Enter its address, or sign in with a key."),
    "no_role": _("It refuses the identity. Give it the role “Cognitive Services OpenAI User” on the resource."),
    "not_found": _("It is reached, but does not know this model. Check model, address and API version."),
    "rate_limited": _("It works, but is too busy right now. Try again later, or declare a fallback."),
    "quota_exceeded": _("It works, but its quota is used up. Raise it where it was bought."),
    "redirected": _("It sends us elsewhere. Enter the address that it redirects to."),
    "invalid_request": _("It refuses the request. Check whether the kind and the API version are right."),
    "not_a_stream": _("What answers is no chat-completions API. The base URL often ends in /v1."),
    "upstream_down": _("It is reached, but is in trouble. Try again later."),
    "broken_off": _("It began to answer and broke off. Look for a proxy with a time limit in between."),
    "prompt_too_long": _("Questions do not fit into it. Check its context window, or shorten system prompts."),
    "disabled": _("It was disabled while it was asked."),
    "limit_reached": _("Whoever asked had reached a limit of yours. Nothing is wrong with the deployment."),
    "budget_exceeded": _("Whoever asked had used up a budget of yours. Raise it, or let it be."),
    "too_many_requests": _("Whoever asked did so faster than you allow. Nothing is wrong with the deployment."),
    "server_lost": _("Our server stopped while it answered, by a restart or for want of memory: its log says which."),
    "internal": _("This is an error of ours: the server's log has its trace."),
    "source": _("A data source could not be searched. Test it under “Data sources”."),
}


def name(code: str) -> str:
    """What happened, to stand beside a figure."""
    return str(NAMES.get(_kind(code)) or gettext("another error"))


def fix(code: str) -> str:
    """One sentence on what to do about it."""
    return str(FIXES.get(_kind(code)) or gettext("It did not work. The details of a failed answer say what it said."))


def _kind(code: str) -> str:
    """All errors of sources are mended at the source."""
    return "source" if code.startswith("source_") else code
