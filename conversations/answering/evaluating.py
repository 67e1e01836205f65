"""A source's golden questions, asked as people ask them, and what came of each."""

import asyncio
import contextvars
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django import db
from django.db import IntegrityError
from django.db.models.functions import Now

from conversations.answering import sources
from conversations.answering.documents import Documents, check
from conversations.answering.notices import FellBack, Found, Notice, Passage
from conversations.answering.stream import stream
from conversations.completions.draft import Draft
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest, Message, plain
from conversations.models import (
    Call,
    DataSource,
    Deployment,
    Evaluation,
    GoldenQuestion,
    Outcome,
    Purpose,
    Reader,
    Verdict,
)

log = logging.getLogger(__name__)

AT_ONCE = 4  # questions
BEAT = 1.0  # seconds between two saves of how far it is
FAILED = "failed"  # why a run came to no end: something that nobody foresaw, which the log has, or the server ended
RIGHT = {Verdict.SUPPORTED.value, Verdict.NOT_CHECKED.value}
_tasks: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly


class Busy(Exception):
    """The golden questions of this source are being asked already."""


async def evaluate(source: DataSource, deployment: Deployment, reader: Reader) -> Evaluation:
    """Ask all of them on behalf of `reader`, who finds what they may read alone; the run is stored.

    Raises RetrievalError if the source cannot be asked as it is configured, or Busy.
    """
    return await _through(await _begun(source, deployment, reader))


async def begin(source: DataSource, deployment: Deployment, reader: Reader) -> None:
    """The same by a task of its own, which starts from an empty context: a request's ends with it."""
    run = await _begun(source, deployment, reader)
    task = asyncio.get_running_loop().create_task(_quietly(run), context=contextvars.Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


@dataclass(frozen=True)
class _Run:
    row: Evaluation
    questions: list[GoldenQuestion]
    given: Documents
    deployment: Deployment
    reader: Reader


async def _begun(source: DataSource, deployment: Deployment, reader: Reader) -> _Run:
    given: Documents = await database_sync_to_async(sources.documents)([source], reader)
    questions = [each async for each in source.golden_questions.all()]
    await database_sync_to_async(Evaluation.objects.sweep)()
    try:
        row = await Evaluation.objects.acreate(
            source=source,
            deployment=deployment.title[:200],
            documents=given.settings[0].source.parameters.top_n_documents,
            questions=len(questions),
            beat_at=Now(),
        )
    except IntegrityError as error:
        raise Busy from error
    return _Run(row, questions, given, deployment, reader)


async def _quietly(run: _Run) -> None:
    try:
        await _through(run)
    except Exception:  # nobody waits for it: the row says that it failed, and the log why
        log.exception("The golden questions of %s could not be asked", run.row.source_id)


async def _through(run: _Run) -> Evaluation:
    turns = asyncio.Semaphore(AT_ONCE)
    done: dict[int, Outcome] = {}

    async def one(asked: GoldenQuestion) -> None:
        async with turns:
            done[asked.pk] = await _outcome(asked, run.given, run.deployment, run.reader)

    async def beating() -> None:
        while True:
            facts = {"outcomes": [vars(each) for each in done.values()]}
            try:
                await database_sync_to_async(run.row.beat)(**facts)
            except db.Error:
                log.exception("How far the golden questions of %s are could not be saved", run.row.source_id)
            await asyncio.sleep(BEAT)

    beats = asyncio.create_task(beating())
    failed = FAILED
    try:
        async with asyncio.TaskGroup() as group:
            for each in run.questions:
                group.create_task(one(each))
        failed = ""
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
        outcomes = [done[each.pk] for each in run.questions if each.pk in done]
        await database_sync_to_async(run.row.end)(outcomes, failed)
    return run.row


async def _outcome(asked: GoldenQuestion, given: Documents, deployment: Deployment, reader: Reader) -> Outcome:
    request = ChatRequest(messages=[Message(role="user", content=asked.question)])
    passages: Sequence[Passage] = ()
    draft, asking = Draft(), deployment.pk
    try:
        async with aclosing(stream(request, deployment=deployment, reader=reader, trim=1, documents=given)) as parts:
            async for part in parts:
                if isinstance(part, Found):
                    passages = sorted((each for each in part.passages if each.number), key=lambda each: each.number)
                elif isinstance(part, FellBack):
                    asking = part.deployment
                elif not isinstance(part, Notice):
                    draft.add(part)
    except CompletionError as error:
        return Outcome(asked.question, asked.document, error=error.code)
    finally:
        if draft.usage or draft.text:
            usage = plain(draft.usage) if draft.usage else {}
            await Call.note(Purpose.EVALUATION, usage, reader=reader, deployment=asking)
    mentions = await check(draft.text, passages, given.embed)
    wanted = {each.number for each in passages if asked.document and asked.wants(_names(each), each.page)}
    right = sum(1 for each in mentions if each.number in wanted and each.verdict in RIGHT)
    return Outcome(asked.question, asked.document, place=min(wanted, default=0), cited=len(mentions), right=right)


def _names(passage: Passage) -> list[str]:
    return [passage.title, passage.filepath, passage.url]
