"""What a person attached is read from its beginning where no search leads into it: “summarise this”, “translate it”."""

import asyncio
import logging
from collections.abc import Sequence

from conversations.completions.errors import CompletionError
from conversations.grounding.judge import Candidate
from conversations.retrieval import Retriever
from conversations.retrieval.base import ELSE, FIRST, Readable, Setting

log = logging.getLogger(__name__)

PASSAGES = 16  # about as much as the prompt has room for


async def begun(
    retrieved: list[Candidate], retrievers: Sequence[Retriever], settings: Sequence[Setting], patience: float
) -> list[Candidate]:
    """`retrieved`, and before it the first passages of sources that want this and of which nothing is used."""
    used = {each.source for each in retrieved if not each.reason}
    first: list[Candidate] = []
    for at, (retriever, setting) in enumerate(zip(retrievers, settings, strict=True)):
        wanted = at not in used if setting.beginning == FIRST else setting.beginning == ELSE and not used
        if not wanted or not isinstance(retriever, Readable):
            continue
        try:
            async with asyncio.timeout(patience):
                first += [Candidate(hit, at, passes=True) for hit in await retriever.beginning(PASSAGES)]
        except (TimeoutError, CompletionError) as error:
            log.info("Attached files are not read from their beginning: %s", error or "too late")
    known = {(each.source, each.hit.chunk_id) for each in first}
    return first + [each for each in retrieved if (each.source, each.hit.chunk_id) not in known]
