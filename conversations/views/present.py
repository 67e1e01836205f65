"""Messages as templates show them: plain values, the same for a page, an htmx answer and a socket."""

import zoneinfo
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from conversations.generation import View
from conversations.models import (
    CONTINUABLE,
    RUNNING,
    Attempt,
    Company,
    Conversation,
    DataSource,
    Message,
    Reader,
    Reason,
    Role,
    State,
)
from conversations.rendering import Labels, blocks
from conversations.views import attaching, citing, details
from conversations.views.figures import money, seconds, whole

LINES, LINE = 12, 80  # of a long question that are shown at first, and about the characters in one
AGAIN = {State.INTERRUPTED, State.FAILED, State.FILTERED}


def labels() -> Labels:
    """The renderer's words in the active language."""
    return Labels(
        copy=_("Copy"),
        copy_code=_("Copy code"),
        code=_("Code"),
        table=_("Table"),
        image=_("Image"),
        icons=static("icons.svg"),
    )


def turns(conversation: Conversation, path: list[Message]) -> list[dict[str, Any]]:
    """The messages of a branch, oldest first, as the templates take them."""
    answers = [each for each in path if each.role == Role.ASSISTANT]
    prefetch_related_objects(answers, "attempts", "feedback")
    citing.gather(answers)
    siblings, words, allowed = _siblings(conversation), labels(), _allowed(conversation, answers)
    unit = _currency()
    files = attaching.of_questions(conversation, [each for each in path if each.role == Role.USER])
    return [
        article(each, siblings, words=words, unit=unit, allowed=allowed, files=files.get(each.pk, ())) for each in path
    ]


def one(conversation: Conversation, message: Message, view: View | None = None) -> dict[str, Any]:
    """A single message; `view` is how far a running answer has come, its text left out."""
    citing.gather([message])
    allowed = _allowed(conversation, [message])
    siblings = _siblings(conversation)
    return article(message, siblings, view=view, words=labels(), unit=_currency(), allowed=allowed)


def _allowed(conversation: Conversation, answers: list[Message]) -> citing.Allowed | None:
    """What the owner may read of the answers' evidence; None, and nothing asked, if there is none."""
    if not any(each.evidence.all() for each in answers):
        return None
    return citing.Allowed.of(Reader(conversation.owner_id), answers)


def article(
    message: Message,
    siblings: dict[UUID | None, list[UUID]],
    *,
    words: Labels,
    unit: Callable[[], str],
    allowed: citing.Allowed | None = None,
    view: View | None = None,
    files: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    asked = message.role == Role.USER
    state = view.state if view else message.state
    attempts = [] if asked else list(message.attempts.all())
    last = attempts[-1] if attempts else None
    text = (view.text if view else message.text) or ""
    cited = citing.cited(message, allowed) if allowed and not asked else None
    return {
        "id": str(message.pk),
        "role": message.role,
        "state": str(state),
        "parent": str(message.parent_id or ""),
        "epoch": last.number if last else 0,
        "text": text,
        **folded(text),
        "blocks": []
        if asked or view
        else blocks(text, words, open=message.running, structured=bool(last and last.structured), cited=cited),
        "sources": citing.sources(message, text, allowed) if allowed and cited else [],
        "found": allowed.address(message) if allowed and cited else "",
        "files": files,
        **_missing(None if state in RUNNING else last),
        "siblings": _steps(message, siblings.get(message.parent_id, [])),
        "urls": _urls(message),
        "deployment": last.deployment.title if last and last.deployment else "",
        "deployment_id": last.deployment_id if last else None,
        "seconds": last.duration_ms / 1000 if last and last.duration_ms else None,
        "error": last.error if last else "",
        "detail": last.detail if last else "",
        **details.beside(None if state in RUNNING else last, words),
        "tries": last.tries if last else [],
        "waiting": _waiting(view),
        "search": view.search if view and state == State.PENDING else None,
        "reading": ", ".join(view.reading) if view and state == State.PENDING else "",
        "doing": "" if state != State.PENDING else "waiting" if _waiting(view) else "thinking",
        "can": {
            "stop": state in {State.PENDING, State.STREAMING},
            "continue": state in CONTINUABLE and bool(text),
            "try_again": state in AGAIN or (state == State.STOPPED and not text),
            "regenerate": not asked and state not in {State.PENDING, State.STREAMING},
        },
        "feedback": None if asked else getattr(message, "feedback", None),
        "reasons": Reason.choices,
        "reasoning": last.reasoning if last and state not in {State.PENDING, State.STREAMING} else "",
        "left_out": _left_out(message, last) if last and state not in RUNNING else [],
        "details": _details(attempts, unit) if state not in {State.PENDING, State.STREAMING} else [],
    }


def folded(text: str) -> dict[str, str]:
    """The beginning of a long question and the rest of it; no rest if that would hide little."""
    parts = text.split("\n", LINES)
    end = min(len(text) - len(parts[LINES]) if len(parts) > LINES else len(text), LINES * LINE)
    little = len(text) - end <= LINES * LINE // 2 and text.count("\n", end) <= LINES // 2
    return {"beginning": text[:end], "rest": "" if little else text[end:]}


def _missing(last: Attempt | None) -> dict[str, str]:
    """Names of files that it was answered without: those still being read, and those that cannot be."""
    facts = last.facts if last else {}
    return {name: ", ".join(facts.get(name, ())) for name in ("unread", "unreadable")}


def _siblings(conversation: Conversation) -> dict[UUID | None, list[UUID]]:
    found: dict[UUID | None, list[UUID]] = {}
    rows = conversation.messages.order_by("created", "pk").values_list("pk", "parent_id")
    for pk, parent in rows:
        found.setdefault(parent, []).append(pk)
    return found


def _steps(message: Message, siblings: list[UUID]) -> dict[str, Any]:
    at = siblings.index(message.pk) if message.pk in siblings else 0

    def address(index: int) -> str:
        if not 0 <= index < len(siblings):
            return ""
        return reverse("message", args=[message.conversation_id, siblings[index]])

    return {
        "position": at + 1,
        "count": max(1, len(siblings)),
        "previous": address(at - 1),
        "next": address(at + 1),
    }


def _urls(message: Message) -> dict[str, str]:
    ids = [message.conversation_id, message.pk]
    names = ("edit", "text") if message.role == Role.USER else ("stop", "continue", "regenerate", "text", "feedback")
    return {"open": reverse("message", args=ids), **{n: reverse(n, args=ids) for n in names}}


def _waiting(view: View | None) -> dict[str, Any] | None:
    if view is None or view.waiting is None:
        return None
    until = datetime.fromtimestamp(view.waiting.until, UTC)
    seconds = max(0, round((until - datetime.now(UTC)).total_seconds()))
    return {"seconds": seconds, "until": until.isoformat(), "error": view.waiting.error}


def _left_out(message: Message, attempt: Attempt) -> list[str]:
    """Names of the sources that failed while the answer went on without them, as far as its person may know of them."""
    names = attempt.facts.get("sources_left_out")
    if not names:
        return []
    known = DataSource.objects.citable(Reader(message.owner_id)).filter(name__in=names)
    return list(known.values_list("name", flat=True))


def _details(attempts: list[Attempt], unit: Callable[[], str]) -> list[tuple[str, str]]:
    """What the Details popover lists, of the last attempt, with the tokens of all."""
    if not attempts:
        return []
    last = attempts[-1]
    usages = [each.usage for each in attempts]
    prompt = sum(each.get("prompt_tokens") or 0 for each in usages)
    completion = sum(each.get("completion_tokens") or 0 for each in usages)
    cost = _cost(attempts)
    left_out = last.facts.get("left_out")
    rows = [
        (_("Deployment"), last.deployment.title if last.deployment else ""),
        (_("Model"), last.model),
        (_("Tokens"), _("%(prompt)s in, %(completion)s out") % {
            "prompt": whole(prompt),
            "completion": whole(completion),
        } if prompt or completion else ""),
        (_("Of these"), details.of_these(attempts)),
        (_("Cost"), money(cost, unit()) if cost is not None else ""),
        (_("First token"), seconds(last.first_token_ms)),
        (_("Duration"), seconds(last.duration_ms)),
        (_("Finish reason"), last.finish_reason),
        (_("Messages left out"), str(left_out) if left_out else ""),
        (_("Tries before it"), ", ".join(f"{t['deployment']}: {t['error']}" for t in last.tries)),
        (_("Request id"), last.request_id),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


def _cost(attempts: list[Attempt]) -> Decimal | None:
    """What all attempts cost; None while one that used tokens had no price."""
    costs = [each.cost for each in attempts if each.usage or each.cost is not None]
    known = [each for each in costs if each is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None


def _currency() -> Callable[[], str]:
    """The company's currency, read once and only if something has a price."""
    return cache(lambda: Company.current().currency)


def zone_of(person: Any, said: str) -> str:
    """The time zone a person lives in: their own choice, else what the browser said in its cookie, else UTC."""
    zone = (person.time_zone if person else "") or said
    return zone if zone in _zones() else "UTC"


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def language_of(person: Any, accepted: str = "") -> str:
    """The language a person reads: their own choice, else what the browser asks for."""
    if person.language:
        return str(person.language)
    for part in accepted.split(","):
        code = part.partition(";")[0].strip()
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"
