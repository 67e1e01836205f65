"""One answer of the offline deployment in the documented shape, whole or cut into chunks."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from conversations.completions.offline import asked as reading
from conversations.completions.offline.persona import reply
from conversations.completions.offline.pieces import Ending, count, ending, pieces
from conversations.completions.offline.structured import calls, formatted

MODEL = "offline"

Say = Callable[[list[dict[str, Any]]], str]
"""Messages to the text of the answer."""


class Answer:
    """What `say` answers to the messages of `asked`, a request's body that is as documented."""

    def __init__(self, asked: dict[str, Any], say: Say = reply) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self.created = int(time.time())
        self.calls: list[dict[str, Any]] = [
            {"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": each} for each in calls(asked)
        ]
        stop = asked.get("stop") or []
        limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
        text = "" if self.calls else formatted(asked, say(asked["messages"]))
        self.ending: Ending = ending(text, [stop] if isinstance(stop, str) else stop, limit)
        self.reason = "tool_calls" if self.calls else self.ending.reason
        self.logprobs = bool(asked.get("logprobs"))
        self.top = asked.get("top_logprobs") or 0
        self.choices = asked.get("n") or 1
        self.include_usage = bool((asked.get("stream_options") or {}).get("include_usage"))
        prompt = sum(count(reading.text(each.get("content"))) for each in asked["messages"])
        said = self.ending.text + "".join(each["function"]["arguments"] for each in self.calls)
        completion = count(said) * self.choices
        self.usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }

    def whole(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.ending.text, "refusal": None}
        if self.calls:
            message |= {"content": None, "tool_calls": self.calls}
        said = pieces(self.ending.text)
        choices = [
            {"index": at, "message": message, "finish_reason": self.reason, "logprobs": self._logprobs(said)}
            for at in range(self.choices)
        ]
        return self._frame("chat.completion", choices) | {"usage": self.usage}

    def chunks(self) -> list[dict[str, Any]]:
        """Every piece for each choice in turn, as a model with `n` does it."""
        steps: list[tuple[dict[str, Any], list[str], str | None]] = [
            ({"role": "assistant", "content": None if self.calls else ""}, [], None)
        ]
        for at, call in enumerate(self.calls):
            head = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
            steps.append(({"tool_calls": [{"index": at, **head}]}, [], None))
            for piece in pieces(call["function"]["arguments"]):
                steps.append(({"tool_calls": [{"index": at, "function": {"arguments": piece}}]}, [], None))
        steps += [({"content": piece}, [piece], None) for piece in pieces(self.ending.text)]
        steps.append(({}, [], self.reason))
        chunks = []
        for delta, said, reason in steps:
            for at in range(self.choices):
                choice = {"index": at, "delta": delta, "logprobs": self._logprobs(said), "finish_reason": reason}
                chunks.append(self._frame("chat.completion.chunk", [choice]))
        if self.include_usage:
            chunks.append(self._frame("chat.completion.chunk", []) | {"usage": self.usage})
        return chunks

    def _logprobs(self, said: list[str]) -> dict[str, Any] | None:
        """Rules are certain of what they say: every piece has the probability 1."""
        if not self.logprobs or not said:
            return None
        tokens = [{"token": each, "logprob": 0.0, "bytes": list(each.encode())} for each in said]
        return {"content": [{**each, "top_logprobs": [each] if self.top else []} for each in tokens], "refusal": None}

    def _frame(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": MODEL,
            "system_fingerprint": "fp_offline",
            "choices": choices,
        }
