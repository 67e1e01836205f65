"""Testing a deployment in stages, over the road that every question takes; and what to do about the one that failed.

reach: an address that may be had, DNS, TCP, TLS. sign_in: a token where one is needed, and what it is sent to takes
it. model: the first token of an answer. stream: the rest of it. Then what it can do is looked at (probes.py).
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations.admin import probes
from conversations.admin.troubles import fix
from conversations.completions import client, identity
from conversations.completions.endpoints import Endpoint, signed_in
from conversations.completions.errors import CompletionError
from conversations.models import Deployment

QUESTION = "Reply with the numbers from one to ten, in words."
STAGES = {
    "reach": _("Reach the address"),
    "sign_in": _("Sign in"),
    "model": _("Ask the model"),
    "stream": _("Stream the answer"),
}
CAPABILITIES = {
    "usage": _("counts tokens"),
    "reasoning": _("shows its reasoning"),
    "tools": _("calls tools"),
    "json_schema": _("keeps to a JSON schema"),
    "images": _("sees images"),
    "embeddings": _("makes vectors"),
}
# Where an error in the middle of asking belongs; any other one is the model's until its first token has come.
BELONGS = {
    **dict.fromkeys(("unreachable", "unknown_host", "forbidden_address", "redirected"), "reach"),
    "bad_key": "sign_in",
}


@dataclass
class Stage:
    name: str
    state: str = "skipped"  # or "passed", or "failed"
    ms: int | None = None
    fix: str = ""  # a code of troubles.py, if it failed
    detail: str = ""  # what the error said, or which model answered


class Trial:
    """How a test goes; `error` is the code of what stopped it, or empty."""

    def __init__(self) -> None:
        self.stages = {name: Stage(name) for name in STAGES}
        self.error = ""
        self.capabilities: dict[str, bool] = {}
        self._since = time.monotonic()

    def passed(self, name: str, detail: str = "") -> None:
        """It took from the stage before until now."""
        now = time.monotonic()
        self.stages[name] = Stage(name, "passed", round((now - self._since) * 1000), detail=detail)
        self._since = now

    def failed(self, name: str, error: CompletionError, fix: str = "") -> None:
        self.error = error.code
        self.stages[name] = Stage(name, "failed", fix=fix or error.code, detail=str(error))

    def plain(self) -> list[dict[str, Any]]:
        return [asdict(each) for each in self.stages.values()]


async def attempt(deployment: Deployment, *, look: bool = True) -> Trial:
    """Ask it a few short questions and say how that went. Costs a few tokens. `look`: also at what it can do."""
    trial, endpoint = Trial(), deployment.endpoint_at()
    try:
        await _reach(endpoint)
    except CompletionError as error:
        trial.failed("reach", error)
        return trial
    trial.passed("reach")
    try:
        identity.forget(endpoint.identity)
        endpoint = await signed_in(endpoint)
    except CompletionError as error:
        trial.failed("sign_in", error, "elsewhere" if error.code == "forbidden_address" else "no_token")
        return trial
    if endpoint.identity:
        trial.passed("sign_in")
    await _question(trial, endpoint, look)
    return trial


async def _reach(endpoint: Endpoint) -> None:
    with suppress(TimeoutError):  # connecting has a shorter limit: it was reached, and does not answer a bare look
        async with asyncio.timeout(probes.PATIENCE):
            await client.reach(endpoint)


async def _question(trial: Trial, endpoint: Endpoint, look: bool) -> None:
    """The stages that one question decides."""
    at = "model"

    def heard(piece: str) -> None:
        nonlocal at
        if at == "model":
            trial.passed("model")
            at = "stream"

    try:
        draft = await probes.ask(probes.question(QUESTION), endpoint, heard)
    except CompletionError as error:
        refused = error.code == "bad_key" and endpoint.identity
        trial.failed(BELONGS.get(error.code, at), error, "no_role" if refused else "")
        return
    heard("")  # an answer without text is one as well
    trial.passed("stream")
    trial.stages["model"].detail = draft.model
    if endpoint.key:
        trial.stages["sign_in"].state = "passed"  # together with the question: it has no time of its own
    if look:
        trial.capabilities = await probes.capabilities(draft, endpoint)


def told(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored stages in words, each with `title`, and `words` on what to do about the one that failed."""
    return [
        {
            **stage,
            "title": STAGES.get(stage["name"], stage["name"]),
            "words": fix(stage["fix"]) if stage["state"] == "failed" else "",
        }
        for stage in stages
    ]


def seen(capabilities: dict[str, bool]) -> list[tuple[str, bool]]:
    """Those that are known, in words, and whether it has them."""
    return [(str(words), capabilities[name]) for name, words in CAPABILITIES.items() if name in capabilities]
