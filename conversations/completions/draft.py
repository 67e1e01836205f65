"""The one accumulator: chunks in, an answer out. Nobody else concatenates deltas."""

from dataclasses import dataclass, field
from typing import Any

from conversations.completions.wire import Choice, Chunk, Delta, Usage


@dataclass
class Draft:
    """The first choice of an answer as far as it has come."""

    text: str = ""
    refusal: str = ""
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str | None = None
    usage: Usage | None = None
    filters: dict[str, Any] = field(default_factory=dict)  # category → result, the last one said
    logprobs: list[Any] = field(default_factory=list)
    context: dict[str, Any] | None = None
    id: str = ""
    model: str = ""
    fingerprint: str = ""
    request_id: str = ""
    _half: str = ""  # a high surrogate whose other half is in the next delta

    def add(self, chunk: Chunk) -> str:
        """Take in a chunk; returns the text it appended."""
        self.id = self.id or chunk.id or ""
        self.model = self.model or chunk.model or ""
        self.fingerprint = chunk.system_fingerprint or self.fingerprint
        self.usage = chunk.usage or self.usage
        if chunk.response is not None:
            self.request_id = chunk.response.request_id
        for result in chunk.prompt_filter_results or ():
            self._filtered(result.get("content_filter_results"))
        return "".join([self._choice(each) for each in chunk.choices or () if each.index == 0])

    @property
    def filtered(self) -> list[str]:
        """Categories that were filtered, by name."""
        results = self.filters.items()
        return sorted(n for n, r in results if isinstance(r, dict) and r.get("filtered"))

    def _choice(self, choice: Choice) -> str:
        self.finish_reason = choice.finish_reason or self.finish_reason
        if choice.content_filter_results:
            self._filtered(choice.content_filter_results)
        if choice.logprobs:
            self.logprobs.extend(choice.logprobs.get("content") or ())
        delta = choice.delta or choice.message
        return self._delta(delta) if delta else ""

    def _delta(self, delta: Delta) -> str:
        self.context = delta.context or self.context
        self.reasoning += self._clean(delta.reasoning_content or delta.reasoning or "")
        for call in delta.tool_calls or ():
            self._tool_call(call)
        said = delta.content or ""
        if delta.refusal:
            # A refusal is what the model answers; it is shown where the text would be.
            self.refusal += self._clean(delta.refusal)
            said += delta.refusal
        piece = self._whole(said) if said or self._half else ""
        self.text += piece
        return piece

    def _tool_call(self, call: dict[str, Any]) -> None:
        index = call.get("index")
        at = index if isinstance(index, int) and 0 <= index <= 128 else len(self.tool_calls)
        while len(self.tool_calls) <= at:
            self.tool_calls.append({"id": "", "type": "function", "function": {}})
        known = self.tool_calls[at]
        known["id"] = known["id"] or call.get("id") or ""
        function, said = known["function"], call.get("function")
        said = said if isinstance(said, dict) else {}
        function["name"] = function.get("name") or said.get("name") or ""
        function["arguments"] = function.get("arguments", "") + str(said.get("arguments") or "")

    def _filtered(self, results: Any) -> None:
        if isinstance(results, dict):
            self.filters.update(results)

    def _whole(self, piece: str) -> str:
        """`piece` with surrogate pairs joined, also across deltas, and nothing a database would refuse."""
        piece, self._half = self._half + piece, ""
        if piece and "\ud800" <= piece[-1] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return self._clean(piece)

    @staticmethod
    def _clean(piece: str) -> str:
        if "\0" in piece:
            piece = piece.replace("\0", "\ufffd")
        if not piece.isascii():
            piece = piece.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return piece
