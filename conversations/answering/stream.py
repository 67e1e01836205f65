"""The one way from a request to chunks: admitted, fitted, tried again before its first token, fallen back.

Retries are never hidden: each is a `Tried` among the chunks. At most QUIET_TRIES are silent; after those a
declared fallback takes over, or the waiting becomes visible, up to VISIBLE_TRIES.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec
from django.conf import settings

from conversations.answering.admission import Candidate, admit
from conversations.answering.documents import Documents, Parts, answer, find
from conversations.answering.history import fit
from conversations.answering.notices import FellBack, Notice, Searching, Tried
from conversations.completions import client
from conversations.completions.errors import CompletionError, PromptTooLong, TimedOut, UnknownHost
from conversations.completions.wire import ChatRequest, Chunk
from conversations.grounding import Grounded
from conversations.models import Deployment, Reader

QUIET_TRIES = 2
VISIBLE_TRIES = 3
QUIET_WAIT = 5.0  # seconds; a longer Retry-After is shown
LONGEST_WAIT = 60.0  # seconds; an upstream that asks for more has failed
HOPELESS = (TimedOut, UnknownHost)  # a person has waited long enough, or would wait for nothing


async def stream(
    request: ChatRequest,
    *,
    deployment: Deployment,
    reader: Reader,
    trim: int = 0,
    documents: Documents | None = None,
) -> AsyncGenerator[Chunk | Notice, None]:
    """Chunks of the answer, with notices in between.

    With `trim` the oldest turns that do not fit are left out, but never the last `trim` messages; without it a long
    prompt fails as PromptTooLong, which is what a program expects. Raises CompletionError.
    """
    candidates = await admit(deployment, reader)
    found: Grounded | None = None
    if documents:
        async with aclosing(find(request, documents, candidates[0], reader)) as steps:
            async for step in steps:
                if isinstance(step, Searching):
                    yield step
                else:
                    found = step

    def ask(candidate: Candidate, patient: bool) -> Parts:
        def through(sent: ChatRequest) -> Parts:
            return _ask(sent, candidate, trim=trim, patient=patient)

        return answer(request, documents, found, candidate, through) if documents and found else through(request)

    async with aclosing(_in_line(candidates, ask)) as parts:
        async for part in parts:
            yield part


async def _in_line(candidates: list[Candidate], ask: Callable[[Candidate, bool], Parts]) -> Parts:
    """The answer of the first candidate that can give one; only the last is asked patiently."""
    for at, candidate in enumerate(candidates):
        last = at == len(candidates) - 1
        if at:
            yield FellBack(candidate.pk, candidate.label)
        try:
            async with aclosing(ask(candidate, last)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except _NextPlease:
            continue


class _NextPlease(Exception):
    """This candidate failed before its first token and another one stands by."""


async def _ask(request: ChatRequest, candidate: Candidate, *, trim: int, patient: bool) -> Parts:
    window, failures = candidate.context_window, 0
    while True:
        sent = request
        if trim:
            asked = request.max_completion_tokens or request.max_tokens
            messages, trimmed = await fit(request.messages, window, asked, keep=trim)
            sent = msgspec.structs.replace(request, messages=messages)
            if trimmed:
                yield trimmed
        began = False
        try:
            async with aclosing(_upstream(sent, candidate)) as chunks:
                async for chunk in chunks:
                    began = began or any(choice.delta and choice.delta.speaks for choice in chunk.choices)
                    yield chunk
            return
        except PromptTooLong as error:
            # The upstream counts differently from us: once more with less history, then it is the question's turn.
            if began or not trim or error.status is None or window < candidate.context_window:
                raise
            window = window * 3 // 4
        except CompletionError as error:
            failures += 1
            if began or not error.retryable:
                raise
            wait = again(error, failures, patient=patient)
            if wait is None and patient:
                raise  # the page offers another try
            if wait is None:
                yield Tried(candidate.label, error.code, str(error), error.request_id or "", 0.0, True)
                raise _NextPlease from error
            quiet = failures <= QUIET_TRIES and wait <= QUIET_WAIT
            yield Tried(candidate.label, error.code, str(error), error.request_id or "", wait, quiet)
            await asyncio.sleep(wait)


def _upstream(request: ChatRequest, candidate: Candidate) -> AsyncGenerator[Chunk, None]:
    return client.stream(
        request,
        candidate.endpoint,
        first_token_timeout=settings.FIRST_TOKEN_TIMEOUT,
        chunk_timeout=settings.CHUNK_TIMEOUT,
    )


def again(error: CompletionError, failures: int, *, patient: bool = True) -> float | None:
    """Seconds until the same deployment is asked again; None if it is not. `patient`: nobody takes over for it."""
    if not error.retryable or isinstance(error, HOPELESS):
        return None
    wait = _wait(error, failures)
    tries, longest = (QUIET_TRIES + VISIBLE_TRIES, LONGEST_WAIT) if patient else (QUIET_TRIES, QUIET_WAIT)
    return wait if failures <= tries and wait <= longest else None


def _wait(error: CompletionError, failures: int) -> float:
    """Seconds until the next try: what upstream asks for, else doubling from half a second, with jitter."""
    if error.retry_after is not None:
        return max(error.retry_after, 0.05)
    return min(0.5 * 2 ** (failures - 1), 8.0) * random.uniform(0.75, 1.25)
