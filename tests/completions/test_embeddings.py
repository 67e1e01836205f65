"""Embeddings: what is asked, what is read, and what is no list of vectors."""

import json

import pytest

from conversations.completions import embeddings
from conversations.completions.embeddings import embed
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import BadKey, NotAStream
from conversations.completions.offline.vectors import vector
from tests.upstream import FakeUpstream

OFFLINE = Endpoint(kind="offline", address="", model="offline")


def answer(*vectors: list[float]) -> bytes:
    data = [{"object": "embedding", "index": at, "embedding": each} for at, each in enumerate(vectors)]
    return json.dumps({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1}}).encode()


async def test_texts_become_vectors_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "BATCH", 2)
    found = await embed(["parental leave", "travel", "lunch"], OFFLINE)
    assert [len(each) for each in found] == [256, 256, 256]
    assert found[2] == pytest.approx(vector("lunch"), abs=1e-6)


async def test_dimensions_are_asked_for() -> None:
    assert len((await embed(["lunch"], OFFLINE, dimensions=64))[0]) == 64


@pytest.mark.parametrize(
    ("kind", "path", "names"),
    [
        ("openai", "/v1/embeddings", {"input", "model", "encoding_format"}),
        ("azure", "/openai/deployments/gpt-4o/embeddings", {"input", "model", "encoding_format"}),
        ("azure_inference", "/embeddings", {"input", "model", "encoding_format", "input_type"}),
    ],
)
async def test_each_kind_is_asked_where_it_listens(
    upstream: FakeUpstream, kind: str, path: str, names: set[str]
) -> None:
    upstream.raw(answer([0.5, 1.0]), Content_Type="application/json")
    assert await embed(["a"], upstream.endpoint(kind), input_type="query") == [[0.5, 1.0]]
    assert upstream.requests[0].path.partition("?")[0] == path
    assert set(upstream.requests[0].json) == names


async def test_a_refusal_is_the_error_that_it_means(upstream: FakeUpstream) -> None:
    upstream.fail(401)
    with pytest.raises(BadKey):
        await embed(["a"], upstream.endpoint())


@pytest.mark.parametrize("body", [b"<html>", b"{}", answer([1.0]), b'{"data": [{"index": 0, "embedding": "?"}]}'])
async def test_what_is_no_list_of_vectors_is_said_so(upstream: FakeUpstream, body: bytes) -> None:
    upstream.raw(body, Content_Type="application/json")
    with pytest.raises(NotAStream):
        await embed(["a", "b"], upstream.endpoint())
