"""What a running server takes and says is what the OpenAPI document says of it."""

import json

import httpx
import pytest

from conversations.api.embeddings import Body
from conversations.api.openapi import described
from conversations.api.shapes import EmbeddingRequest
from conversations.completions.wire import ChatRequest
from tests.api.schema import faults, resolved

HELLO = [{"role": "user", "content": "Hello"}]
ASKED = {
    "/v1/chat/completions": {"model": "offline", "messages": HELLO},
    "/openai/deployments/{deployment}/chat/completions": {"messages": HELLO, "stream": True, "n": 1},
    "/chat/completions": {"model": "offline", "messages": HELLO},
    "/openai/v1/embeddings": {"model": "offline", "input": ["a", "b"]},
    "/openai/deployments/{deployment}/embeddings": {"input": "a", "encoding_format": "base64"},
    "/v1/completions": {"model": "media", "prompt": "Hi", "stop": ["a"], "logit_bias": {"5": 1}},
    "/openai/v1/completions": {"model": "media", "prompt": ["Hi"], "stream": True, "stream_options": {}},
    "/v1/images/generations": {"model": "media", "prompt": "A cat", "n": 2, "size": "512x512"},
    "/openai/v1/images/generations": {"model": "media", "prompt": "A cat", "response_format": "b64_json"},
}


def schema(document, path, kind="application/json", status="200"):
    response = document["paths"][path]["post" if "models" not in path else "get"]["responses"][status]
    response = resolved(response["$ref"], document) if "$ref" in response else response
    return response["content"][kind]["schema"]


@pytest.fixture
async def http(server, key):
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=server, headers=headers, timeout=20) as client:
        yield client


@pytest.mark.parametrize("path", ASKED)
async def test_requests_and_answers_fit(http, path):
    document, body = described(), ASKED[path]
    asked = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert not list(faults(body, asked, document))
    response = await http.post(path.replace("{deployment}", "offline"), json=body, params={"api-version": "2024-10-21"})
    assert response.status_code == 200, response.text
    kind = response.headers["content-type"].partition(";")[0]
    shape = schema(document, path, kind)
    said = [response.json()] if kind == "application/json" else events(response.text)
    assert said
    for each in said:
        assert not list(faults(each, shape, document))


@pytest.mark.parametrize("wanted", ["json", "verbose_json"])
async def test_transcripts_fit(http, wanted):
    files, fields = {"file": ("tape.wav", b"RIFF")}, {"model": "media", "response_format": wanted}
    for path in ("/v1/audio/transcriptions", "/openai/v1/audio/translations"):
        response = await http.post(path, files=files, data=fields)
        assert not list(faults(response.json(), schema(described(), path), described()))


@pytest.mark.parametrize("path", ["/v1/models", "/openai/models", "/openai/v1/models/{name}"])
async def test_models_fit(http, path):
    response = await http.get(path.replace("{name}", "media"))
    assert not list(faults(response.json(), schema(described(), path), described()))


@pytest.mark.parametrize("path", ASKED)
async def test_errors_fit(http, path):
    address = path.replace("{deployment}", "nobody")
    for body, headers in (({"model": "nobody"}, {}), (ASKED[path], {"Authorization": "Bearer wrong"})):
        response = await http.post(address, json=body, headers=headers)
        assert response.status_code in {400, 401, 404}
        shape = schema(described(), path, status=str(response.status_code))
        assert not list(faults(response.json(), shape, described()))


def test_what_is_described_is_what_is_read():
    assert set(Body.__struct_fields__) == set(EmbeddingRequest.__struct_fields__)
    described_of_chat = set(described()["components"]["schemas"]["ChatRequest"]["properties"])
    assert described_of_chat == {*ChatRequest.__struct_fields__, "data_sources"}


def events(text):
    found = [each.removeprefix("data: ") for each in text.split("\n\n") if each]
    assert found[-1] == "[DONE]"
    return [json.loads(each) for each in found[:-1]]
