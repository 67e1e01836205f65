"""Metadata services are out of reach, however their address is written; the machines of one's own are not."""

import asyncio
import socket
from typing import Any

import pytest

from conversations.completions.addresses import check_address, check_literal
from conversations.completions.errors import ForbiddenAddress
from conversations.completions.net import checked_socket
from tests.asking import ask, failure
from tests.upstream import FakeUpstream

FORBIDDEN = [
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::ffff:0:169.254.169.254",
    "::ffff:0.0.0.0",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a83f:8110",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:5601:5601",
]
SPELLINGS = [
    "169.254.169.254.",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "025177524776",
    "169.254.43518",
    "169.16689662",
    "0x00000000a9.254.169.254",
    "0",
    "[::ffff:169.254.169.254]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[fe80::1%25eth0]",
]
ALLOWED = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "20.1.2.3", "::1", "fd00::1"]
ALLOWED += ["2603:1030::1", "::ffff:127.0.0.1", "64:ff9b::20.1.2.3"]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_reserved_address_is_forbidden(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_loopback_private_and_public_addresses_are_allowed(address: str) -> None:
    check_address(address)
    check_literal(address)


@pytest.mark.parametrize("name", ["example.com", "localhost", "0xg.example", "a9fea9fe", "1.2.3.4.5.example", ""])
def test_name_is_no_literal(name: str) -> None:
    check_literal(name)


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_a_metadata_address_is_connected_to(
    upstream: FakeUpstream, host: str, connections: list[Any]
) -> None:
    error = await failure(upstream.endpoint(address=f"http://{host}:{upstream.port}/latest"))
    assert error.code == "forbidden_address"
    assert not error.retryable
    assert connections == []


async def test_octal_spelling_is_no_url_at_all(upstream: FakeUpstream, connections: list[Any]) -> None:
    error = await failure(upstream.endpoint(address="http://0251.0376.0251.0376/latest"))
    assert (error.code, connections) == ("unreachable", [])
    with pytest.raises(ForbiddenAddress):
        check_literal("0251.0376.0251.0376")


def test_last_place_to_refuse_is_the_socket() -> None:
    with pytest.raises(ForbiddenAddress):
        checked_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("169.254.169.254", 80)))


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"])
async def test_name_that_leads_to_one_is_not_connected_to(
    upstream: FakeUpstream, address: str, names: dict[str, list[str]], connections: list[Any]
) -> None:
    names["innocent.test"] = ["127.0.0.1", address]
    error = await failure(upstream.endpoint(address=f"http://innocent.test:{upstream.port}/v1"))
    assert error.code == "forbidden_address"
    assert connections == []


async def test_name_that_changes_after_the_check_gains_nothing(
    upstream: FakeUpstream, names: dict[str, list[str]], connections: list[Any]
) -> None:
    names["rebinding.test"] = ["127.0.0.1"]
    upstream.reply("Hello")
    task = asyncio.create_task(ask(upstream.endpoint(address=f"http://rebinding.test:{upstream.port}/v1")))
    while not connections:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    names["rebinding.test"] = ["169.254.169.254"]
    draft, error = await task
    assert (draft.text, error) == ("Hello", None)
    assert [address[0] for address in connections] == ["127.0.0.1"]


async def test_name_on_loopback_is_asked(upstream: FakeUpstream, names: dict[str, list[str]]) -> None:
    names["own.test"] = ["127.0.0.1"]
    upstream.reply("Hello")
    draft, error = await ask(upstream.endpoint(address=f"http://own.test:{upstream.port}/v1"))
    assert (draft.text, error) == ("Hello", None)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that the system's resolver knows beside its own."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        found = []
        for address in known.get(host, [host]):
            found += real(address, port, *args, **kwargs)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return known


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Addresses that the running loop connects to."""
    made: list[Any] = []
    real = asyncio.SelectorEventLoop.sock_connect

    async def connect(loop: Any, sock: socket.socket, address: Any) -> None:
        made.append(address)
        await real(loop, sock, address)

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
    return made
