"""What goes wrong at the upstream, and how the answer's row ends."""

import pytest

from conversations.models import State


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, None, "bad_key"),
        (403, None, "bad_key"),
        (404, "DeploymentNotFound", "not_found"),
        (400, None, "invalid_request"),
        (400, "content_filter", "content_filter"),
        (429, "insufficient_quota", "quota_exceeded"),
        (302, None, "redirected"),
    ],
)
async def test_a_refusal_that_no_retry_helps_is_asked_once(talk, upstream, status, code, error):
    upstream.fail(status, code=code)
    answer = await talk.asked()
    attempt = await talk.attempt()
    assert answer.state == (State.FILTERED if code == "content_filter" else State.FAILED)
    assert (answer.text, attempt.error, attempt.tries) == ("", error, [])
    assert len(upstream.requests) == 1


async def test_an_end_without_finish_reason_is_interrupted_never_complete(talk, upstream):
    upstream.break_off("Hel", "lo", after=2)
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "Hello")
    assert (await talk.attempt()).error == "broken_off"


async def test_a_clean_end_of_the_body_without_finish_reason_is_interrupted_too(talk, upstream):
    chunk = b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
    upstream.raw(chunk)
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "Hel")
    assert (await talk.attempt()).error == "broken_off"


async def test_a_stall_in_mid_answer_times_out_and_keeps_the_text(talk, upstream, settings):
    settings.CHUNK_TIMEOUT = 0.2
    upstream.stall("So far ", "so good")
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "So far so good")
    assert (await talk.attempt()).error == "timed_out"
    assert await upstream.closed(within=1)


async def test_no_first_token_in_time_fails_and_is_not_tried_again(talk, upstream, settings):
    settings.FIRST_TOKEN_TIMEOUT = 0.2
    upstream.stall()
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.FAILED, "")
    assert (await talk.attempt()).error == "timed_out"
    assert len(upstream.requests) == 1


async def test_a_sign_in_page_instead_of_a_stream_is_no_answer(talk, upstream):
    upstream.html()
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.FAILED, "")
    assert (await talk.attempt()).error == "not_a_stream"


async def test_a_filter_that_ends_the_answer_says_so(talk, upstream):
    upstream.reply("It was ", finish_reason="content_filter")
    answer = await talk.asked()
    assert (answer.state, answer.text) == (State.FILTERED, "It was ")


async def test_a_filtered_prompt_says_which_category(talk, upstream):
    verdict = {"violence": {"filtered": True, "severity": "high"}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": verdict}
    upstream.fail(400, body={"error": {"code": "content_filter", "message": "No.", "innererror": inner}})
    answer = await talk.asked()
    page = await talk.client.get(f"/c/{talk.pk}/")
    assert answer.state == State.FILTERED
    assert (await talk.attempt()).prompt_filters == {"0": verdict}
    assert "violence" in page.content.decode().lower()


async def test_what_an_attempt_was_and_cost_is_recorded(talk, upstream):
    upstream.reply("Hel", "lo", prompt_tokens=11)
    await talk.asked()
    attempt = await talk.attempt()
    assert (attempt.usage["prompt_tokens"], attempt.usage["completion_tokens"]) == (11, 2)
    assert (attempt.model, attempt.finish_reason, attempt.request_id) == ("gpt-4o-2024-08-06", "stop", "req-1")
    assert attempt.first_token_ms <= attempt.duration_ms


async def test_no_secret_and_no_upstream_body_reaches_the_page(talk, upstream):
    upstream.fail(401, message="Incorrect API key provided: sk-canary. <script>alert(1)</script>")
    await talk.asked()
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert "sk-canary" not in page
    assert "Incorrect API key" not in page
    assert "sk-canary" not in (await talk.attempt()).detail


async def test_a_deployment_that_was_disabled_in_between_is_not_asked(talk, upstream, deployment):
    upstream.reply("Yes.")
    await talk.asked()
    deployment.enabled = False
    await deployment.asave()
    refused = await talk.ask("And now?")
    assert refused.status_code == 422
    assert len(upstream.requests) == 1
