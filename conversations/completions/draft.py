"""The one accumulator: chunks in, an answer out. Nobody else concatenates deltas."""

import json
from dataclasses import dataclass, field
from typing import Any

from conversations.completions.wire import Choice, Chunk, Delta, Usage

SEVERITIES = ("safe", "very_low", "low", "medium", "high")


@dataclass
class Draft:
    """The first choice of an answer as far as it has come."""

    refusal: str = ""
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str | None = None
    usage: Usage | None = None
    filters: dict[str, Any] = field(default_factory=dict)  # category → the worst result said of it
    logprobs: list[Any] = field(default_factory=list)
    context: dict[str, Any] | None = None
    id: str = ""
    model: str = ""
    fingerprint: str = ""
    request_id: str = ""
    _pieces: list[str] = field(default_factory=list)
    _calls: dict[Any, dict[str, Any]] = field(default_factory=dict)  # by index → one of tool_calls

    @property
    def text(self) -> str:
        """All that `add` returned, a refusal included: it is what the model answers."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def filtered(self) -> list[str]:
        """Categories that were filtered, by name."""
        return sorted(name for name, result in self.filters.items() if _badness(result)[0])

    def add(self, chunk: Chunk) -> str:
        """Take in a chunk; returns the text it appended."""
        self.id = self.id or chunk.id
        self.model = self.model or chunk.model
        self.fingerprint = chunk.system_fingerprint or self.fingerprint
        self.usage = chunk.usage or self.usage
        if chunk.response is not None:
            self.request_id = chunk.response.request_id
        for result in chunk.prompt_filter_results or ():
            self._filter(result.get("content_filter_results"))
        piece = "".join([self._choice(each) for each in chunk.choices if each.index == 0])
        if piece:
            self._pieces.append(piece)
        return piece

    def _choice(self, choice: Choice) -> str:
        self.finish_reason = choice.finish_reason or self.finish_reason
        if choice.content_filter_results:
            self._filter(choice.content_filter_results)
        if choice.logprobs:
            tokens = choice.logprobs.get("content")
            self.logprobs.extend(tokens if isinstance(tokens, list) else ())
        return self._delta(choice.delta) if choice.delta else ""

    def _delta(self, delta: Delta) -> str:
        if delta.context:
            self.context = {**(self.context or {}), **delta.context}
        self.reasoning += delta.reasoning_content or delta.reasoning or ""
        for call in delta.tool_calls or ():
            self._tool_call(call)
        if delta.refusal:
            self.refusal += delta.refusal
        return (delta.content or "") + (delta.refusal or "")

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
        known["id"] = known["id"] or call.get("id") or ""
        if isinstance(said, dict):
            known["function"]["name"] = known["function"]["name"] or said.get("name") or ""
            arguments = said.get("arguments") or ""
            known["function"]["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments)

    def _filter(self, results: Any) -> None:
        """Asynchronous filters judge part after part: a later “safe” does not undo an earlier verdict."""
        for name, result in results.items() if isinstance(results, dict) else ():
            if name not in self.filters or _badness(result) >= _badness(self.filters[name]):
                self.filters[name] = result


def _badness(result: Any) -> tuple[bool, bool, int]:
    """Filtered, detected, severity. Custom blocklists come as a list of results."""
    if isinstance(result, list):
        return max((_badness(each) for each in result), default=(False, False, 0))
    if not isinstance(result, dict):
        return (False, False, 0)
    severity = result.get("severity")
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else 0
    return (result.get("filtered") is True, result.get("detected") is True, rank)
