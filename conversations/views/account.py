"""A person's own settings, and the one-click sign-in of the demo."""

import ipaddress
import zoneinfo
from typing import Any, NoReturn

from allauth.account.views import LoginView
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
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

from conversations import sessions
from conversations.models import Budget, Company, Conversation, DataSource, Feature, Prompt, Unit, User, usage
from conversations.models.periods import period
from conversations.requests import PersonRequest
from conversations.views import figures, limiting, privacy
from conversations.views.present import language_of

FORWARDED = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")  # what proxies add

REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}


class AccountForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=lambda: _zones())
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language", "theme", "time_zone")


def _zones() -> list[tuple[Any, Any]]:
    """Places by region, and UTC: the database has aliases too that nobody looks for."""
    places: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, place = name.partition("/")
        if place and region in places:
            places[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("", _("As the browser says")), ("UTC", "UTC"), *((REGIONS[each], places[each]) for each in REGIONS)]


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
    context = {
        "form": form,
        "month": _month(request.user),
        "budgets": limiting.rows(Budget.objects.standings(request.user.reader())),
        "asked": _asked(request.user),
        "stored": _stored(request.user),
        "has_keys": request.user.may(Feature.Name.KEYS),
        "has_sources": DataSource.objects.kept().owned_by(request.user.reader()).exists(),
        **privacy.shown(request.user),
        **_security(request),
    }
    return render(request, "conversations/account.html", context, status=status)


def _security(request: PersonRequest) -> dict[str, Any]:
    """What templates/account/_security.html shows."""
    connected = [each.get_provider_account() for each in SocialAccount.objects.filter(user=request.user)]
    ways = {"oidc": settings.OIDC, "passwords": settings.PASSWORDS, "connected": connected}
    return {**ways, "second_factor": is_mfa_enabled(request.user), "sessions": sessions.listed(request)}


def _month(person: User) -> list[tuple[str, str]]:
    """What this person asked for this month: names and figures; the cost only where something had a price."""
    sums = usage.totals(period("month"), person)
    cost = figures.money(sums.cost, Company.current().currency) if sums.cost is not None else ""
    rows = [
        (gettext("Answers"), figures.whole(sums.answers)),
        (gettext("Tokens in"), figures.whole(sums.prompt)),
        (gettext("Tokens out"), figures.whole(sums.completion)),
        (gettext("Cost"), cost),
    ]
    return [(name, value) for name, value in rows if value]


def _asked(person: User) -> list[tuple[str, str]]:
    """Deployments that were asked this month, and what each cost, or how many tokens where nobody knows that."""
    currency, found = Company.current().currency, usage.by(period("month"), "deployment", person)
    return [(each.label or gettext("None"), _cost(each.figures, currency)) for each in found]


def _cost(sums: usage.Figures, currency: str) -> str:
    if sums.cost is not None:
        return figures.money(sums.cost, currency)
    return limiting.amount(Unit.TOKENS, sums.prompt + sums.completion)


def _stored(person: User) -> list[tuple[str, str]]:
    """What is kept of this person: names and how many."""
    conversations = Conversation.objects.for_user(person).begun()
    rows = [
        (gettext("Conversations"), conversations.filter(archived=False).count()),
        (gettext("Archived conversations"), conversations.filter(archived=True).count()),
        (gettext("Own system prompts"), Prompt.objects.filter(owner=person).count()),
    ]
    return [(name, figures.whole(count)) for name, count in rows]


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
    if not settings.EMBEDDED or settings.PUBLIC_URL or settings.TRUSTED_PROXY or not settings.PASSWORDS:
        return []
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        near = False
    if not near or any(name.startswith(FORWARDED) for name in request.META):
        return []
    labels = {"employee": _("Sign in as employee"), "admin": _("Sign in as administrator")}
    known = User.objects.filter(demo=True, is_active=True, username__in=labels)
    names = set(known.values_list("username", flat=True))
    return [{"username": n, "label": label} for n, label in labels.items() if n in names]


def closed(request: HttpRequest, **_: Any) -> NoReturn:
    """Pages of allauth that this product has no use for: accounts and addresses are the administrators' to give."""
    raise Http404


class SignIn(LoginView):
    """allauth's sign-in, which also offers the company's provider, and on the demo its people."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        ways = {"oidc": settings.OIDC, "passwords": settings.PASSWORDS}
        return {**context, **ways, "demo_people": demo_people(self.request)}
