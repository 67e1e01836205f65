"""Every failure that a program can cause, or meet: its status, the parameter it names, and its code."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group

import conversations
from conversations.api.errors import TABLE
from conversations.models import Deployment
from tests import factories

CHAT, EMBEDDINGS = "/v1/chat/completions", "/v1/embeddings"
HELLO = {"role": "user", "content": "hello"}
FUNCTION = {"type": "function", "function": {"name": "f"}}
TYPE, VALUE, MISSING = "invalid_type", "invalid_value", "missing_required_parameter"
PARAMETERS = "tools[0].function.parameters"


def part(**facts):
    return {"messages": [{"role": "user", "content": [facts]}]}


def form(**facts):
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "w", **facts}}}


WRONG = [  # what is added to a good request, or replaces a part of it; the parameter; the code
    ({"messages": None}, "messages", MISSING),
    ({"messages": []}, "messages", VALUE),
    ({"messages": "hello"}, "messages", TYPE),
    ({"messages": ["hello"]}, "messages[0]", TYPE),
    ({"messages": [{"content": "hello"}]}, "messages[0]", TYPE),
    ({"messages": [{"role": "robot", "content": "hello"}]}, "messages[0].role", VALUE),
    ({"messages": [HELLO, {"role": "user"}]}, "messages[1].content", MISSING),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", TYPE),
    ({"messages": [{"role": "user", "content": [{"type": "smell"}]}]}, "messages[0].content[0].type", VALUE),
    ({"messages": [{"role": "user", "content": []}]}, "messages[0].content", VALUE),
    (part(type="text"), "messages[0].content[0].text", MISSING),
    (part(type="text", text=5), "messages[0].content[0].text", TYPE),
    (part(type=["text"]), "messages[0].content[0].type", VALUE),
    (part(type="image_url", image_url="https://a.test/b.png"), "messages[0].content[0].image_url", TYPE),
    (part(type="image_url", image_url={}), "messages[0].content[0].image_url.url", MISSING),
    (
        part(type="image_url", image_url={"url": "x", "detail": "huge"}),
        "messages[0].content[0].image_url.detail",
        VALUE,
    ),
    ({"messages": [{"role": "tool", "content": "4"}]}, "messages[0].tool_call_id", MISSING),
    ({"messages": [{"role": "assistant", "content": None}]}, "messages[0].content", MISSING),
    ({"model": None}, "model", MISSING),
    ({"model": 5}, "model", TYPE),
    ({"colour": "red"}, "colour", "unknown_parameter"),
    ({"temperature": 2.1}, "temperature", VALUE),
    ({"temperature": "hot"}, "temperature", TYPE),
    ({"temperature": True}, "temperature", TYPE),
    ({"top_p": -0.1}, "top_p", VALUE),
    ({"n": 0}, "n", VALUE),
    ({"n": 129}, "n", VALUE),
    ({"n": 1.5}, "n", TYPE),
    ({"max_tokens": 0}, "max_tokens", VALUE),
    ({"max_completion_tokens": -1}, "max_completion_tokens", VALUE),
    ({"presence_penalty": 3}, "presence_penalty", VALUE),
    ({"frequency_penalty": -3}, "frequency_penalty", VALUE),
    ({"logit_bias": {"50256": 101}}, "logit_bias.50256", VALUE),
    ({"logit_bias": [1]}, "logit_bias", TYPE),
    ({"logprobs": "yes"}, "logprobs", TYPE),
    ({"top_logprobs": 2}, "top_logprobs", VALUE),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", VALUE),
    ({"stop": list("abcde")}, "stop", VALUE),
    ({"stop": 5}, "stop", TYPE),
    ({"seed": "one"}, "seed", TYPE),
    ({"seed": 2**63}, "seed", VALUE),
    ({"user": 5}, "user", TYPE),
    ({"stream": "yes"}, "stream", TYPE),
    ({"stream_options": {"include_usage": True}}, "stream_options", VALUE),
    ({"stream": True, "stream_options": {"include_usage": "yes"}}, "stream_options.include_usage", TYPE),
    ({"modalities": ["smell"]}, "modalities", VALUE),
    (form(schema="none"), "response_format.json_schema.schema", TYPE),
    (form(strict="yes"), "response_format.json_schema.strict", TYPE),
    ({"response_format": {"type": "xml"}}, "response_format.type", VALUE),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.name", VALUE),
    ({"response_format": "json"}, "response_format", TYPE),
    ({"tools": []}, "tools", VALUE),
    ({"tools": [FUNCTION] * 129}, "tools", VALUE),
    ({"tools": [{"type": "hammer"}]}, "tools[0]", VALUE),
    ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "tools[0].function.name", VALUE),
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": "x"}}]}, PARAMETERS, TYPE),
    ({"function_call": "auto"}, "function_call", VALUE),
    ({"functions": [{"name": "f"}], "function_call": "must"}, "function_call", VALUE),
    ({"functions": [{"name": "f"}], "function_call": {"name": "g"}}, "function_call", VALUE),
    ({"functions": [{"name": ""}]}, "functions[0].name", VALUE),
    ({"tool_choice": "auto"}, "tool_choice", VALUE),
    ({"tools": [FUNCTION], "tool_choice": "must"}, "tool_choice", VALUE),
    ({"tools": [FUNCTION], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "tool_choice", VALUE),
    ({"parallel_tool_calls": 1}, "parallel_tool_calls", TYPE),
    ({"reasoning_effort": "lots"}, "reasoning_effort", VALUE),
    ({"verbosity": "loud"}, "verbosity", VALUE),
    ({"metadata": {"a": 1}}, "metadata.a", TYPE),
    ({"metadata": {str(each): "x" for each in range(17)}}, "metadata", VALUE),
]
EMBED_WRONG = [
    ({"input": None}, "input", MISSING),
    ({"input": ""}, "input", VALUE),
    ({"input": []}, "input", VALUE),
    ({"input": ["one", ""]}, "input", VALUE),
    ({"input": ["one", 2]}, "input", VALUE),
    ({"input": {"a": 1}}, "input", TYPE),
    ({"input": ["x"] * 2049}, "input", VALUE),
    ({"encoding_format": "hex"}, "encoding_format", VALUE),
    ({"dimensions": 0}, "dimensions", VALUE),
    ({"dimensions": "many"}, "dimensions", TYPE),
    ({"model": None}, "model", MISSING),
    ({"colour": "red"}, "colour", "unknown_parameter"),
]
UPSTREAM = [  # what the deployment answers; what the program is told
    (401, {}, 502, "upstream_key"),
    (403, {}, 502, "upstream_key"),
    (404, {}, 502, "upstream_not_found"),
    (302, {"headers": {"Location": "http://127.0.0.1:9/"}}, 502, "upstream_error"),
    (400, {"code": "context_length_exceeded"}, 400, "context_length_exceeded"),
    (400, {"message": "no such size"}, 400, None),
    (422, {"message": "no such size"}, 422, None),
    (429, {"code": "insufficient_quota"}, 429, "insufficient_quota"),
]


def told(response):
    assert response["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert {"message", "type", "param", "code"} <= error.keys()
    assert error["message"]
    return response.status_code, error["param"], error["code"]


def short(case):
    return json.dumps(case)[:60] if isinstance(case, dict) else None


@pytest.mark.parametrize(("more", "param", "code"), WRONG, ids=short)
async def test_what_is_wrong_with_a_chat_completion_is_said_with_its_place(program, offline, more, param, code):
    assert told(await program.post(CHAT, {"model": "offline", "messages": [HELLO], **more})) == (400, param, code)


@pytest.mark.parametrize(("more", "param", "code"), EMBED_WRONG, ids=short)
async def test_what_is_wrong_with_embeddings_is_said_with_its_place(program, offline, more, param, code):
    assert told(await program.post(EMBEDDINGS, {"model": "offline", "input": "one", **more})) == (400, param, code)


async def test_what_is_null_is_as_if_it_were_not_there(program, offline):
    absent = dict.fromkeys(("temperature", "tools", "tool_choice", "stop", "stream_options", "data_sources", "user"))
    assert (await program.post(CHAT, {"model": "offline", "messages": [HELLO], **absent})).status_code == 200


@pytest.mark.parametrize(
    "given", ["one text", ["one", "two"], [1212, 318], [[1212, 318], [7]]], ids=["text", "texts", "tokens", "several"]
)
async def test_every_kind_of_input_is_embedded(program, deployment, upstream, given):
    count = 2 if given in (["one", "two"], [[1212, 318], [7]]) else 1
    data = [{"index": at, "embedding": [0.5, at]} for at in range(count)]
    upstream.json({"data": data, "usage": {"prompt_tokens": 3, "total_tokens": 3}})
    body = {"model": "model", "input": given, "dimensions": 2, "user": "someone", "input_type": "query"}
    answer = (await program.post(EMBEDDINGS, body)).json()
    assert [each["embedding"] for each in answer["data"]] == [[0.5, at] for at in range(count)]
    assert answer["usage"] == {"prompt_tokens": 3, "total_tokens": 3}
    sent = upstream.requests[0].json
    assert sent["input"] == ([given] if given in ("one text", [1212, 318]) else given)
    assert (sent["dimensions"], sent["user"]) == (2, "someone")


@pytest.mark.parametrize(("status", "options", "ours", "code"), UPSTREAM)
async def test_what_upstream_fails_with_is_told_in_our_terms(
    program, deployment, upstream, status, options, ours, code
):
    upstream.fail(status, **options)
    response = await program.post(CHAT, {"model": "model", "messages": [HELLO], "stream": True})
    found = told(response)
    assert (found[0], found[2]) == (ours, code)
    assert "sk-canary" not in response.content.decode()


async def test_a_busy_upstream_is_a_429_with_its_wait(program, deployment, upstream, monkeypatch):
    road = import_module("conversations.answering.stream")  # the package has a function of this name
    monkeypatch.setattr(road, "QUIET_TRIES", 0)
    monkeypatch.setattr(road, "VISIBLE_TRIES", 0)
    upstream.fail(429, headers={"Retry-After": "7", "x-ratelimit-remaining-tokens": "0"})
    response = await program.post(CHAT, {"model": "model", "messages": [HELLO]})
    assert told(response) == (429, None, "rate_limit_exceeded")
    assert response["x-ratelimit-remaining-tokens"] == "0"
    assert (response["Retry-After"], response["retry-after-ms"]) == ("7", "7000")


async def test_a_silent_upstream_is_a_timeout(program, deployment, upstream, monkeypatch, settings):
    settings.FIRST_TOKEN_TIMEOUT = 0.2
    upstream.stall()
    assert told(await program.post(CHAT, {"model": "model", "messages": [HELLO]})) == (504, None, "timeout")


async def test_what_upstream_says_is_left_of_its_limits_is_passed_on(program, deployment, upstream):
    upstream.reply("Hi", headers={"x-ratelimit-remaining-tokens": "99"})
    response = await program.post(CHAT, {"model": "model", "messages": [HELLO]})
    assert response["x-ratelimit-remaining-tokens"] == "99"


async def test_a_prompt_that_is_too_long_is_not_trimmed_behind_a_programs_back(program, deployment, upstream):
    await Deployment.objects.filter(pk=deployment.pk).aupdate(context_window=256)
    upstream.fail(400, code="context_length_exceeded")
    history = [HELLO, {"role": "assistant", "content": "word " * 2000}, HELLO]
    response = await program.post(CHAT, {"model": "model", "messages": history})
    assert told(response) == (400, "messages", "context_length_exceeded")
    assert len(upstream.requests[0].json["messages"]) == 3


async def test_a_deployment_whose_key_is_lost_is_unavailable(program, deployment, settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    response = await program.post(CHAT, {"model": "model", "messages": [HELLO]})
    assert told(response) == (503, None, "deployment_unavailable")


@pytest.mark.parametrize("operation", ["chat/completions", "embeddings"])
async def test_what_is_not_granted_is_answered_like_what_is_not_there(program, deployment, operation):
    body = {"messages": [HELLO]} if "chat" in operation else {"input": "one"}
    await sync_to_async(lambda: deployment.groups.add(Group.objects.create(name="Others")))()
    for address, code in ((f"/openai/deployments/{{}}/{operation}", "DeploymentNotFound"), (None, "model_not_found")):
        closed, missing = [
            await program.post(address.format(name) if address else f"/v1/{operation}", {**body, "model": name})
            for name in ("model", "nothing")
        ]
        assert told(closed)[::2] == told(missing)[::2] == (404, code)


async def test_a_key_for_other_deployments_finds_none(program, deployment):
    await sync_to_async(lambda: program.key.deployments.add(factories.make_deployment("other")))()
    assert told(await program.post(CHAT, {"model": "model", "messages": [HELLO]}))[0] == 404


def test_no_status_of_the_table_blames_the_caller_for_our_own_key():
    assert not {row[0] for row in TABLE.values()} & {401, 403, 404}


def test_every_code_is_in_the_documentation():
    root = Path(conversations.__file__).parent
    said = (root.parent / "docs" / "api.md").read_text()
    sources = "".join(each.read_text() for each in (root / "api").glob("*.py"))
    codes = {row[2] for row in TABLE.values()} | set(re.findall(r'code(?:: str)? ?= ?"(\w+)"', sources))
    assert len(codes) > 15
    assert not {each for each in codes if f"`{each}`" not in said}
