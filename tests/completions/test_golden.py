"""The references' own examples, for each kind that takes them: what we send for them, and what we read of the answer.

`golden/examples/` holds what a program asks and what the upstream answers; `golden/<kind>/` what becomes of both.
After a change that is meant, `GOLDEN=write` makes the latter again; read the difference.
"""

import json
import os
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conversations.completions import client, wire
from conversations.completions.draft import Draft
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import CompletionError
from conversations.completions.wire import ChatRequest
from tests.upstream import FakeUpstream

FOLDER = Path(__file__).parent.parent / "golden"
EXAMPLES = {each.stem: json.loads(each.read_text()) for each in sorted((FOLDER / "examples").glob("*.json"))}
CASES = [(kind, name) for name, example in EXAMPLES.items() for kind in example["kinds"]]
BASE = {"openai": "/v1", "azure_inference": "/models"}
VERSIONS = {"azure": "2024-10-01-preview", "azure_inference": "2024-05-01-preview"}
UNTOLD = {"host", "content-length", "user-agent", "accept-encoding", "connection"}  # nothing of the wire's
KEY = "sk-golden-secret"


async def became(kind: str, example: dict[str, Any], upstream: FakeUpstream) -> dict[str, Any]:
    """What was sent for the example's request, and what was read of its response."""
    upstream.fail(example.get("status", 200), body=example["response"])
    endpoint = Endpoint(
        kind, upstream.address + BASE.get(kind, ""), "their-model", key=KEY, api_version=VERSIONS.get(kind, "")
    )
    draft = Draft()
    read: dict[str, Any] = {"chunks": [], "error": None}
    try:
        async with aclosing(client.stream(msgspec.convert(example["request"], ChatRequest), endpoint)) as chunks:
            async for chunk in chunks:
                draft.add(chunk)
                read["chunks"].append(wire.plain(chunk))
    except CompletionError as error:
        read["error"] = {"type": type(error).__name__, **vars(error), "words": str(error)}
    (sent,) = upstream.requests
    headers = {name: said.replace(KEY, "…") for name, said in sent.headers.items() if name not in UNTOLD}
    known = {name: each for name, each in asdict(draft).items() if each and not name.startswith("_")}
    return {
        "sent": {"path": sent.path, "query": sent.query, "headers": headers, "body": sent.json},
        **{name: each for name, each in read.items() if each},
        "draft": {"text": draft.text, **known, "usage": draft.usage and wire.plain(draft.usage)},
    }


@pytest.mark.parametrize(("kind", "name"), CASES)
async def test_example_becomes_what_it_became_before(kind: str, name: str, upstream: FakeUpstream) -> None:
    file = FOLDER / kind / f"{name}.json"
    found = await became(kind, EXAMPLES[name], upstream)
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == json.loads(file.read_text())


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_no_secret_of_a_request_is_sent_on(kind: str, name: str) -> None:
    sent = json.dumps(json.loads((FOLDER / kind / f"{name}.json").read_text())["sent"])
    assert "secret" not in sent


def test_every_golden_file_has_its_example() -> None:
    files = {(each.parent.name, each.stem) for each in FOLDER.glob("*/*.json") if each.parent.name != "examples"}
    assert files == set(CASES)
