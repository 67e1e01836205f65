"""Signing out elsewhere: one browser, or all others."""

from allauth.usersessions.internal.flows import sessions as flow
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from conversations.requests import PersonRequest
from conversations.views.access import find_session


@require_POST
@login_required
def end(request: PersonRequest, session: int) -> HttpResponse:
    flow.end_sessions(request, [find_session(request.user, session)])
    if request.user.is_authenticated:
        messages.success(request, gettext("That browser is signed out."))
    return redirect("account")


@require_POST
@login_required
def end_others(request: PersonRequest) -> HttpResponse:
    flow.end_other_sessions(request, request.user)
    messages.success(request, gettext("You are signed in here alone."))
    return redirect("account")
