"""What programs send by accident or by custom: bodies, methods and headers that are not as in the examples."""

import gzip
import json
import time

import pytest

from conversations.completions.offline.structured import LARGEST
from tests.api.asked import HELLO, TOOL

CHAT, AZURE = "/v1/chat/completions", "/openai/deployments/model/chat/completions"
INFERENCE = "/chat/completions?api-version=2024-05-01-preview"


async def raw(program, body, address=CHAT, **headers):
    given = {"api-key": program.key.secret, **headers}
    return await program.client.post(address, body, content_type="application/json", headers=given)


def told(response):
    return response.status_code, response.json()["error"]["code"]


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP, identity"])
async def test_a_packed_body_is_refused_in_words(program, offline, coding):
    body = gzip.compress(json.dumps({"model": "offline", "messages": HELLO}).encode())
    response = await raw(program, body, **{"Content-Encoding": coding})
    assert told(response) == (415, "unsupported_content_encoding")
    assert (await raw(program, b"{}", **{"Content-Encoding": "identity"})).status_code == 400


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_what_is_no_number_is_no_json(program, offline, number):
    body = f'{{"model": "offline", "messages": [{{"role": "user", "content": "x"}}], "temperature": {number}}}'
    assert told(await raw(program, body)) == (400, "invalid_json")


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32"])
async def test_json_may_come_in_any_of_its_codings(program, deployment, upstream, coding):
    upstream.reply("Hi")
    message = {"role": "user", "content": "Été 日本 \U0001f469\u200d\U0001f467 \u202eabc"}
    body = json.dumps({"model": "model", "messages": [message]}, ensure_ascii=False)
    assert (await raw(program, body.encode(coding))).status_code == 200
    assert upstream.requests[0].json["messages"] == [message]


async def test_what_no_database_and_no_utf_8_can_hold_goes_on_as_a_question_mark(program, deployment, upstream):
    upstream.reply("Hi")
    body = b'{"model": "model", "messages": [{"role": "user", "content": "a\\u0000b\\ud800c"}]}'
    assert (await raw(program, body)).status_code == 200
    assert upstream.requests[0].json["messages"][0]["content"] == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("version", ["", "?api-version=", "?api-version=1999-01-01", "?api-version=2024-10-21&x=y"])
async def test_azures_version_changes_nothing(program, deployment, upstream, version):
    upstream.reply("Hi")
    assert (await raw(program, json.dumps({"messages": HELLO}), AZURE + version)).status_code == 200


@pytest.mark.parametrize("address", ["/v1/chat/completions/", "/v1//models", "/chat/completions/", "/chat/", "/v1"])
async def test_an_address_that_is_nearly_right_is_told_in_json(program, address):
    assert told(await raw(program, b"{}", address)) == (404, "not_found")


async def test_whether_a_deployment_is_there_can_be_looked_at(program, offline):
    headers = {"api-key": program.key.secret}
    for address, status in (("/v1/models", 200), ("/v1/models/offline", 200), ("/v1/models/x", 404), (CHAT, 405)):
        response = await program.client.head(address, headers=headers)
        assert response.status_code == status
    assert response["Allow"] == "POST"


async def test_other_methods_are_told_what_is_taken(program, offline):
    headers = {"api-key": program.key.secret}
    response = await program.client.options("/v1/models", headers=headers)
    assert (told(response), response["Allow"]) == ((405, "method_not_allowed"), "GET, HEAD")
    assert told(await program.client.options("/v1/nowhere", headers=headers)) == (404, "not_found")


async def test_who_has_no_key_is_told_how_to_send_one(transactional_db, anonymous):
    response = await anonymous.get("/v1/models")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("header", "status"), [("", 400), ("error", 400), ("Drop", 200), (" pass-through ", 200), ("ignore", 400)]
)
async def test_extra_parameters_are_spelt_in_any_case(program, deployment, upstream, header, status):
    upstream.reply("Hi")
    body = json.dumps({"model": "model", "messages": HELLO, "user": "someone"})
    assert (await raw(program, body, INFERENCE, **{"extra-parameters": header})).status_code == status
    sent = [each.json.get("user") for each in upstream.requests]
    assert sent == ({"Drop": [None], " pass-through ": ["someone"]}.get(header) or [])


async def test_three_choices_stream_side_by_side_and_end_with_one_usage(program, offline):
    options = {"n": 3, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": 4}
    response = await program.post(CHAT, {"model": "offline", "messages": HELLO, **options})
    said = b"".join([each async for each in response.streaming_content]).decode()
    *events, done = [each.removeprefix("data: ") for each in said.split("\n\n") if each]
    *chunks, last = [json.loads(each) for each in events]
    assert done == "[DONE]"
    texts, ends = {}, {}
    for chunk in chunks:
        assert chunk["usage"] is None
        for choice in chunk["choices"]:
            at = choice["index"]
            texts[at] = texts.get(at, "") + (choice["delta"].get("content") or "")
            ends[at] = choice["finish_reason"] or ends.get(at)
    assert len(set(texts.values())) == 1
    assert ends == dict.fromkeys(range(3), "length")
    assert (last["choices"], last["usage"]["completion_tokens"]) == ([], 12)


@pytest.mark.parametrize("schema", [{"type": []}, {"anyOf": {"a": 1}}, {"$defs": 5}, {"properties": "x"}])
async def test_a_schema_that_is_none_is_the_callers_mistake(program, offline, schema):
    form = {"type": "json_schema", "json_schema": {"name": "w", "schema": schema}}
    response = await program.post(CHAT, {"model": "offline", "messages": HELLO, "response_format": form})
    assert (response.status_code, response.json()["error"]["param"]) == (400, "response_format")
    tools = [{**TOOL, "function": {**TOOL["function"], "parameters": schema}}]
    asked = {"model": "offline", "messages": HELLO, "tools": tools, "tool_choice": "required"}
    response = await program.post(CHAT, asked)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "tools")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "null"}, "minItems": 10**12},
        {"$defs": {"x": {"properties": {each: {"$ref": "#/$defs/x"} for each in "abcdef"}}}, "$ref": "#/$defs/x"},
    ],
    ids=["long", "deep"],
)
async def test_a_schema_that_asks_for_too_much_holds_nobody_up(program, offline, schema):
    form = {"type": "json_schema", "json_schema": {"name": "w", "schema": schema}}
    begun = time.monotonic()
    response = await program.post(CHAT, {"model": "offline", "messages": HELLO, "response_format": form})
    assert response.status_code == 200
    assert time.monotonic() - begun < 5
    assert len(json.loads(response.json()["choices"][0]["message"]["content"])) <= LARGEST
