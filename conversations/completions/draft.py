"""The one accumulator: chunks in, an answer out. Nobody else concatenates deltas."""

import json
from dataclasses import dataclass, field
from typing import Any

from conversations.completions.wire import Choice, Chunk, Delta, Usage

OLD_CALL = "function_call"  # its key among the calls, which have indices
SEVERITIES = ("safe", "very_low", "low", "medium", "high")

Results = dict[str, Any]  # category → the worst result said of it; “error” → why a filter could not run


@dataclass
class Draft:
    """The first choice of an answer as far as it has come."""

    refusal: str = ""
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str | None = None
    usage: Usage | None = None
    filters: Results = field(default_factory=dict)  # of the answer
    prompt_filters: dict[str, Results] = field(default_factory=dict)  # prompt_index → those of the prompt
    filter_offsets: list[dict[str, Any]] = field(default_factory=list)  # what an asynchronous filter has looked at
    logprobs: list[Any] = field(default_factory=list)
    refusal_logprobs: list[Any] = field(default_factory=list)
    audio: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] | None = None
    id: str = ""
    model: str = ""
    fingerprint: str = ""
    request_id: str = ""
    rate_limits: dict[str, str] = field(default_factory=dict)  # header → what it said
    _index: int | None = None  # of the first choice that came
    _pieces: list[str] = field(default_factory=list)
    _contents: list[str] = field(default_factory=list)  # those of them that are neither refusal nor transcript
    _calls: dict[Any, dict[str, Any]] = field(default_factory=dict)  # by index → one of tool_calls

    @property
    def text(self) -> str:
        """All that `add` returned: what the model answers, declines with, or says aloud."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def content(self) -> str:
        """What the model answers, as the wire's `content`: without what is a refusal or said aloud."""
        return "".join(self._contents)

    @property
    def function_call(self) -> dict[str, Any] | None:
        """The call in the wire's older spelling, if it came so; it is among `tool_calls` too."""
        known = self._calls.get(OLD_CALL)
        return known["function"] if known else None

    @property
    def filtered(self) -> list[str]:
        """Categories that were filtered in the question or the answer, by name."""
        said = (self.filters, *self.prompt_filters.values())
        return sorted({name for results in said for name, result in results.items() if badness(result)[0]})

    def add(self, chunk: Chunk) -> str:
        """Take in a chunk; returns the text it appended."""
        self.id = self.id or chunk.id
        self.model = self.model or chunk.model
        self.fingerprint = chunk.system_fingerprint or self.fingerprint
        self.usage = chunk.usage or self.usage
        if chunk.response is not None:
            self.request_id, self.rate_limits = chunk.response.request_id, chunk.response.rate_limits
        for result in chunk.prompt_filter_results or ():
            self.judge_prompt(result.get("content_filter_results"), result.get("prompt_index"))
        if chunk.choices and self._index is None:
            self._index = chunk.choices[0].index
        piece = "".join([self._choice(each) for each in chunk.choices if each.index == self._index])
        if piece:
            self._pieces.append(piece)
        return piece

    def judge_prompt(self, results: Any, index: Any = 0) -> None:
        """Take in what filters said of a prompt, also of one that was refused."""
        known = self.prompt_filters.setdefault(str(index if isinstance(index, int) else 0), {})
        _judge(known, results)

    def _choice(self, choice: Choice) -> str:
        self.finish_reason = choice.finish_reason or self.finish_reason
        if choice.content_filter_results:
            _judge(self.filters, choice.content_filter_results)
        if choice.content_filter_offsets:
            self.filter_offsets.append(choice.content_filter_offsets)
        if choice.logprobs:
            for name, known in (("content", self.logprobs), ("refusal", self.refusal_logprobs)):
                tokens = choice.logprobs.get(name)
                known.extend(tokens if isinstance(tokens, list) else ())
        return self._delta(choice.delta) if choice.delta else ""

    def _delta(self, delta: Delta) -> str:
        if delta.context:
            self.context = {**(self.context or {}), **delta.context}
        self.reasoning += delta.reasoning_content or delta.reasoning or ""
        for call in delta.tool_calls or ():
            self._tool_call(call)
        if delta.function_call:
            self._tool_call({"index": OLD_CALL, "function": delta.function_call})
        if delta.refusal:
            self.refusal += delta.refusal
        if delta.content:
            self._contents.append(delta.content)
        return (delta.content or "") + (delta.refusal or "") + (self._audio(delta.audio) if delta.audio else "")

    def _audio(self, said: dict[str, Any]) -> str:
        """Take in a piece of audio; returns the piece of its transcript."""
        pieces = {name: said[name] for name in ("data", "transcript") if isinstance(said.get(name), str)}
        joined = {name: self.audio.get(name, "") + piece for name, piece in pieces.items()}
        facts = {name: each for name, each in said.items() if name not in ("data", "transcript")}
        self.audio = {**self.audio, **facts, **joined}
        return pieces.get("transcript", "")

    def _tool_call(self, call: dict[str, Any]) -> None:
        # Some upstreams send whole calls without an index: a new id is then a new call.
        index = call.get("index")
        key = call.get("id") or next(reversed(self._calls), "") if index is None else index
        if not isinstance(key, int | str):
            return
        if key not in self._calls:
            function = {"name": "", "arguments": ""}
            self._calls[key] = {"id": "", "type": "function", "function": function}
            self.tool_calls.append(self._calls[key])
        known, said = self._calls[key], call.get("function")
        known["id"] = known["id"] or _words(call.get("id"))
        if isinstance(said, dict):
            known["function"]["name"] = known["function"]["name"] or _words(said.get("name"))
            arguments = said.get("arguments") or ""
            known["function"]["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _judge(known: Results, results: Any) -> None:
    """Asynchronous filters judge part after part: a later “safe” does not undo an earlier verdict."""
    for name, result in results.items() if isinstance(results, dict) else ():
        before = known.get(name)
        worse = result if name not in known or badness(result) >= badness(before) else before
        known[name] = _with_details(worse, before, result)


def _with_details(worse: Any, before: Any, result: Any) -> Any:
    """`worse` with the details of both, each once: blocklists that matched, passages that are not grounded."""
    if not isinstance(worse, dict):
        return worse
    both = [each.get("details") for each in (before, result) if isinstance(each, dict)]
    found = {repr(detail): detail for each in both if isinstance(each, list) for detail in each}
    return {**worse, "details": list(found.values())} if found else worse


def badness(result: Any) -> tuple[bool, bool, int]:
    """Filtered, detected, severity. Custom blocklists come as a list of results."""
    if isinstance(result, list):
        return max((badness(each) for each in result), default=(False, False, 0))
    if not isinstance(result, dict):
        return (False, False, 0)
    severity = result.get("severity")
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else 0
    return (result.get("filtered") is True, result.get("detected") is True, rank)
