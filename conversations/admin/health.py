"""What is healthy, for the administrators' first page: a few queries, however many deployments there are."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.db.models import Count, F, OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations import checks
from conversations.admin import troubles
from conversations.models import Attempt, DataSource, Deployment, Message, usage
from conversations.views import figures
from conversations.views.health import missing

RECENT = timedelta(hours=24)
WORRYING = 0.2  # share of failures from which on a deployment is said to fail


@dataclass
class Standing:
    """How a deployment did lately. An answer that a fallback had to give is a failure of the one it replaced."""

    deployment: Deployment
    last_success: datetime | None
    answers: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # code of completions.errors → how often
    first_token_ms: int | None = None

    @property
    def failed(self) -> int:
        return self.errors.total()

    @property
    def failing(self) -> bool:
        return bool(self.answers) and self.failed / self.answers >= WORRYING

    @property
    def notes(self) -> list[str]:
        """What an administrator should do about it, one sentence each: new worries about a deployment go here."""
        found = []
        if self.deployment.key_lost:
            found.append(_("The stored key cannot be decrypted any more: enter it again."))
        if self.failing:
            code = self.errors.most_common(1)[0][0]
            found.append(troubles.fix(code))
        elif self.test_failed:
            found.append(troubles.fix(self.deployment.test_error))
        if self.deployment.retires_on and self.deployment.retires_soon:
            found.append(_retirement(self.deployment.retires_on))
        return found

    @property
    def test_failed(self) -> bool:
        """Did its last test fail, and has it answered nobody since?"""
        tested = self.deployment.tested_at
        if not self.deployment.test_error or tested is None:
            return False
        return self.last_success is None or self.last_success < tested

    @property
    def mark(self) -> str:
        """Class of its dot: bad, warn when it only retires soon, ok, or idle when nobody asked it."""
        if self.deployment.enabled and (self.deployment.key_lost or self.failing or self.test_failed):
            return "bad"
        if self.deployment.enabled and self.notes:
            return "warn"
        return "ok" if self.deployment.enabled and self.answers else "idle"

    @property
    def words(self) -> str:
        if not self.deployment.enabled:
            return _("Disabled")
        if self.deployment.key_lost:
            return _("Key lost")
        if self.failing:
            return _("Failing")
        if self.test_failed:
            return _("Test failed")
        return _("Healthy") if self.answers else _("Not asked lately")

    @property
    def failures(self) -> str:
        """How many failed, how large a share that is, and what the commonest error was."""
        if not self.failed:
            return figures.whole(0)
        code = self.errors.most_common(1)[0][0]
        return f"{figures.whole(self.failed)} ({figures.share(self.failed, self.answers)}, {troubles.name(code)})"

    @property
    def first_token(self) -> str:
        return figures.seconds(self.first_token_ms)


def context(request: HttpRequest) -> dict[str, Any]:
    """What the first page shows; nothing but its links for whoever may not see deployments."""
    user = request.user
    if not user.has_perm("conversations.view_deployment") and not user.has_perm("conversations.change_deployment"):
        return {}
    deployments, sources = standings(), list(DataSource.objects.kept())
    running = Message.objects.running().aggregate(answers=Count("pk"), processes=Count("runner", distinct=True))
    return {
        "standings": deployments,
        "worries": [each for each in deployments if each.mark in {"bad", "warn"}],
        "failing_sources": [each for each in sources if each.enabled and each.test_error],
        "lost_sources": [each for each in sources if each.secrets_lost],
        "usable": any(each.deployment.enabled for each in deployments),
        "missing": missing(),
        "findings": findings(),
        "running": running,
        "several": bool(settings.REDIS_URL),
    }


def standings() -> list[Standing]:
    """Every deployment with its last 24 hours, enabled ones first."""
    succeeded = usage.ended().filter(deployment=OuterRef("pk"), error="").order_by("-started").values("started")[:1]
    rows = Deployment.objects.order_by("-enabled", "position", "pk")
    last = dict(rows.values_list("pk").annotate(last=Subquery(succeeded)))
    found = {each.pk: Standing(each, last[each.pk]) for each in rows}
    recent = usage.ended(timezone.now() - RECENT)
    for pk, error, times in recent.order_by().values_list("deployment", "error").annotate(Count("pk")):
        if pk in found:
            found[pk].answers += times
            if error not in usage.NO_FAILURE:
                found[pk].errors[error] += times
    for pk, median in usage.medians(recent, F("deployment")).items():
        if pk in found:
            found[pk].first_token_ms = median
    _count_replaced(list(found.values()))
    return list(found.values())


def _retirement(day: date) -> str:
    words = _("This deployment retires on %(day)s. Set up another one and let it take over.")
    return words % {"day": date_format(day)}


def _count_replaced(standings: list[Standing]) -> None:
    """Count answers that another deployment had to give; tries name theirs by its title."""
    titled = {each.deployment.title: each for each in reversed(standings)}
    shown = ("tries", "deployment__name", "deployment__label")  # and none of their texts
    tried = Attempt.objects.filter(started__gte=timezone.now() - RECENT).exclude(tries=[]).only(*shown)
    for attempt in tried:
        last = {each["deployment"]: each["error"] for each in attempt.tries}
        answered = attempt.deployment.title if attempt.deployment else ""
        for title, error in last.items():
            if title != answered and title in titled:
                titled[title].answers += 1
                titled[title].errors[error] += 1


def findings() -> list[CheckMessage]:
    """Those system checks that concern a running server; a demo on loopback is no public one."""
    public = [] if settings.EMBEDDED and not settings.PUBLIC_URL else checks.public_server()
    return [*public, *checks.layer_between_processes()]
