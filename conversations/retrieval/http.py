"""One bounded JSON request to a store, and what its failures mean to whoever set the source up.

An error names the source, what happened and what to do about it; it never repeats a secret or what was asked.
"""

import asyncio
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from conversations.completions import net
from conversations.completions.addresses import Reach
from conversations.completions.decoding import loads
from conversations.completions.errors import BrokenOff, ForbiddenAddress, Unreachable
from conversations.completions.refusals import decoded, refusal
from conversations.retrieval.errors import (
    RetrievalError,
    SourceAnswer,
    SourceDown,
    SourceForbidden,
    SourceIndex,
    SourceKey,
    SourceRefused,
    SourceUnreachable,
    SourceVectors,
)

PATIENCE = 30.0  # seconds for one request, from connecting to the last byte
LARGEST = 64_000_000  # bytes of an answer: a dozen documents of 5 MB
SLOW = 250_000  # bytes from which reading JSON would hold up everybody else, so it is done in a thread

DIMENSIONS = re.compile(r"dimension|vector.{0,40}length", re.IGNORECASE)
MEANINGS: list[tuple[Collection[int], type[RetrievalError], str]] = [
    ({401, 403}, SourceKey, "refuses the key. Check it, and that it may read this index"),
    ({404}, SourceIndex, "does not know the index. Check its name and the endpoint"),
    ({413}, SourceRefused, "finds the query too long. Ask for fewer documents or fields"),
    ({408, 429, *range(500, 600)}, SourceDown, "is in trouble or too busy. Try again later"),
]


class Http:
    """A store at `base`. `hide`: secrets and questions, which its errors must not repeat. `reach`: see net.send."""

    def __init__(
        self, source: str, base: str, headers: Mapping[str, str], hide: Collection[str], reach: Reach | None = None
    ) -> None:
        self.source = source
        self.base = (base if "://" in base else f"https://{base}").rstrip("/")
        self.headers = headers
        self._hide = hide
        self._reach = reach
        if not all(each.isascii() and each.isprintable() for each in headers.values()):
            raise SourceKey(source, "The key has characters that no key has. Enter it again.")

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The JSON object that answers; raises RetrievalError."""
        content = b"" if body is None else msgspec.json.encode(body)
        try:
            async with asyncio.timeout(PATIENCE):
                response = await net.send(self.base + path, self.headers, content, method=method, reach=self._reach)
                try:
                    said = await net.whole(response, LARGEST)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            words = f"{self.host} did not answer within {PATIENCE:g} seconds. Try again, or check the network to it."
            raise SourceUnreachable(self.source, words) from error
        except ForbiddenAddress as error:
            raise SourceForbidden(self.source, f"{error} Enter another endpoint.") from error
        except Unreachable as error:
            raise SourceUnreachable(self.source, f"{error}. Check the endpoint and the network to it.") from error
        except BrokenOff as error:
            words = f"{self.host}: {error} Ask for fewer documents or fields, or check the network to it."
            raise SourceAnswer(self.source, words) from error
        if response.status >= 300:
            raise self._meaning(response.status, _said(decoded(said)), response.location)
        found = await asyncio.to_thread(_read, said) if len(said) > SLOW else _read(said)
        if not isinstance(found, dict):
            raise self.odd("no JSON object")
        return found

    @property
    def host(self) -> str:
        return net.host(self.base)

    def odd(self, what: str) -> SourceAnswer:
        return SourceAnswer(self.source, f"{self.host} answered with {what}. Check that the endpoint is the store's.")

    def _meaning(self, status: int, body: Any, location: str) -> RetrievalError:
        escaped = {json.dumps(each)[1:-1] for each in self._hide}  # a question may come back as JSON writes it
        words = str(refusal(status, body, location=location, hide={*self._hide, *escaped}))
        if location or status < 400:
            advice = "Enter the address that it leads to as the endpoint."
            return SourceAnswer(self.source, f"{self.host} answered with {words}. {advice}", status=status)
        for statuses, kind, advice in MEANINGS:
            if status in statuses:
                return kind(self.source, f"{self.host} {advice}. ({words})", status=status)
        if DIMENSIONS.search(words):
            advice = "compares vectors of other dimensions. Choose the embedding that its documents were made with"
            return SourceVectors(self.source, f"{self.host} {advice}. ({words})", status=status)
        return SourceRefused(self.source, f"{self.host} does not take the query. ({words})", status=status)


def _read(content: bytes) -> Any:
    """None if it is no JSON. One wrong byte costs its character, not the answer."""
    try:
        try:
            return loads(content)
        except UnicodeDecodeError:
            return loads(content.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _said(body: Any) -> Any:
    """Elasticsearch nests its reasons, the telling one innermost; everybody else's words stay as they are."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or "reason" not in error:
        return body
    return {"message": ": ".join(dict.fromkeys(_reasons(error)))}


def _reasons(error: Any) -> Iterator[str]:
    if isinstance(error, list):
        yield from _reasons(error[0] if error else None)
    elif isinstance(error, str):
        yield error
    elif isinstance(error, dict):
        for name in ("reason", "root_cause", "failed_shards", "caused_by"):
            yield from _reasons(error.get(name))
