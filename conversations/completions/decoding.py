"""Reads chunks from JSON of every kind that upstreams send; an odd type in a member costs that member only.

What comes out can always be stored and sent on: no NUL (PostgreSQL refuses it) and no half of a surrogate
pair (UTF-8 cannot hold it). The two halves may come in two deltas, cut by somebody who counts in UTF-16.
"""

import json
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from conversations.completions.wire import Chunk

_chunks = msgspec.json.Decoder(Chunk)


class Decoder:
    """One per stream, because of the halves."""

    def __init__(self) -> None:
        self._halves: dict[Any, str] = {}  # index of the choice → a high surrogate that ended its last delta

    def decode(self, data: str) -> Chunk:
        """The chunk in `data`; raises ValueError or RecursionError if it is no JSON object."""
        if not self._halves and "\\u0000" not in data:
            try:
                return _chunks.decode(data)
            except msgspec.DecodeError:
                pass  # rare: an odd type, or half a pair, which only the standard library's parser takes
        value = json.loads(data, strict=False, parse_constant=_nothing)
        if not isinstance(value, dict):
            raise ValueError("not a JSON object")
        self._join(value.get("choices"))
        return fitting(clean(value), Chunk)

    def _join(self, choices: Any) -> None:
        """Move a half at the end of a delta to the beginning of the next delta that has text."""
        for choice in choices if isinstance(choices, list) else ():
            if not isinstance(choice, dict):
                continue
            index, ended = str(choice.get("index")), bool(choice.get("finish_reason"))
            delta = choice.get("delta")
            delta = delta if isinstance(delta, dict) else {}
            said = delta.get("content") or ""
            if not isinstance(said, str) or not (said or ended):
                continue
            said = self._halves.pop(index, "") + said
            if said and "\ud800" <= said[-1] <= "\udbff" and not ended:
                said, self._halves[index] = said[:-1], said[-1]
            choice["delta"] = {**delta, "content": said}


def loads(text: str | bytes, *, exact: bool = False) -> Any:
    """JSON as plain values that can be stored; raises ValueError or RecursionError. `exact`: also for NaN."""
    return clean(json.loads(text, strict=False, parse_constant=_refuse if exact else _nothing))


def clean(value: Any) -> Any:
    """`value` with U+FFFD in place of what databases and UTF-8 refuse."""
    if isinstance(value, str):
        if "\0" in value:
            value = value.replace("\0", "\ufffd")
        if not value.isascii():
            value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value
    if isinstance(value, dict):
        return {clean(name): clean(member) for name, member in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    return value


def fitting(value: Any, kind: Any) -> Any:
    """As much of `value` as fits the type `kind`; NODEFAULT if none of it does."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        pass  # taken apart below
    if get_origin(kind) is UnionType:
        fits = (fitting(value, each) for each in get_args(kind) if each is not NoneType)
        return next((each for each in fits if each is not NODEFAULT), NODEFAULT)
    if get_origin(kind) is list and isinstance(value, list):
        fits = (fitting(each, get_args(kind)[0]) for each in value)
        return [each for each in fits if each is not NODEFAULT]
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        members = {name: fitting(value[name], fields[name]) for name in fields.keys() & value.keys()}
        return kind(**{name: each for name, each in members.items() if each is not NODEFAULT})
    return _text(value) if kind is str else NODEFAULT


def _text(value: Any) -> Any:
    """Numbers as they are written, and content that comes as a list of parts."""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "".join(str(each.get("text") or each.get("refusal") or "") for each in value if isinstance(each, dict))
    return NODEFAULT


def _nothing(_constant: str) -> None:
    """NaN and Infinity are no JSON, and no database takes them."""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")
