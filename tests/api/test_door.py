"""Who may come in, and in which words all others are turned away."""

import json
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.http import Http404, JsonResponse
from django.test import AsyncClient, RequestFactory
from django.utils import timezone

from conversations.answering.limits import BudgetExceeded
from conversations.api import errors
from conversations.api.door import door
from conversations.models import Feature, Standing
from tests.api.conftest import make_key


@door("chat")
async def echo(request):
    return JsonResponse({"said": request.data, "owner": request.key.owner.username})


async def call(view, body=b"{}", method="POST", **headers):
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return await view(RequestFactory().generic(method, "/v1/x", body, content_type="application/json", **given))


def error(response):
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert set(body) == {"error"}
    assert set(body["error"]) >= {"message", "type", "param", "code"}
    return response.status_code, body["error"]["type"], body["error"]["code"]


@pytest.mark.parametrize("spelling", ["Bearer {}", "bearer  {} "])
async def test_a_bearer_opens(program, spelling):
    response = await call(echo, b'{"a": 1}', authorization=spelling.format(program.key.secret))
    assert json.loads(response.content) == {"said": {"a": 1}, "owner": "alice"}


async def test_so_does_the_header_of_azure(program):
    assert (await call(echo, api_key=program.key.secret)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "missing_api_key"),
        ({"authorization": "Basic YTpi"}, "missing_api_key"),
        ({"authorization": "Bearer chatapp_wrong"}, "invalid_api_key"),
        ({"api_key": "sk-of-somebody-else"}, "invalid_api_key"),
    ],
)
async def test_without_a_key_nothing_opens(headers, code, transactional_db):
    assert error(await call(echo, b"no json", **headers)) == (401, "invalid_request_error", code)


async def test_what_is_taken_away_opens_nothing(program, person):
    unknown = (401, "invalid_request_error", "invalid_api_key")
    key = program.key
    person.is_active = False
    await person.asave()
    assert error(await call(echo, api_key=key.secret)) == unknown
    person.is_active = True
    await person.asave()
    assert (await call(echo, api_key=key.secret)).status_code == 200
    await sync_to_async(key.revoke)()
    assert error(await call(echo, api_key=key.secret)) == unknown


async def test_without_the_feature_of_keys_they_open_nothing(program, person):
    def take():
        from django.contrib.auth.models import Group

        Feature.objects.get(name=Feature.Name.KEYS).groups.add(Group.objects.create(name="Developers"))

    await sync_to_async(take)()
    assert (await call(echo, api_key=program.key.secret)).status_code == 401


async def test_a_key_for_something_else_is_refused(embedding_program):
    refused = error(await call(echo, api_key=embedding_program.key.secret))
    assert refused == (403, "permission_error", "operation_not_allowed")


async def test_other_methods_are_refused(program):
    response = await call(echo, method="GET", api_key=program.key.secret)
    assert error(response) == (405, "invalid_request_error", "method_not_allowed")
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(program, body):
    assert error(await call(echo, body, api_key=program.key.secret)) == (400, "invalid_request_error", "invalid_json")


async def test_a_body_that_is_too_large_is_refused(program, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    refused = error(await call(echo, b'{"a": "long enough"}', api_key=program.key.secret))
    assert refused == (413, "invalid_request_error", "request_too_large")


async def test_before_it_is_read_it_is_refused_in_the_same_shape():
    from chatapp.limits import limit_body

    sent = []

    async def send(event):
        sent.append(event)

    scope = {"path": "/v1/chat/completions", "headers": [(b"content-length", b"9000000000")]}
    await limit_body(None)(scope, None, send)
    assert json.loads(sent[1]["body"])["error"]["code"] == "request_too_large"


async def test_what_nobody_expected_is_no_page_and_tells_nothing(program, caplog):
    @door("chat")
    async def broken(request):
        raise ZeroDivisionError("the secret word")

    response = await call(broken, api_key=program.key.secret)
    assert error(response) == (500, "server_error", None)
    assert b"secret word" not in response.content
    assert "the secret word" in caplog.text


async def test_what_is_not_found_is_said_so(program):
    @door("chat")
    async def gone(request):
        raise Http404

    assert error(await call(gone, api_key=program.key.secret)) == (404, "invalid_request_error", "not_found")


async def test_every_answer_has_a_name(program):
    response = await call(echo, api_key=program.key.secret, x_ms_client_request_id="mine")
    assert response["x-request-id"] == response["apim-request-id"] != ""
    assert response["x-ms-client-request-id"] == "mine"
    assert (await call(echo))["x-request-id"]


async def test_a_key_s_own_rate_is_kept_and_told(person):
    key = await sync_to_async(make_key)(person, rate=2)
    first, second, third = [await call(echo, api_key=key.secret) for _ in range(3)]
    assert [each["x-ratelimit-remaining-requests"] for each in (first, second)] == ["1", "0"]
    assert error(third) == (429, "rate_limit_error", "rate_limit_exceeded")
    assert 0 < int(third["Retry-After"]) <= 60


async def test_no_cookie_is_set_and_no_form_s_proof_asked_for(program):
    client = AsyncClient(enforce_csrf_checks=True)
    response = await client.post(
        "/v1/no/such/place", {}, content_type="application/json", headers={"api-key": program.key.secret}
    )
    assert error(response) == (404, "invalid_request_error", "not_found")
    assert not response.cookies


async def test_an_unknown_address_is_told_to_nobody_without_a_key(transactional_db):
    assert error(await AsyncClient().get("/openai/deployments/x/secrets")) == (
        401,
        "invalid_request_error",
        "missing_api_key",
    )


async def test_only_what_a_key_may_ask_is_listed(program, person):
    from django.contrib.auth.models import Group

    from tests import factories

    def make():
        factories.make_deployment("open")
        factories.make_deployment("closed").groups.add(Group.objects.create(name="Others"))

    await sync_to_async(make)()
    for base in ("/v1", "/openai/v1", "/openai"):
        listed = (await program.get(f"{base}/models")).json()
        assert (listed["object"], [each["id"] for each in listed["data"]]) == ("list", ["open"])
        one = await program.get(f"{base}/models/open")
        assert one.json() == listed["data"][0]
        assert error(await program.get(f"{base}/models/closed")) == (404, "invalid_request_error", "model_not_found")


def test_every_error_of_a_deployment_has_a_row_that_is_reached():
    from conversations.completions import errors as wire

    used_up = Standing("key", "ci", "tokens", Decimal(9), None, Decimal(9), timezone.now())
    for kind in errors.TABLE:
        made = kind("x", "y") if issubclass(kind, errors.sources.RetrievalError) else None
        if made is None:
            facts = {wire.TimedOut: {"phase": "chunk"}, wire.LimitReached: {"limit": "key"}}
            made = kind(used_up if kind is BudgetExceeded else "y", **facts.get(kind, {}))
        assert (errors.told(made).status, errors.told(made).code) == (errors.TABLE[kind][0], errors.TABLE[kind][2])


async def test_a_wrong_host_is_said_in_the_same_shape_and_pages_keep_theirs(program):
    assert error(await program.get("/v1/models", Host="evil.test"))[0] == 400
    page = await program.get("/", Host="evil.test")
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
