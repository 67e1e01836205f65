"""One answer for a program: the road that pages take too, with what it took written down however it ends."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from conversations import answering
from conversations.answering import Documents, Passage
from conversations.api.errors import ApiError
from conversations.api.lasting import Lasting
from conversations.completions.draft import Draft
from conversations.completions.wire import ChatRequest, Choice, Chunk, Usage, plain
from conversations.models import ApiKey, Call, Deployment, Purpose, Reader

WORST = ("supported", "not_checked", "weak", "not_found")  # the last counts for a document that is cited twice


@dataclass
class Answer:
    """Iterate `chunks`; `drafts` then hold what came of each choice, if `kept`.

    All chunks have one `id`, one `created` and a `model`, whatever upstream says in which of them.
    """

    request: ChatRequest
    deployment: Deployment
    key: ApiKey
    documents: Documents
    kept: bool
    id: str = ""
    created: int = 0
    model: str = ""
    service_tier: str | None = None
    usage: Usage | None = None
    rate_limits: dict[str, str] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    verdicts: dict[int, dict[int, str]] = field(default_factory=dict)  # choice → number of a citation → verdict
    _passages: Sequence[Passage] = ()
    _said: int = 0  # bytes

    @property
    def reader(self) -> Reader:
        return self.key.reader()

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """As they come, without usage: that is `self.usage` at the end. Raises CompletionError, or ApiError (403)."""
        by, began = self.deployment.pk, False
        # Usage is always asked for: we count it, whether or not the program wants to see it.
        request = msgspec.structs.replace(self.request, stream_options=None)
        parts = answering.stream(
            request, deployment=self.deployment, reader=self.reader, documents=self.documents or None
        )
        named = [key for key in self.documents.keys if key is not None]
        try:
            async with aclosing(Lasting(self.reader, self.deployment.pk, named).each(parts)) as lasting:
                async for part in lasting:
                    if isinstance(part, answering.FellBack):
                        by = part.deployment
                    elif isinstance(part, answering.Found):
                        self._passages = part.passages
                    elif isinstance(part, Chunk):
                        began = True
                        if (chunk := await self._taken(part)) is not None:
                            yield chunk
        except (asyncio.CancelledError, ApiError):
            began = True  # who went away was not refused: the deployment was at work
            raise
        finally:
            if began:
                # A program that has gone away cancels this task: what was spent is written down all the same.
                usage = plain(self.usage) if self.usage else {}
                guess = answering.guess(request, self._passages, self._said)
                note = Call.note(Purpose.API, usage, reader=self.reader, deployment=by, guess=guess)
                await asyncio.shield(note)

    async def _taken(self, chunk: Chunk) -> Chunk | None:
        """The chunk as the program gets it; None if nothing but usage was in it."""
        if chunk.response is not None:
            self.rate_limits = chunk.response.rate_limits
        self.id = self.id or chunk.id or f"chatcmpl-{uuid.uuid4().hex}"
        self.created = self.created or chunk.created or int(time.time())
        self.model = chunk.model or self.model or self.deployment.model or self.deployment.name
        self.service_tier = chunk.service_tier or self.service_tier
        self.usage, chunk.usage = chunk.usage or self.usage, None
        chunk.id, chunk.created, chunk.model, chunk.object = self.id, self.created, self.model, "chat.completion.chunk"
        self._said += sum(each.delta.length for each in chunk.choices if each.delta)
        if self.kept or self.documents:
            for choice in chunk.choices:
                self._keep(chunk, choice)
                if choice.finish_reason and self._passages:
                    await self._check(choice)
        if chunk.prompt_filter_results and self.kept and not chunk.choices:
            self.drafts.setdefault(0, Draft()).add(chunk)
        return chunk if chunk.choices or chunk.prompt_filter_results else None

    def _keep(self, chunk: Chunk, choice: Choice) -> None:
        one = msgspec.structs.replace(chunk, choices=[choice])
        self.drafts.setdefault(choice.index, Draft()).add(one)

    async def _check(self, choice: Choice) -> None:
        """Does each document that is cited say so? A document counts by the worst of its mentions."""
        checks = await answering.check(self.drafts[choice.index].content, self._passages, self.documents.embed)
        found: dict[int, str] = {}
        for each in checks:
            found[each.number] = max(each.verdict, found.get(each.number, each.verdict), key=WORST.index)
        self.verdicts[choice.index] = found
        choice.verdicts = [{"citation": number, "verdict": verdict} for number, verdict in sorted(found.items())]


def whole(answer: Answer) -> dict[str, Any]:
    """The `chat.completion` of an answer that has ended."""
    first = answer.drafts.get(0) or next(iter(answer.drafts.values()), Draft())
    made: dict[str, Any] = {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [_choice(at, draft, answer) for at, draft in sorted(answer.drafts.items())],
    }
    if first.prompt_filters:
        made["prompt_filter_results"] = [
            {"prompt_index": int(at), "content_filter_results": results} for at, results in first.prompt_filters.items()
        ]
    if answer.usage:
        made["usage"] = plain(answer.usage)
    made["system_fingerprint"] = first.fingerprint or None
    if answer.service_tier:
        made["service_tier"] = answer.service_tier
    return made


def _choice(at: int, draft: Draft, answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = {"index": at, "message": _message(draft, answer.verdicts.get(at, {}))}
    made["finish_reason"] = draft.finish_reason
    said = bool(draft.logprobs or draft.refusal_logprobs)
    made["logprobs"] = {"content": draft.logprobs, "refusal": draft.refusal_logprobs or None} if said else None
    if draft.filters:
        made["content_filter_results"] = draft.filters
    if draft.context is not None:
        made["end_turn"] = True
    return made


def _message(draft: Draft, verdicts: dict[int, str]) -> dict[str, Any]:
    calls = [each for each in draft.tool_calls if each["function"] is not draft.function_call]
    silent = bool(draft.tool_calls or draft.refusal or draft.audio)
    made: dict[str, Any] = {
        "role": "assistant",
        "content": draft.content or (None if silent else ""),
        "refusal": draft.refusal or None,
    }
    if calls:
        made["tool_calls"] = calls
    if draft.function_call:
        made["function_call"] = draft.function_call
    if draft.reasoning:
        made["reasoning_content"] = draft.reasoning
    if draft.audio:
        made["audio"] = draft.audio
    if draft.context is not None:
        citations = draft.context.get("citations") or []
        for number, citation in enumerate(citations, 1):
            if verdict := verdicts.get(number):
                citation["verdict"] = verdict
        made["context"] = draft.context
    return made
