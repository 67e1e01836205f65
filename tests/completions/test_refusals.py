"""What a status and a body mean, and what an error never repeats."""

import json
from typing import Any

import pytest

from conversations.completions import errors
from conversations.completions.refusals import LONGEST, decoded, refusal


def azure(code: str, message: str = "words", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": None, "param": None, "code": code, **more}}


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable"),
    [
        (400, azure("invalid_value"), "invalid_request", False),
        (400, azure("context_length_exceeded"), "prompt_too_long", False),
        (400, {"message": "This model's maximum context length is 8192 tokens."}, "prompt_too_long", False),
        (400, azure("content_filter"), "content_filter", False),
        (401, azure("invalid_api_key"), "bad_key", False),
        (403, {"message": "Access denied"}, "bad_key", False),
        (404, azure("DeploymentNotFound"), "not_found", False),
        (408, "Timeout", "upstream_down", True),
        (413, "Too large", "prompt_too_long", False),
        (418, "", "invalid_request", False),
        (422, {"detail": "No"}, "invalid_request", False),
        (429, azure("429"), "rate_limited", True),
        (429, azure("insufficient_quota"), "quota_exceeded", False),
        (429, {"error": {"type": "insufficient_quota", "code": None}}, "quota_exceeded", False),
        (500, azure("server_error"), "upstream_down", True),
        (503, "", "upstream_down", True),
        (529, azure("overloaded_error"), "upstream_down", True),
        (307, "", "redirected", False),
    ],
)
def test_status_and_code_say_which_error_it_is(status: int, body: Any, code: str, retryable: bool) -> None:
    error = refusal(status, body)
    assert (error.code, error.retryable, error.status) == (code, retryable, status)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (azure("rate_limit_exceeded"), "rate_limited"),
        (azure("invalid_api_key"), "bad_key"),
        (azure("model_not_found"), "not_found"),
        (azure("429"), "rate_limited"),
        ({"error": {"code": 503}}, "upstream_down"),
        ({"error": {"code": 200, "type": "invalid_request_error"}}, "invalid_request"),
        ({"error": "boom"}, "upstream_down"),
        ("boom", "upstream_down"),
        (None, "upstream_down"),
        ([1], "upstream_down"),
    ],
)
def test_error_inside_a_200_is_known_by_its_code(body: Any, code: str) -> None:
    error = refusal(None, body)
    assert (error.code, error.status) == (code, None)


def test_prompt_too_long_inside_a_200_differs_from_one_counted_here() -> None:
    assert refusal(None, azure("context_length_exceeded")).status == 400
    assert errors.PromptTooLong("counted").status is None


@pytest.mark.parametrize(
    ("inner", "results"), [("innererror", "content_filter_result"), ("inner_error", "content_filter_results")]
)
def test_filtered_prompt_carries_the_results(inner: str, results: str) -> None:
    verdict = {"jailbreak": {"filtered": True, "detected": True}}
    within = {"code": "ResponsibleAIPolicyViolation", results: verdict}
    error = refusal(400, azure("400", **{inner: within}))
    assert isinstance(error, errors.PromptFiltered)
    assert error.results == verdict


def test_invalid_request_names_the_parameter() -> None:
    error = refusal(400, azure("unsupported_parameter", param="max_tokens"))
    assert isinstance(error, errors.InvalidRequest)
    assert error.param == "max_tokens"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"error": {"message": "Slow down."}}', "Slow down."),
        (b'{"error": "Slow down."}', "Slow down."),
        (b'{"message": "Slow down."}', "Slow down."),
        (b'{"detail": "Slow down."}', "Slow down."),
        (b'{"detail": [{"loc": ["body", "n"], "msg": "too many", "input": "PROMPT"}]}', "body.n: too many"),
        (b'"Slow down."', "Slow down."),
        (b"Slow\r\n  down.", "Slow down."),
        (b"<html><head><title>502 Bad &amp; sad</title></head><body>x</body></html>", "an HTML page, “502 Bad & sad”"),
        (b"<p>x</p>", "an HTML page"),
        (b"", "no reason given"),
        (b"{}", "no reason given"),
        (b'{"error": {"message": null}}', "no reason given"),
        (b'{"error": {"message": "a\\u0000b\\ud83d"}}', "a\ufffdb\ufffd"),
        (b"\xff\xfe\x00", "\ufffd\ufffd\ufffd"),
        (b"[" * 100_000, "[" * (LONGEST - 1) + "…"),
    ],
)
def test_words_are_found_in_every_shape_of_body(content: bytes, words: str) -> None:
    assert str(refusal(500, decoded(content))) == f"HTTP 500: {words}"


def test_key_and_question_are_not_repeated() -> None:
    body = azure("x", "Incorrect key sk-secret for 'What is our plan?' (sk-secret)")
    error = refusal(401, body, hide=["sk-secret", "What is our plan?", ""])
    assert str(error) == "HTTP 401: Incorrect key … for '…' (…)"


def test_words_too_short_for_a_secret_are_left_alone() -> None:
    assert str(refusal(400, "This is it.", hide=["is", ""])) == "HTTP 400: This is it."


def test_hiding_comes_before_shortening() -> None:
    error = refusal(401, "x" * (LONGEST - 4) + "sk-secret", hide=["sk-secret"])
    assert "sk-" not in str(error)


def test_redirect_says_where_to_and_not_the_page() -> None:
    assert str(refusal(302, "<html>", location="https://login.example")) == (
        "HTTP 302: redirects to https://login.example"
    )


def test_bodies_of_any_json_make_an_error() -> None:
    odd = [None, 0, "x", [], {}, [[]], {"a": None}]
    for value in odd:
        for body in (value, {"error": value}, {"error": {"message": value, "code": value, "innererror": value}}):
            assert refusal(400, decoded(json.dumps(body).encode())).status == 400


def test_results_are_found_in_an_error_within_an_inner_error() -> None:
    verdict = {"violence": {"filtered": True, "severity": "high"}}
    innermost = {"code": "ResponsibleAIPolicyViolation", "content_filter_results": verdict}
    error = refusal(400, azure("BadRequest", innererror={"code": "x", "innererror": innermost}))
    assert isinstance(error, errors.PromptFiltered)
    assert error.results == verdict
