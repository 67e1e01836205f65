"""Busy and broken upstreams: quiet tries, visible tries, and the fallback that takes over. Nothing is hidden."""

import time
from importlib import import_module

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Message, State
from tests import factories
from tests.conftest import settled

stream = import_module("conversations.answering.stream")  # the package exports a function of the same name


@pytest.fixture
def impatient(monkeypatch):
    """Waits between tries that upstream did not ask for take no time."""
    monkeypatch.setattr(stream.random, "uniform", lambda low, high: 0.0)


async def test_a_busy_moment_is_waited_out_and_written_down(talk, upstream):
    upstream.fail(429, headers={"Retry-After": "0", "x-request-id": "req-busy"}).reply("Now.")
    answer = await talk.asked()
    attempt = await talk.attempt()
    assert (answer.state, answer.text) == (State.COMPLETE, "Now.")
    assert [(each["error"], each["request_id"]) for each in attempt.tries] == [("rate_limited", "req-busy")]
    assert attempt.error == ""


async def test_retry_after_is_waited_for(talk, upstream):
    upstream.fail(429, headers={"retry-after-ms": "300"}).reply("Now.")
    await talk.asked()
    attempt = await talk.attempt()
    assert attempt.tries[0]["wait"] == 0.3
    assert attempt.first_token_ms >= 300


@pytest.mark.usefixtures("impatient")
async def test_a_server_error_is_tried_again_quietly_twice_then_visibly_then_it_fails(talk, upstream):
    tries = 1 + stream.QUIET_TRIES + stream.VISIBLE_TRIES
    for _ in range(tries):
        upstream.fail(500)
    answer = await talk.asked()
    attempt = await talk.attempt()
    assert (answer.state, attempt.error) == (State.FAILED, "upstream_down")
    assert len(upstream.requests) == tries
    assert len(attempt.tries) == tries - 1


async def test_a_long_wait_is_shown_with_its_end(talk, upstream):
    upstream.fail(429, headers={"Retry-After": "30"})
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("pending")
        while "data-until" not in (last := tab.events[-1].get("html", "")):
            await tab.hear()
        await talk.command("stop", await talk.answer())
        await tab.until("stopped")
    await settled()
    assert "data-until" in last


async def test_an_upstream_that_asks_for_an_hour_has_failed(talk, upstream):
    upstream.fail(429, headers={"Retry-After": "3600"})
    answer = await talk.asked()
    assert answer.state == State.FAILED
    assert (await talk.attempt()).error == "rate_limited"


@pytest.mark.usefixtures("impatient")
async def test_nothing_is_tried_again_after_the_first_token(talk, upstream):
    upstream.break_off("Hel", after=1).reply("Hello.")
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "Hel")
    assert len(upstream.requests) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_connection_that_breaks_before_the_first_byte_is_tried_again(talk, upstream):
    upstream.break_off().reply("Here.")
    assert (await talk.asked()).text == "Here."
    assert (await talk.attempt()).tries[0]["error"] == "unreachable"


async def nowhere(deployment):
    deployment.endpoint = "http://nowhere.invalid/v1"
    await deployment.asave()


async def test_a_host_that_does_not_exist_is_told_at_once(talk, deployment):
    await nowhere(deployment)
    began = time.monotonic()
    answer = await talk.asked()
    attempt = await talk.attempt()
    assert (answer.state, attempt.error, attempt.tries) == (State.FAILED, "unknown_host", [])
    assert time.monotonic() - began < 2
    page = await talk.client.get(f"/c/{talk.pk}/")
    assert "There is no server at the deployment" in page.content.decode()


@pytest.fixture
async def second(deployment):
    """A fallback for the first deployment, at the same upstream under another model."""
    address = deployment.endpoint
    fallback = await sync_to_async(factories.make_deployment)("second", address=address, model="spare")
    deployment.fallback = fallback
    await deployment.asave()
    return fallback


@pytest.mark.usefixtures("impatient")
async def test_the_fallback_takes_over_before_the_first_token(talk, upstream, second):
    upstream.fail(500).fail(500).fail(500).reply("From the second.")
    answer = await talk.asked()
    attempt = await talk.attempt()
    assert (answer.state, answer.text) == (State.COMPLETE, "From the second.")
    assert attempt.deployment_id == second.pk
    assert [each["deployment"] for each in attempt.tries] == ["model"] * 3
    assert [each.json["model"] for each in upstream.requests] == ["model", "model", "model", "spare"]


@pytest.mark.usefixtures("impatient")
async def test_what_was_chosen_is_fitted_to_the_fallback(talk, upstream, deployment):
    facts = {"kind": "azure_inference", "api_version": "2024-05-01-preview", "address": upstream.address}
    deployment.fallback = await sync_to_async(factories.make_deployment)("second", **facts)
    await deployment.asave()
    upstream.fail(500).fail(500).fail(500).reply("From the second.")
    await talk.asked(settings="1", **{f"temperature-{deployment.pk}": "1.5", f"max_tokens-{deployment.pk}": "50"})
    first, *_, last = [each.json for each in upstream.requests]
    assert (first["temperature"], first["stream_options"]) == (1.5, {"include_usage": True})
    assert (last["temperature"], last["max_tokens"], last.get("stream_options")) == (1, 50, None)


async def test_the_fallback_does_not_wait_for_a_long_retry_after(talk, upstream, second):
    upstream.fail(429, headers={"Retry-After": "50"}).reply("At once.")
    assert (await talk.asked()).text == "At once."
    assert len(upstream.requests) == 2


async def test_the_fallback_takes_over_from_a_deployment_that_stays_silent(talk, upstream, second, settings):
    settings.FIRST_TOKEN_TIMEOUT = 0.3
    upstream.stall().reply("Spoken.")
    assert (await talk.asked()).text == "Spoken."


async def test_the_fallback_takes_over_at_once_from_a_host_that_does_not_exist(talk, upstream, deployment, second):
    await nowhere(deployment)
    upstream.reply("From the second.")
    assert (await talk.asked()).text == "From the second."
    assert [each["error"] for each in (await talk.attempt()).tries] == ["unknown_host"]


async def test_a_wrong_key_is_no_reason_to_fall_back(talk, upstream, second):
    upstream.fail(401)
    assert (await talk.asked()).state == State.FAILED
    assert len(upstream.requests) == 1


async def test_the_conversation_keeps_its_deployment_after_a_fallback(talk, upstream, deployment, second):
    upstream.fail(429, headers={"Retry-After": "50"}).reply("Spare.")
    answer = await talk.asked()
    conversation = (await Message.objects.select_related("conversation").aget(pk=answer.pk)).conversation
    assert conversation.deployment_id == deployment.pk
