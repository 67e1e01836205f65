"""The odd streams in tests/streams, and what has to come out of each (streams/expected.json)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "streams"


@dataclass(frozen=True)
class Recording:
    name: str
    data: bytes
    content_type: str
    expected: dict[str, Any]


@cache
def table() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
    return found


def load(name: str) -> Recording:
    expected = table()[name]
    content_type = expected.get("content_type", "text/event-stream")
    return Recording(name, (FOLDER / f"{name}.sse").read_bytes(), content_type, expected)
