"""A source's golden questions, asked as people ask them, and what came of each."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from channels.db import database_sync_to_async

from conversations.answering import sources
from conversations.answering.documents import Documents
from conversations.answering.notices import Checked, Found, Mention, Passage
from conversations.answering.stream import stream
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest, Message
from conversations.models import DataSource, Deployment, Evaluation, GoldenQuestion, Outcome, Reader, Verdict

AT_ONCE = 4  # questions
RIGHT = {Verdict.SUPPORTED.value, Verdict.NOT_CHECKED.value}


async def evaluate(source: DataSource, deployment: Deployment, reader: Reader) -> Evaluation:
    """Ask all of them on behalf of `reader`, who finds what they may read alone; the run is stored.

    Raises RetrievalError if the source cannot be asked as it is configured.
    """
    given: Documents = await database_sync_to_async(sources.documents)([source], reader)
    questions = [each async for each in source.golden_questions.all()]
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(asked: GoldenQuestion) -> Outcome:
        async with turns:
            return await _outcome(asked, given, deployment, reader)

    outcomes = await asyncio.gather(*map(one, questions))
    return await Evaluation.objects.acreate(
        source=source,
        deployment=deployment.title[:200],
        documents=given.settings[0].source.parameters.top_n_documents,
        outcomes=[vars(each) for each in outcomes],
    )


async def _outcome(asked: GoldenQuestion, given: Documents, deployment: Deployment, reader: Reader) -> Outcome:
    request = ChatRequest(messages=[Message(role="user", content=asked.question)])
    passages: Sequence[Passage] = ()
    mentions: Sequence[Mention] = ()
    try:
        async with aclosing(stream(request, deployment=deployment, reader=reader, trim=1, documents=given)) as parts:
            async for part in parts:
                if isinstance(part, Found):
                    passages = sorted((each for each in part.passages if each.number), key=lambda each: each.number)
                elif isinstance(part, Checked):
                    mentions = part.mentions
    except CompletionError as error:
        return Outcome(asked.question, asked.document, error=error.code)
    wanted = {each.number for each in passages if asked.document and asked.wants(_names(each), each.page)}
    right = sum(1 for each in mentions if each.number in wanted and each.verdict in RIGHT)
    return Outcome(asked.question, asked.document, place=min(wanted, default=0), cited=len(mentions), right=right)


def _names(passage: Passage) -> list[str]:
    return [passage.title, passage.filepath, passage.url]
