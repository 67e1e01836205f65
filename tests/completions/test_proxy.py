"""HTTPS_PROXY, ALL_PROXY and NO_PROXY are honoured, and a proxy is no way around the checks."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asking import ask, failure
from tests.upstream import FakeUpstream


class Proxy:
    """A loopback proxy that takes every name for 127.0.0.1; `asked` is what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _version = head.split(b"\r\n")[0].decode().split(" ")
        self.asked.append(f"{method} {target}")
        self.headers.append(head.decode())
        host = target.removeprefix("http://").partition("/")[0]
        inward, outward = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            outward.write(head.replace(f"http://{host}".encode(), b"", 1))
        await asyncio.gather(pipe(reader, outward), pipe(inward, writer))


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_proxy_of_the_environment_is_asked(
    upstream: FakeUpstream, proxy: Proxy, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    upstream.reply("Hello")
    draft, error = await ask(upstream.endpoint(address=f"http://upstream.invalid:{upstream.port}/v1"))
    assert (draft.text, error) == ("Hello", None)
    assert proxy.asked == [f"POST http://upstream.invalid:{upstream.port}/v1/chat/completions"]


async def test_encrypted_requests_go_through_a_tunnel_that_sees_no_key(
    proxy: Proxy, tls: ssl.SSLContext, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    async with FakeUpstream(tls) as upstream:
        upstream.reply("Hello")
        draft, error = await ask(upstream.endpoint())
        assert (draft.text, error) == ("Hello", None)
        assert proxy.asked == [f"CONNECT localhost:{upstream.port}"]
        assert "sk-test" not in proxy.headers[0]


@pytest.mark.parametrize("exempt", ["127.0.0.1", "*"])
async def test_hosts_of_no_proxy_are_asked_directly(
    upstream: FakeUpstream, proxy: Proxy, exempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", exempt)
    upstream.reply("Hello")
    draft, error = await ask(upstream.endpoint())
    assert (draft.text, error, proxy.asked) == ("Hello", None, [])


@pytest.mark.parametrize("host", ["169.254.169.254", "169.254.169.254.", "0xa9fea9fe", "[::ffff:a9fe:a9fe]"])
async def test_metadata_address_is_not_asked_for_through_a_proxy(
    upstream: FakeUpstream, proxy: Proxy, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    error = await failure(upstream.endpoint(address=f"http://{host}:{upstream.port}/v1"))
    assert (error.code, proxy.asked) == ("forbidden_address", [])


@pytest.mark.parametrize("secure", [False, True])
async def test_password_of_the_proxy_is_for_the_proxy(
    proxy: Proxy, secure: bool, tls: ssl.SSLContext, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://user:hunter22@127.0.0.1:{proxy.port}")
    async with FakeUpstream(tls if secure else None) as upstream:
        upstream.reply("Hello")
        _draft, error = await ask(upstream.endpoint())
        assert error is None
        assert "proxy-authorization: basic dxnlcjpodw50zxiymg==" in proxy.headers[0].lower()
        if secure:
            assert "proxy-authorization" not in upstream.requests[0].headers


async def test_proxy_that_is_not_there_is_unreachable(upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://user:hunter22@127.0.0.1:1")
    error = await failure(upstream.endpoint())
    assert error.code == "unreachable"
    assert "hunter22" not in str(error)


async def test_netrc_is_not_sent_to_a_deployment(
    upstream: FakeUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hunter22\n")
    monkeypatch.setenv("NETRC", str(netrc))
    upstream.reply("Hello")
    await ask(upstream.endpoint(key=""))
    assert "authorization" not in upstream.requests[0].headers
