"""The one module that opens connections to others: no redirects, and only to addresses that were checked.

The resolver checks what a name leads to and the connection goes to exactly the addresses it returned, so a name
that changes its answer between check and use gains nothing. Loopback and private addresses are allowed here:
administrators may enter them. Metadata services never are.

httpx's interface over aiohttp's transport: its C parser halves the CPU that a stream costs. Behind HTTPS_PROXY
the proxy resolves the target, so the check then covers the proxy's address and literal targets only.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from conversations.completions.errors import ForbiddenAddress
from conversations.completions.offline.transport import OfflineTransport

FORBIDDEN = [
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # "this host": reaches loopback on Linux under another name
        "169.254.0.0/16",  # link-local: AWS, Azure, Google and most other metadata services
        "168.63.129.16/32",  # Azure's wire server
        "100.100.100.200/32",  # Alibaba's metadata service
        "192.0.0.192/32",  # Oracle's metadata service
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # AWS metadata over IPv6
        "fd20:ce::/32",  # Google metadata over IPv6
        "ff00::/8",
    )
]
TRANSLATED = [(ip_network("64:ff9b::/96"), 0), (ip_network("2002::/16"), 80)]  # NAT64, 6to4


def check_address(text: str) -> None:
    """Raises ForbiddenAddress if `text`, an address, must never be connected to."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        address = _inside(address)
    if any(address in network for network in FORBIDDEN if network.version == address.version):
        raise ForbiddenAddress(f"The address {text} is reserved and may not be a deployment's.")


def _inside(address: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that `address` stands for, if it is one in disguise."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    for network, shift in TRANSLATED:
        if address in network:
            return IPv4Address((int(address) >> shift) & 0xFFFF_FFFF)
    return address


class CheckedResolver(AbstractResolver):
    """Resolves in a thread, as the system does, and refuses the whole name if one address is forbidden."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _type, protocol, _name, address in found:
            check_address(str(address[0]))
            results.append(
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=int(address[1]),
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""


class CheckedTransport(AiohttpTransport):
    """aiohttp resolves no literals, so those are checked here, in whatever way they are written."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            literal = socket.inet_ntoa(socket.inet_aton(request.url.host))
        except OSError:  # not one of IPv4's spellings (dotted, decimal, octal, hexadecimal)
            literal = request.url.host
        try:
            ip_address(literal)
        except ValueError:
            return await super().handle_async_request(request)
        check_address(literal)
        return await super().handle_async_request(request)


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(), limit=0, ssl=httpx.create_ssl_context()
    )
    return aiohttp.ClientSession(
        connector=connector, trust_env=True, cookie_jar=aiohttp.DummyCookieJar()
    )


_clients: WeakKeyDictionary[Any, dict[bool, httpx.AsyncClient]] = WeakKeyDictionary()


def client(*, offline: bool = False) -> httpx.AsyncClient:
    """The running loop's client; the offline one never leaves the process."""
    known = _clients.setdefault(asyncio.get_running_loop(), {})
    if offline not in known:
        transport = OfflineTransport() if offline else CheckedTransport(client=_session)
        # The client reads as long as it takes; client.py holds the clock for tokens.
        timeout = httpx.Timeout(None, connect=5.0)
        known[offline] = httpx.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=False
        )
    return known[offline]


async def aclose() -> None:
    """Close what the running loop holds open."""
    for each in _clients.pop(asyncio.get_running_loop(), {}).values():
        await each.aclose()
