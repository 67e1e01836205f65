"""A person's own settings, and the one-click sign-in of the demo."""

import ipaddress
import zoneinfo
from typing import Any

from allauth.account.views import LoginView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from conversations.models import Company, User, usage
from conversations.models.periods import period
from conversations.requests import PersonRequest
from conversations.views import figures
from conversations.views.present import language_of

ZONES = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


class AccountForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("As the browser says")), *[(name, name) for name in _zones()]],
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language", "theme", "time_zone")


def _zones() -> list[str]:
    """Places, and UTC: the database has aliases too that nobody looks for."""
    return sorted(name for name in zoneinfo.available_timezones() if name.startswith(ZONES) or name == "UTC")


@login_required
def account(request: PersonRequest) -> HttpResponse:
    """Name, language, theme and time zone of the person who is signed in."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(language_of(request.user, request.headers.get("Accept-Language", ""))):
            messages.success(request, gettext("Saved."))
        return redirect("account")
    status = 422 if form.errors else 200
    context = {"form": form, "month": _month(request.user)}
    return render(request, "conversations/account.html", context, status=status)


def _month(person: User) -> list[tuple[str, str]]:
    """What this person asked for this month: names and figures; the cost only where something had a price."""
    sums = usage.totals(usage.ended(period("month").begin).filter(message__owner=person))
    cost = figures.money(sums.cost, Company.current().currency) if sums.cost is not None else ""
    rows = [
        (gettext("Answers"), figures.whole(sums.answers)),
        (gettext("Tokens in"), figures.whole(sums.prompt)),
        (gettext("Tokens out"), figures.whole(sums.completion)),
        (gettext("Cost"), cost),
    ]
    return [(name, value) for name, value in rows if value]


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people: on embedded defaults, from this machine, and nowhere else."""
    people = {each["username"] for each in demo_people(request)}
    if request.POST.get("person") not in people:
        raise Http404
    person = get_object_or_404(User, username=request.POST["person"], demo=True, is_active=True)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("new_chat")


def demo_people(request: HttpRequest) -> list[dict[str, Any]]:
    """Whom the sign-in page offers; empty unless this is the demo and the browser is on this machine."""
    if not settings.EMBEDDED or settings.PUBLIC_URL or settings.TRUSTED_PROXY:
        return []
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        near = False
    if not near or any(name.startswith("HTTP_X_FORWARDED") for name in request.META):
        return []
    labels = {"employee": _("Sign in as employee"), "admin": _("Sign in as administrator")}
    known = User.objects.filter(demo=True, is_active=True, username__in=labels)
    names = set(known.values_list("username", flat=True))
    return [{"username": n, "label": label} for n, label in labels.items() if n in names]


class SignIn(LoginView):
    """allauth's sign-in, which on the demo also offers its people."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "demo_people": demo_people(self.request)}
