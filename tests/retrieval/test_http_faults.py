"""What stores that speak HTTP can do wrong, and what an administrator is told."""

import gzip
import json
from typing import Any

import pytest

from conversations.retrieval import http
from conversations.retrieval.errors import SourceAnswer, SourceDown, SourceForbidden
from tests.stores.cases import QUESTION, SERVERS, Case, failure, running
from tests.stores.mongo import Mongo
from tests.stores.serving import Instead, JsonServer

web = running(*(kind for kind, (server, _) in SERVERS.items() if not issubclass(server, Mongo)))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
async def test_a_busy_store_can_be_asked_again(web: Case, status: int) -> None:
    web.server.instead = Instead(status, b'{"error": {"message": "Slow down."}}')
    error = await failure(web)
    assert isinstance(error, SourceDown)
    assert error.retryable
    assert "Slow down." in str(error)


@pytest.mark.parametrize(
    "body",
    [b"<html><title>Sign in</title>", b"", b"[]", b"null", b"{", b'{"a": 1}', b'"docs"', b"\xff\xfe\x00", b"[" * 9999],
)
async def test_an_odd_answer_is_said_to_be_odd(web: Case, body: bytes) -> None:
    web.server.instead = Instead(200, body)
    error = await failure(web)
    assert isinstance(error, SourceAnswer)
    assert web.server.address in str(error)


async def test_a_redirect_is_not_followed(web: Case) -> None:
    web.server.instead = Instead(302, b"", {"Location": "https://elsewhere.test/?key=secret"})
    error = await failure(web)
    assert isinstance(error, SourceAnswer)
    assert "https://elsewhere.test" in str(error)
    assert len(web.server.requests) == 1


async def test_an_endless_answer_is_cut_off(web: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST", 1000)
    web.server.instead = Instead(200, b" " * 2000)
    error = await failure(web)
    assert isinstance(error, SourceAnswer)
    assert "1,000 bytes" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
async def test_an_echo_does_not_bring_secret_or_question_into_an_error(web: Case, status: int) -> None:
    echo = json.dumps({"error": {"message": f"You sent {web.secret}, {QUESTION} and “été”"}}).encode()
    web.server.instead = Instead(status, echo)
    error = await failure(web)
    assert "You sent …, … and “été”" in str(error)


async def test_a_metadata_address_is_refused(web: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.retrieval.pinecone.CONTROL", "http://169.254.169.254")
    error = await failure(web, **({} if web.kind == "pinecone" else {"endpoint": "http://169.254.169.254"}))
    assert isinstance(error, SourceForbidden)
    assert not error.retryable


@pytest.mark.parametrize("encoding", ["gzip", "latin-1", "bom", "nul"])
async def test_odd_encodings_are_read(web: Case, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = type(web.server)._answered

    def odd(server: JsonServer, asked: Any) -> bytes:
        top, _, body = plain(server, asked).partition(b"\r\n\r\n")
        extra = b""
        if encoding == "gzip":
            body, extra = gzip.compress(body), b"\r\nContent-Encoding: gzip"
        elif encoding == "latin-1":
            body = body.replace(b"Parents", "Élèves".encode("latin-1"))
        elif encoding == "bom":
            body = b"\xef\xbb\xbf" + body
        else:
            body = body.replace(b"Parents", rb"\u0000\ud800Parents")
        lines = [line for line in top.split(b"\r\n") if not line.startswith(b"Content-Length")]
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + extra + b"\r\n\r\n" + body

    monkeypatch.setattr(type(web.server), "_answered", odd)
    hits = await web.retriever().search(QUESTION, 1)
    assert hits[0].content.endswith("weeks of parental leave after a birth.")
    assert "\0" not in hits[0].content
    hits[0].content.encode()
