"""Testing a data source in stages, over the adapter that every question uses, and what to do about what failed."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.utils.translation import gettext_lazy as _

from conversations.answering import sources
from conversations.completions.errors import CompletionError
from conversations.models import DataSource, Reader
from conversations.retrieval import retriever
from conversations.retrieval.base import Setting

PATIENCE = 60.0  # seconds for all of them
STAGES = {
    "settings": _("Settings"),
    "reach": _("Reach"),
    "sign_in": _("Sign in"),
    "index": _("Index"),
    "fields": _("Fields"),
    "embedding": _("Embedding"),
    "dimensions": _("Dimensions"),
    "query": _("One query"),
}
FIXES = {
    "settings": _("Complete the form, and save it."),
    "reach": _("Check the address, and whether this server may connect to it."),
    "sign_in": _("Enter the key again, and check that it may read this index."),
    "index": _("Check its name; what there is stands below."),
    "fields": _("Correct the names of the fields."),
    "embedding": _("Choose a deployment that makes embeddings, and test that deployment."),
    "dimensions": _("Choose the embedding that the documents were made with."),
    "query": _("Check filter, query type and fields."),
}
VECTORS = {"embedding", "dimensions"}


@dataclass
class Trial:
    """`stages`: as they are stored; `error`: the stage that failed, or empty."""

    stages: list[dict[str, Any]]
    error: str = ""


async def attempt(source: DataSource, reader: Reader) -> Trial:
    """Ask the saved configuration on behalf of `reader`."""
    trial, named = Trial([]), f"“{source.name}”: "

    def add(name: str, fine: bool, detail: str = "", ms: int | None = None) -> None:
        trial.stages.append(
            {"name": name, "state": "passed" if fine else "failed", "ms": ms, "detail": detail.removeprefix(named)}
        )
        trial.error = trial.error if fine else name

    try:
        setting = await sync_to_async(sources.setting)(source, reader)
    except CompletionError as error:
        add("settings", False, str(error))
        return _waiting(trial, None)
    add("settings", True)
    found = retriever(setting)
    try:
        async with asyncio.timeout(PATIENCE), aclosing(cast(Any, found.stages())) as stages:
            async for each in stages:
                add(each.name, each.fine, each.detail, each.milliseconds)
    except TimeoutError:
        add(_next(trial, setting), False, f"no answer within {PATIENCE:g} seconds")
    finally:
        await found.aclose()
    return _waiting(trial, setting)


def told(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored stages in words, each with `title`, and `words` on what to do about the one that failed."""
    return [
        {
            **stage,
            "title": STAGES.get(stage["name"], stage["name"]),
            "words": FIXES.get(stage["name"], "") if stage["state"] == "failed" else "",
        }
        for stage in stages
    ]


def _next(trial: Trial, setting: Setting | None) -> str:
    return next(iter(_left(trial, setting)), "query")


def _left(trial: Trial, setting: Setting | None) -> list[str]:
    """The stages that would come, if those before them were fine."""
    reached = list(STAGES).index(trial.stages[-1]["name"])
    skipped = VECTORS if setting is not None and setting.embed is None else set()
    here = {"settings", "index", "query"} if setting is not None and setting.source.type == "local" else STAGES.keys()
    return [name for name in list(STAGES)[reached + 1 :] if name in here - skipped]


def _waiting(trial: Trial, setting: Setting | None) -> Trial:
    if trial.error:
        waits = [{"name": name, "state": "waiting", "ms": None, "detail": ""} for name in _left(trial, setting)]
        trial.stages += waits
    return trial
