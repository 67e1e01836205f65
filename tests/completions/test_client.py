"""The client over real sockets: what it asks, what it yields, and which error each mishap becomes."""

import gzip
from contextlib import aclosing

import pytest

from conversations.completions import client
from conversations.completions.endpoints import Endpoint
from conversations.completions.wire import Chunk, Usage
from tests import recordings
from tests.asking import ask, failure, question
from tests.upstream import FakeUpstream


@pytest.mark.parametrize("kind", ["openai", "azure"])
async def test_answer_comes_whole_with_its_usage(upstream: FakeUpstream, kind: str) -> None:
    upstream.reply("Hel", "lo")
    draft, error = await ask(upstream.endpoint(kind))
    assert error is None
    assert (draft.text, draft.finish_reason) == ("Hello", "stop")
    assert draft.usage == Usage(prompt_tokens=7, completion_tokens=2, total_tokens=9)


async def test_request_is_what_the_wire_documents(upstream: FakeUpstream) -> None:
    upstream.reply("Hello")
    await ask(upstream.endpoint("azure"), question("Hi", temperature=0.5))
    (request,) = upstream.requests
    assert request.path == "/openai/deployments/gpt-4o/chat/completions"
    assert request.query == "api-version=2024-10-21"
    assert request.headers["api-key"] == "sk-test"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert request.json == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_stream_options_of_the_request_are_kept(upstream: FakeUpstream) -> None:
    upstream.reply("Hello")
    draft, _error = await ask(upstream.endpoint(), question(stream_options={"include_usage": False}))
    assert draft.usage is None


async def test_facts_of_the_response_are_on_the_first_chunk_only(upstream: FakeUpstream) -> None:
    upstream.reply("a", "b", headers={"x-ratelimit-remaining-requests": "9"})
    chunks: list[Chunk] = [chunk async for chunk in client.stream(question(), upstream.endpoint())]
    assert chunks[0].response is not None
    assert chunks[0].response.request_id == "req-1"
    assert chunks[0].response.rate_limits == {"x-ratelimit-remaining-requests": "9"}
    assert [chunk.response for chunk in chunks[1:]] == [None] * (len(chunks) - 1)


async def test_chunks_come_while_the_answer_is_written(upstream: FakeUpstream) -> None:
    upstream.reply("Hel", "lo")
    upstream.pause(after=1)
    async with aclosing(client.stream(question(), upstream.endpoint())) as chunks:
        await anext(chunks)  # the role
        assert (await anext(chunks)).choices[0].delta.content == "Hel"
        upstream.resume()
        assert (await anext(chunks)).choices[0].delta.content == "lo"


async def test_chunks_of_one_read_come_without_waiting_in_between(upstream: FakeUpstream) -> None:
    upstream.stream("usage_growing_in_every_chunk")  # one write
    chunks = client.stream(question(), upstream.endpoint())
    await anext(chunks)
    with pytest.raises(StopIteration) as step:  # it yields again before the loop runs anything else
        chunks.asend(None).send(None)
    assert step.value.value.choices
    await chunks.aclose()


async def test_offline_needs_no_network() -> None:
    draft, error = await ask(Endpoint(kind="offline", address="", model="offline"), question("repeat after me: Hi"))
    assert (error, draft.text) == (None, "Hi")


async def test_connection_is_used_again(upstream: FakeUpstream) -> None:
    for _ in range(3):
        upstream.reply("Hello")
        await ask(upstream.endpoint())
    assert (len(upstream.requests), upstream.connections) == (3, 1)


async def test_connection_is_used_again_although_the_body_ends_after_done(
    upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "DRAIN", 10.0)
    upstream.raw(recordings.load("usage_in_last_chunk").data, 0.1).reply("Hello")
    await ask(upstream.endpoint())
    await ask(upstream.endpoint())
    assert upstream.connections == 1


async def test_stream_that_ends_without_a_finish_reason_is_broken_off(upstream: FakeUpstream) -> None:
    upstream.stream("missing_finish_reason")
    draft, error = await ask(upstream.endpoint())
    assert draft.text == "Hello"
    assert error is not None
    assert error.code == "broken_off"


async def test_connection_cut_in_mid_answer_is_broken_off(upstream: FakeUpstream) -> None:
    upstream.break_off(after=2)
    draft, error = await ask(upstream.endpoint())
    assert draft.text == "Hello"
    assert error is not None
    assert error.code == "broken_off"


async def test_connection_cut_before_the_first_byte_is_unreachable(upstream: FakeUpstream) -> None:
    upstream.break_off()
    error = await failure(upstream.endpoint())
    assert (error.code, error.retryable) == ("unreachable", True)


async def test_nobody_listening_is_unreachable(upstream: FakeUpstream) -> None:
    error = await failure(upstream.endpoint(address="http://127.0.0.1:1"))
    assert error.code == "unreachable"
    assert "http://127.0.0.1:1" in str(error)


@pytest.mark.parametrize("address", ["", "nonsense", "http://", "ftp://x", "http://[::"])
async def test_address_that_leads_nowhere_is_unreachable(upstream: FakeUpstream, address: str) -> None:
    assert (await failure(upstream.endpoint(address=address))).code == "unreachable"


async def test_a_name_without_an_address_is_told_apart(upstream: FakeUpstream) -> None:
    error = await failure(upstream.endpoint(address="http://nowhere.invalid"))
    assert (error.code, str(error)) == ("unknown_host", "There is no host named nowhere.invalid.")


async def test_answer_that_is_no_http_is_unreachable() -> None:
    async with FakeUpstream() as upstream:
        upstream._next(Garbage(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"))
        assert (await failure(upstream.endpoint())).code == "unreachable"


async def test_echo_of_the_request_shows_nothing_of_it(upstream: FakeUpstream) -> None:
    upstream._next(Garbage(b"POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer sk-test\r\n\r\n"))
    error = await failure(upstream.endpoint())
    assert error.code == "unreachable"
    assert "POST" not in str(error)
    assert "sk-test" not in str(error)


async def test_unknown_kind_is_an_invalid_request(upstream: FakeUpstream) -> None:
    assert (await failure(upstream.endpoint("telepathy"))).code == "invalid_request"


async def test_rate_limit_says_how_long_and_which_request(upstream: FakeUpstream) -> None:
    upstream.fail(429, headers={"Retry-After": "3", "apim-request-id": "r7"})
    error = await failure(upstream.endpoint())
    assert (error.code, error.retry_after, error.request_id) == ("rate_limited", 3.0, "r7")


async def test_redirect_is_not_followed(upstream: FakeUpstream) -> None:
    upstream.fail(307, headers={"Location": f"{upstream.address}/v1/chat/completions"}).reply("Hello")
    error = await failure(upstream.endpoint())
    assert error.code == "redirected"
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("location", ["", "/elsewhere", "//user:hunter22@x.test/", "http://x.test/?a=hunter22"])
async def test_redirect_to_anywhere_is_an_error_that_repeats_no_secret(upstream: FakeUpstream, location: str) -> None:
    upstream.fail(302, headers={"Location": location})
    error = await failure(upstream.endpoint())
    assert error.code == "redirected"
    assert "hunter22" not in str(error)


@pytest.mark.parametrize(("status", "code"), [(200, "not_a_stream"), (404, "not_found"), (502, "upstream_down")])
async def test_page_of_html_is_no_answer(upstream: FakeUpstream, status: int, code: str) -> None:
    upstream.html(status)
    assert (await failure(upstream.endpoint())).code == code


async def test_neither_key_nor_question_is_in_an_error(upstream: FakeUpstream) -> None:
    upstream.fail(400, message="bad: sk-test asked 'What is our plan for May?'")
    text = str(await failure(upstream.endpoint(), question("What is our plan for May?")))
    assert "sk-test" not in text
    assert "plan" not in text


async def test_neither_key_nor_question_is_in_an_error_inside_the_stream(upstream: FakeUpstream) -> None:
    upstream.raw(b'data: {"error": {"message": "sk-test asked our secret plan"}}\n\n')
    assert str(await failure(upstream.endpoint(), question("our secret plan"))) == "… asked …"


async def test_password_in_the_address_is_sent_as_a_header(upstream: FakeUpstream) -> None:
    upstream.reply("Hello")
    await ask(upstream.endpoint("azure", address=upstream.address.replace("//", "//user:hunter22@")))
    (request,) = upstream.requests
    assert request.headers["authorization"] == "Basic dXNlcjpodW50ZXIyMg=="
    assert request.headers["api-key"] == "sk-test"


async def test_password_in_the_address_is_not_in_an_error(upstream: FakeUpstream) -> None:
    error = await failure(upstream.endpoint(address="http://user:hunter22@127.0.0.1:1"))
    assert "hunter22" not in str(error)


async def test_key_that_no_header_can_carry_is_a_bad_key(upstream: FakeUpstream) -> None:
    assert (await failure(upstream.endpoint(key="sk-…"))).code == "bad_key"


async def test_cookies_of_one_answer_do_not_travel_with_the_next_question(upstream: FakeUpstream) -> None:
    upstream.reply("a", headers={"Set-Cookie": "session=1"}).reply("b")
    await ask(upstream.endpoint())
    await ask(upstream.endpoint())
    assert "cookie" not in upstream.requests[1].headers


async def test_compressed_answer_is_read(upstream: FakeUpstream) -> None:
    upstream.raw(gzip.compress(recordings.load("missing_done").data), content_encoding="gzip")
    draft, error = await ask(upstream.endpoint())
    assert (draft.text, error) == ("Hello", None)


class Garbage:
    """Bytes that are no HTTP, and the end of the connection."""

    after = "cut"

    def __init__(self, data: bytes) -> None:
        self.data = data

    def frames(self, _request: object) -> list[bytes]:
        return [self.data]


async def test_a_look_whether_anybody_is_there_carries_neither_key_nor_question(upstream: FakeUpstream) -> None:
    await client.reach(upstream.endpoint(key="sk-canary"))
    look = upstream.looks[0]
    assert (look.method, look.path, look.body) == ("HEAD", "/v1/chat/completions", b"")
    assert "canary" not in str(look.headers)
