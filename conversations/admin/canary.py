"""A canary call for every deployment and data source that is enabled: who fails is known before a colleague asks."""

import asyncio
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from conversations.admin import trying
from conversations.answering import source_test
from conversations.models import DataSource, Deployment, Reader
from conversations.requests import PersonRequest

AT_ONCE = 4


@dataclass(frozen=True)
class Sung:
    """What came of one call. `error`: its code, empty if all went well; `ms`: how long all stages took together."""

    kind: str  # "deployment" or "data source"
    name: str
    error: str
    ms: int
    days_left: int | None = None  # until a deployment retires, if that is known


async def sing(reader: Reader) -> list[Sung]:
    """Test all of them as their forms do, on behalf of `reader`, a few at a time; their pages show it too."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def each(test: Deployment | DataSource) -> Sung:
        async with turn:
            return await (_deployment(test) if isinstance(test, Deployment) else _source(test, reader))

    tests = await database_sync_to_async(_all)()
    return list(await asyncio.gather(*[each(test) for test in tests]))


@require_POST
def page(request: PersonRequest) -> HttpResponse:
    """Test everything now, as the administrator who asks; the overview shows what came of it."""
    if not request.user.has_perms(["conversations.change_deployment", "conversations.change_datasource"]):
        raise PermissionDenied
    results = async_to_sync(sing)(request.user.reader())
    failed = [each.name for each in results if each.error]
    if failed:
        messages.error(
            request, _("These failed; their pages say where, and what to do: %(names)s") % {"names": ", ".join(failed)}
        )
    else:
        words = ngettext("%(count)s test passed.", "%(count)s tests passed.", len(results))
        messages.success(request, words % {"count": len(results)})
    return redirect("admin:index")


def _all() -> list[Deployment | DataSource]:
    return [*Deployment.objects.usable(), *DataSource.objects.kept().filter(enabled=True)]


async def _deployment(deployment: Deployment) -> Sung:
    trial = await trying.attempt(deployment)
    await database_sync_to_async(deployment.tested)(trial.plain(), trial.error, trial.capabilities)
    return Sung("deployment", deployment.title, trial.error, _took(trial.plain()), deployment.days_left)


async def _source(source: DataSource, reader: Reader) -> Sung:
    trial = await source_test.attempt(source, reader)
    await database_sync_to_async(source.tested)(trial.stages, trial.error)
    return Sung("data source", source.name, trial.error, _took(trial.stages))


def _took(stages: list[dict[str, object]]) -> int:
    return sum(ms for each in stages if isinstance(ms := each.get("ms"), int))
