"""A test goes in stages, says what to do about the one that failed, and keeps what it saw."""

import time

import pytest
from django.test import Client

from conversations.completions import identity
from conversations.models import Deployment
from tests import factories
from tests.admin.forms import CANARY, address, deployment_form
from tests.upstream import FakeUpstream

TOOL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}


@pytest.fixture
def upstream():
    with FakeUpstream().threaded() as upstream:
        yield upstream


@pytest.fixture
def deployment(transactional_db, upstream):
    return factories.make_deployment("gpt", address=upstream.address, key=CANARY)


def whole(**message):
    """An answer in one piece."""
    said = {"role": "assistant", "content": None, **message}
    return {"object": "chat.completion", "choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}


def run(admin, deployment):
    """The page that follows, and the states of the stages."""
    page = admin.post(address(deployment, "try"), follow=True).content.decode()
    deployment.refresh_from_db()
    return page, {stage["name"]: stage["state"] for stage in deployment.test_stages}


def test_a_deployment_that_works_passes_every_stage(admin, upstream, deployment):
    upstream.reply("one ", "two")
    page, stages = run(admin, deployment)
    assert set(stages.values()) == {"passed"}
    assert "The test passed." in page
    assert "gpt-4o-2024-08-06" in page
    assert (deployment.test_error, deployment.tested_at is not None) == ("", True)


def test_what_it_can_do_is_seen_by_asking(admin, upstream, deployment):
    upstream.reply("one").json(whole(tool_calls=[TOOL])).json(whole(content='{"sum": 4}')).json(whole(content="Red."))
    page, _ = run(admin, deployment)
    able = {"usage": True, "reasoning": False, "tools": True, "json_schema": True, "images": True, "embeddings": False}
    assert deployment.capabilities == able
    assert deployment.seen_at == deployment.tested_at
    _plain, tool, schema, picture, _vectors = [each.json for each in upstream.requests]
    assert tool["tools"][0]["function"]["name"] == "weather"
    assert schema["response_format"]["json_schema"]["strict"]
    assert picture["messages"][0]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert "calls tools" in admin.get("/admin/conversations/deployment/").content.decode()
    assert "sees images" in page


def test_a_probe_that_is_refused_or_misunderstood_means_no_and_a_busy_one_nothing(admin, upstream, deployment):
    upstream.reply("one").fail(400).json(whole(content="It is 4.")).fail(429)
    run(admin, deployment)
    seen = {"usage": True, "reasoning": False, "tools": False, "json_schema": False}
    assert deployment.capabilities == {**seen, "embeddings": False}
    assert deployment.test_error == ""


def test_a_later_failure_keeps_what_was_seen(admin, upstream, deployment):
    deployment.tested([], "", {"tools": True})
    upstream.fail(503)
    run(admin, deployment)
    assert (deployment.test_error, deployment.capabilities) == ("upstream_down", {"tools": True})
    assert deployment.seen_at < deployment.tested_at


@pytest.mark.parametrize(
    ("status", "failed", "words"),
    [
        (401, "sign_in", "Enter the key again"),
        (404, "model", "does not know this model"),
        (503, "model", "is in trouble"),
        (307, "reach", "Enter the address that it redirects to"),
    ],
)
def test_the_stage_that_failed_says_what_to_do(admin, upstream, deployment, status, failed, words):
    upstream.fail(status, headers={"Location": "https://elsewhere.test/"}, message=f"Not with {CANARY}.")
    page, stages = run(admin, deployment)
    assert [name for name, state in stages.items() if state == "failed"] == [failed]
    assert words in page
    assert CANARY not in page


def test_a_stream_that_breaks_off_fails_after_the_model_has_passed(admin, upstream, deployment):
    upstream.break_off("one", after=1)
    _, stages = run(admin, deployment)
    assert (stages["model"], stages["stream"], deployment.test_error) == ("passed", "failed", "broken_off")


def test_an_address_where_nobody_listens_fails_at_the_first_stage(admin):
    deployment = factories.make_deployment("gpt")
    page, stages = run(admin, deployment)
    assert stages == {"reach": "failed", "sign_in": "skipped", "model": "skipped", "stream": "skipped"}
    assert "Check the address" in page


def test_a_host_that_does_not_exist_is_told_at_once(admin, transactional_db):
    deployment = factories.make_deployment(address="http://nowhere.invalid/v1")
    began = time.monotonic()
    page, stages = run(admin, deployment)
    assert time.monotonic() - began < 2
    assert (stages["reach"], stages["model"]) == ("failed", "skipped")
    assert "There is no such host. Look for a typing mistake" in page


def test_a_test_that_passed_says_what_new_chats_start_with(admin, offline, upstream):
    later = factories.make_deployment("later", address=upstream.address)
    upstream.reply("one")
    assert "New chats start with “offline”" in run(admin, later)[0].replace("&quot;", "”")
    offline.enabled = False
    offline.save()
    upstream.reply("one")
    assert "New chats start with" not in run(admin, later)[0]


def test_an_address_that_no_deployment_may_have_is_said_to_be_one(admin):
    deployment = factories.make_deployment("gpt", address="http://169.254.169.254/v1")
    assert "This address is never connected to" in run(admin, deployment)[0]


def test_the_built_in_deployment_passes_without_signing_in(admin, offline):
    _, stages = run(admin, offline)
    assert stages == {"reach": "passed", "sign_in": "skipped", "model": "passed", "stream": "passed"}
    assert offline.capabilities["tools"]
    assert offline.capabilities["embeddings"]
    assert not offline.capabilities["images"]


@pytest.fixture
def of_the_machine(upstream, transactional_db, monkeypatch, settings):
    """A deployment that signs in by the managed identity of a machine that is `upstream` as well."""
    identity._tokens.clear()
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", upstream.address)
    settings.ALLOWED_UPSTREAMS = ["127.0.0.1"]
    facts = {"kind": "azure_v1", "authentication": "managed_identity"}
    return factories.make_deployment("gpt", address=upstream.address, key="", **facts)


def token():
    resource = "https://cognitiveservices.azure.com"
    return {"access_token": "bearer-canary", "expires_in": "3600", "resource": resource, "token_type": "Bearer"}


def test_signing_in_for_a_token_is_a_stage_with_its_own_time(admin, upstream, of_the_machine):
    upstream.json(token()).reply("one")
    _, stages = run(admin, of_the_machine)
    assert set(stages.values()) == {"passed"}
    assert of_the_machine.test_stages[1]["ms"] is not None
    assert upstream.requests[1].headers["authorization"] == "Bearer bearer-canary"


def test_every_test_asks_for_a_fresh_token(admin, upstream, of_the_machine):
    for _ in range(2):
        upstream.json(token()).fail(500)
        run(admin, of_the_machine)
    assert [each.method for each in upstream.requests] == ["GET", "POST", "GET", "POST"]


def test_no_token_and_no_role_are_told_apart(admin, upstream, of_the_machine):
    upstream.json({"error": "invalid_request"}, 400)
    page, stages = run(admin, of_the_machine)
    assert stages["sign_in"] == "failed"
    assert "No token was had" in page
    upstream.json(token()).fail(403, message="bearer-canary lacks the role")
    page, stages = run(admin, of_the_machine)
    assert stages["sign_in"] == "failed"
    assert "Cognitive Services OpenAI User" in page
    assert "canary" not in page


def test_what_was_seen_is_forgotten_when_another_upstream_is_entered(admin, deployment):
    deployment.tested([], "", {"tools": True})
    same = deployment_form(endpoint=deployment.endpoint, key="")
    admin.post(address(deployment), {**same, "label": "Renamed"})
    assert Deployment.objects.get().capabilities == {"tools": True}
    admin.post(address(deployment), {**same, "model": "another"})
    assert (Deployment.objects.get().capabilities, Deployment.objects.get().tested_at) == ({}, None)


def test_only_who_may_change_a_deployment_may_test_it(admin, offline):
    assert admin.get(address(offline, "try")).status_code == 405
    plain = factories.browser_of(factories.make_person("stan", is_staff=True))
    assert plain.post(address(offline, "try")).status_code == 403
    assert Client().post(address(offline, "try")).status_code == 302
    assert admin.post("/admin/conversations/deployment/999/try/").status_code == 403
