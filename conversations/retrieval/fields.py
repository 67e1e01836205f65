"""Which fields of a store's documents hold what, and a passage made of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from conversations.completions.data_sources import Fields
from conversations.completions.decoding import clean
from conversations.retrieval.base import Hit

LONGEST = 100_000  # characters of one passage: a store may hold whole books
SHOWN = 30  # names that an error lists

# What people call such fields, best first; compared without case, `_` and `-`, by the last part of a dotted name.
TITLES = ("title", "documenttitle", "name", "heading", "metadatastoragename", "filename")
URLS = ("url", "sourceurl", "link", "uri", "metadatastoragepath")
FILEPATHS = ("filepath", "path", "filename", "file", "metadatastoragename")
CONTENTS = ("content", "chunk", "text", "pagecontent", "body", "passage", "mergedcontent", "description", "summary")
KEYS = ("chunkid", "id", "key")
VECTORS = (*(f"{each}vector" for each in CONTENTS), *(f"{each}embedding" for each in CONTENTS), "vector", "embedding")


def guessed(given: Fields, names: Collection[str]) -> Fields:
    """`given`, and for what it does not say the obvious ones of `names`, the fields that hold text."""
    found = msgspec.structs.replace(given)
    found.title_field = given.title_field or obvious(names, TITLES)
    found.url_field = given.url_field or obvious(names, URLS)
    found.filepath_field = given.filepath_field or obvious(names, FILEPATHS)
    found.content_fields = given.content_fields or [each for each in [obvious(names, CONTENTS)] if each]
    return found


def obvious(names: Collection[str], known: Collection[str]) -> str:
    """The first of `known` among `names`, in the spelling that it has there; else empty."""
    plain = {re.sub(r"[-_]", "", each.rpartition(".")[2]).lower(): each for each in reversed(list(names))}
    return next((plain[each] for each in known if each in plain), "")


def listed(names: Collection[str]) -> str:
    """Names for an error: “title, content and 40 more”."""
    shown, more = list(names)[:SHOWN], len(names) - SHOWN
    return (", ".join(shown) or "none") + (f" and {more} more" if more > 0 else "")


def mapped(fields: Fields) -> list[str]:
    """Every field that holds text, each once."""
    named = [fields.title_field, fields.url_field, fields.filepath_field, *fields.content_fields]
    return list(dict.fromkeys(each for each in named if each))


def passage(document: Mapping[str, Any], fields: Fields, *, score: float, **more: Any) -> Hit | None:
    """A hit of `document`'s fields; None if it holds no text. `more`: what else a Hit takes."""
    texts = [text for each in fields.content_fields if (text := value(document, each))]
    content = fields.content_fields_separator.join(texts)[:LONGEST]
    if not content.strip():
        return None
    return Hit(
        content,
        score,
        title=value(document, fields.title_field) or None,
        url=value(document, fields.url_field) or None,
        filepath=value(document, fields.filepath_field) or None,
        **more,
    )


def value(document: Any, name: str) -> str:
    """The text at `name`: a key, or dots into objects and lists of them; several values are lines."""
    return str(clean("\n".join(_texts(document, name)))) if name else ""


def _texts(held: Any, name: str) -> Iterator[str]:
    if isinstance(held, list):
        for each in held:
            yield from _texts(each, name)
    elif isinstance(held, Mapping) and name:
        if name in held:
            yield from _texts(held[name], "")
            return
        parts = name.split(".")
        for at in range(1, len(parts)):  # a dotted key may itself have dots in its name
            if (first := ".".join(parts[:at])) in held:
                yield from _texts(held[first], ".".join(parts[at:]))
                return
    elif not name and held is not None and not isinstance(held, Mapping | bool | bytes):
        yield str(held)


def number(held: Any) -> float | None:
    """A score as a store gives it; None if it is no number."""
    return float(held) if isinstance(held, int | float) and not isinstance(held, bool) else None
