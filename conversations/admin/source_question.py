"""The playground: what a source would give an answer to read, and why, without asking a model."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from django import forms
from django.utils.translation import gettext_lazy as _

from conversations import grounding
from conversations.answering import sources
from conversations.answering.documents import tokens_about
from conversations.completions.errors import CompletionError
from conversations.completions.wire import Message
from conversations.grounding.judge import Candidate
from conversations.models import DataSource, Reader
from conversations.retrieval.base import Setting

SHOWN = 6  # rows at least; the others are folded away
STRICTNESS = {
    1: _("1: keeps most"),
    2: "2",
    3: _("3: as usual"),
    4: "4",
    5: _("5: keeps least"),
}


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("Question"), max_length=1000, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    strictness = forms.TypedChoiceField(label=_("Strictness"), choices=list(STRICTNESS.items()), coerce=int)
    top = forms.IntegerField(
        label=_("Top documents"), min_value=1, max_value=100, widget=forms.NumberInput(attrs={"class": "vIntegerField"})
    )


@dataclass(frozen=True)
class Row:
    """A retrieved passage; `reason` is empty for one that an answer would be given, as number `number`."""

    title: str
    page: int | None
    heading: str
    content: str
    search: float
    rerank: float
    likely: int  # percent
    number: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of a question; all that is `kept` is among the `first` rows."""

    rows: list[Row] = field(default_factory=list)
    kept: int = 0
    tokens: int = 0
    milliseconds: int = 0
    error: str = ""

    @property
    def first(self) -> list[Row]:
        last = max((at for at, row in enumerate(self.rows, 1) if row.number), default=0)
        return self.rows[: max(SHOWN, last)]

    @property
    def rest(self) -> list[Row]:
        return self.rows[len(self.first) :]


def form(source: DataSource, data: Any) -> QuestionForm:
    """Bound if a question was asked; begins with what the source is set to."""
    given = source.parameters
    usual = {"strictness": given.get("strictness") or 3, "top": given.get("top_n_documents") or 5}
    if "question" not in data:
        return QuestionForm(initial=usual)
    return QuestionForm({**usual, **{name: data[name] for name in ("question", *usual) if data.get(name)}})


def ask(source: DataSource, reader: Reader, question: str, strictness: int, top: int) -> Outcome:
    """Search on behalf of `reader` with these instead of the saved strictness and top_n_documents."""
    began = time.monotonic()
    try:
        setting = sources.setting(source, reader)
        changed = msgspec.structs.replace(setting.source.parameters, strictness=strictness, top_n_documents=top)
        found = async_to_sync(_ground)(question, msgspec.structs.replace(setting.source, parameters=changed), setting)
    except CompletionError as error:
        return Outcome(error=str(error))
    numbers = {id(each.hit): each.number for each in found.given}
    rows = [_row(each, numbers.get(id(each.hit), 0)) for each in found.retrieved]
    spent = round((time.monotonic() - began) * 1000)
    return Outcome(rows, len(found.given), sum(tokens_about(each.content) for each in found.given), spent)


async def _ground(question: str, source: Any, setting: Setting) -> grounding.Grounded:
    asked = Setting(setting.name, source, setting.access, setting.embed)
    steps: Sequence[Any] = [
        step async for step in grounding.ground([Message(role="user", content=question)], [asked], count=tokens_about)
    ]
    found: grounding.Grounded = steps[-1]
    return found


def _row(each: Candidate, number: int) -> Row:
    hit = each.hit
    return Row(
        title=hit.title or hit.filepath or hit.url or hit.content[:60],
        page=hit.page,
        heading=hit.heading,
        content=hit.content,
        search=hit.score,
        rerank=hit.rerank_score if hit.rerank_score is not None else each.score,
        likely=round(100 * each.likelihood),
        number=number,
        reason="" if number else each.reason or "room",
    )
