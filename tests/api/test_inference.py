"""Azure AI model inference: the reference's examples as they stand, extra parameters, its own shape of errors."""

import json

import httpx
import pytest
from asgiref.sync import sync_to_async

from conversations.models import Call
from tests import factories
from tests.api.conftest import make_key

PATH = "/chat/completions?api-version=2024-05-01-preview"
QUESTION = {"messages": [{"role": "user", "content": "Explain Riemann's conjecture"}]}
LARGEST = {
    "modalities": ["text"],
    "messages": [
        {"role": "system", "content": "You are a helpful assistant"},
        {"role": "user", "content": "Explain Riemann's conjecture"},
        {"role": "assistant", "content": "It is a deep conjecture around prime numbers."},
        {"role": "user", "content": "Ist it proved?"},
    ],
    "frequency_penalty": 0,
    "stream": True,
    "presence_penalty": 0,
    "temperature": 0,
    "top_p": 0,
    "max_tokens": 255,
    "response_format": {"type": "text"},
    "stop": ["<|endoftext|>"],
    "tools": [{"type": "function", "function": {"name": "my-function-name", "description": "Is a theorem proved?"}}],
    "seed": 21,
    "model": "model",
}
HEARD = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
AUDIO = {
    "modalities": ["text", "audio"],
    "messages": [
        {"role": "system", "content": "You are a helpful assistant"},
        {"role": "user", "content": [HEARD]},
        {"role": "assistant", "content": None, "audio": {"id": "abcdef1234"}},
        {"role": "user", "content": [HEARD]},
    ],
    **{"frequency_penalty": 0, "presence_penalty": 0, "temperature": 0, "top_p": 0, "seed": 21, "model": "model"},
}


async def test_the_smallest_example_asks_the_default_deployment(program, deployment, upstream):
    upstream.reply("It is ", "open.")
    answer = (await program.post(PATH, QUESTION)).json()
    assert (answer["object"], answer["model"]) == ("chat.completion", "gpt-4o-2024-08-06")
    assert answer["choices"][0]["message"]["content"] == "It is open."
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"] == {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    assert await Call.objects.acount() == 1


async def test_the_largest_example_streams_and_says_what_it_took(address, person, deployment, upstream):
    upstream.reply("Not ", "yet.")
    key = await sync_to_async(make_key)(person)
    async with httpx.AsyncClient() as client:
        response = await client.post(f"{address}{PATH}", json=LARGEST, headers={"api-key": key.secret})
    events = [each.removeprefix("data: ") for each in response.text.split("\n\n") if each]
    chunks = [json.loads(each) for each in events[:-1]]
    assert events[-1] == "[DONE]"
    said = [each["choices"][0]["delta"].get("content") or "" for each in chunks if each["choices"]]
    assert "".join(said) == "Not yet."
    assert chunks[-1]["usage"]["total_tokens"] == 9
    sent = upstream.requests[0].json
    assert {name: sent[name] for name in LARGEST} == {**LARGEST, "model": "model"}


async def test_the_example_with_audio_goes_upstream_as_it_stands(program, deployment, upstream):
    upstream.reply("Yes.")
    assert (await program.post(PATH, AUDIO)).status_code == 200
    sent = [{name: value for name, value in each.items() if value is not None} for each in AUDIO["messages"]]
    assert upstream.requests[0].json["messages"] == sent
    assert upstream.requests[0].json["modalities"] == ["text", "audio"]


async def test_extra_parameters_are_an_error_unless_the_header_says_otherwise(program, deployment, upstream):
    asked = {**QUESTION, "logprobs": True, "user": "me"}
    response = await program.post(PATH, asked)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["target"]) == (400, "unknown_parameter", "logprobs")
    assert response.headers["x-ms-error-code"] == "unknown_parameter"
    upstream.reply("One.").reply("Two.")
    assert (await program.post(PATH, asked, **{"extra-parameters": "drop"})).status_code == 200
    assert "logprobs" not in upstream.requests[0].json
    assert (await program.post(PATH, asked, **{"extra-parameters": "pass-through"})).status_code == 200
    assert upstream.requests[1].json["logprobs"] is True
    assert upstream.requests[1].json["user"] == "me"
    response = await program.post(PATH, asked, **{"extra-parameters": "maybe"})
    assert (response.status_code, response.json()["error"]["target"]) == (400, "extra-parameters")


@pytest.mark.parametrize(
    ("more", "status", "target"),
    [
        ({"temperature": 1.5}, 400, "temperature"),
        ({"temperature": "hot"}, 400, "temperature"),
        ({"top_p": -1}, 400, "top_p"),
        ({"stop": "end"}, 400, "stop"),
        ({"modalities": ["smell"]}, 422, "modalities"),
        ({"modalities": []}, 422, "modalities"),
        ({"messages": []}, 400, "messages"),
        ({"messages": None}, 400, "messages"),
        ({"model": "nobody"}, 404, "model"),
        ({"presence_penalty": 3}, 400, "presence_penalty"),
    ],
)
async def test_what_does_not_fit_is_told_in_its_own_shape(program, deployment, upstream, more, status, target):
    response = await program.post(PATH, {**QUESTION, **more})
    error = response.json()["error"]
    assert (response.status_code, error["target"]) == (status, target)
    assert set(error) <= {"code", "message", "target", "details", "innererror"}
    assert response.headers["x-ms-error-code"] == error["code"]
    assert not upstream.requests


async def test_without_a_key_or_a_version_it_is_refused_in_its_own_shape(program, client, deployment):
    response = await program.post("/chat/completions", QUESTION)
    assert (response.status_code, response.json()["error"]["target"]) == (400, "api-version")
    response = await sync_to_async(client.post)(PATH, QUESTION, content_type="application/json")
    assert (response.status_code, response.headers["x-ms-error-code"]) == (401, "missing_api_key")


async def test_a_filtered_prompt_says_what_was_found(program, deployment, upstream):
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True}}}
    error = {"message": "Filtered.", "code": "content_filter", "status": 400, "innererror": inner}
    upstream.fail(400, body={"error": error})
    response = await program.post(PATH, QUESTION)
    assert response.headers["x-ms-error-code"] == "content_filter"
    assert response.json()["error"]["innererror"]["content_filter_result"] == {"hate": {"filtered": True}}


async def test_where_nobody_may_be_asked_it_says_so(program):
    response = await program.post(PATH, QUESTION)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")
    await sync_to_async(factories.make_deployment)("offline", kind="offline")
    assert (await program.post(PATH, QUESTION)).status_code == 200
