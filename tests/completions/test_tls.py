"""Certificates are checked, against SSL_CERT_FILE where it is set."""

import ssl

from tests.asking import ask, failure
from tests.upstream import FakeUpstream


async def test_certificate_of_the_own_authority_is_trusted(tls: ssl.SSLContext, trusted: None) -> None:
    async with FakeUpstream(tls) as upstream:
        upstream.reply("Hello")
        draft, error = await ask(upstream.endpoint())
    assert (draft.text, error) == ("Hello", None)


async def test_unknown_certificate_is_unreachable(tls: ssl.SSLContext) -> None:
    async with FakeUpstream(tls) as upstream:
        error = await failure(upstream.endpoint())
        assert error.code == "unreachable"
        assert "certificate" in str(error)
        assert upstream.requests == []


async def test_certificate_of_another_name_is_unreachable(tls: ssl.SSLContext, trusted: None) -> None:
    async with FakeUpstream(tls) as upstream:
        error = await failure(upstream.endpoint(address=f"https://127.0.0.1:{upstream.port}/v1"))
    assert error.code == "unreachable"
