"""The one module that opens connections to others: no redirects, and only to addresses that were checked.

The resolver checks what a name leads to and the connection goes to exactly the addresses it returned, so a
name that changes its answer between check and use gains nothing; literals, which are never resolved, are
checked as they are. Behind HTTPS_PROXY the proxy resolves the target: then literals and the proxy itself are checked.

httpx's interface over aiohttp's transport: its C parser halves the CPU that a stream costs.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from functools import cache, partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from conversations.completions.addresses import Reach, check_address, check_literal, listed
from conversations.completions.errors import BrokenOff, ForbiddenAddress, UnknownHost, Unreachable

# Connecting is one address's time; pool is the whole of it: resolving, every address, TLS. Reading takes as
# long as it takes: client.py holds the clock for tokens.
TIMEOUT = httpx.Timeout(None, connect=5.0, pool=15.0)
HEADERS = {
    "Accept": "text/event-stream, application/json",
    "Accept-Encoding": "identity",  # a compressor would hold tokens back
    "Content-Type": "application/json",
    "User-Agent": "chatapp",
}
TROUBLE = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)


class Response:
    """Status and headers have come; the body comes read by read."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces = response.aiter_bytes()
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    @property
    def location(self) -> str:
        """Where a redirect leads: scheme, host and port; empty if this is none."""
        following = self._response.next_request
        return host(str(following.url)) if following else ""

    async def read(self) -> bytes | None:
        """What one network read brought, None at the end; raises BrokenOff if the connection breaks before."""
        try:
            return await anext(self._pieces, None)
        except TROUBLE as error:
            raise BrokenOff(f"The connection broke: {_words(error)}") from error

    async def aclose(self) -> None:
        """Closes the connection, unless the body was read to its end: then it can be used again."""
        await self._response.aclose()


async def send(
    url: str,
    headers: Mapping[str, str],
    content: bytes | AsyncIterable[bytes] = b"",
    *,
    method: str = "POST",
    transport: str = "",
    reach: Reach | None = None,
) -> Response:
    """Ask and wait for the headers. Raises Unreachable or a kind of it. `transport`: see `client`.

    `reach`: how far it may go; None: as far as what an administrator has set up. `content` that comes piece by piece
    is sent as it comes; if it raises, the connection is cut.
    """
    try:
        asking = await client(transport, public=_publicly(url, reach))
        request = asking.build_request(method, url, headers={**HEADERS, **headers}, content=content)
        return Response(await asking.send(request, stream=True))
    except TROUBLE as error:
        raise Unreachable(f"Cannot reach {host(url)}: {_words(error)}") from error


def _publicly(url: str, reach: Reach | None) -> bool:
    """Must the address be a public one? Raises ForbiddenAddress if it must not be reached at all."""
    if reach is None:
        return False
    parsed = httpx.URL(url)
    if listed(parsed.host, parsed.port, reach.hosts):
        return False
    if not reach.public:
        raise ForbiddenAddress(f"{host(url)} is not one of the hosts that a request may name.")
    return True


async def whole(response: Response, largest: int) -> bytes:
    """The rest of the body; raises BrokenOff if it breaks, or is larger than `largest` bytes."""
    content = bytearray()
    while piece := await response.read():
        content += piece
        if len(content) > largest:
            raise BrokenOff(f"The answer is larger than {largest:,} bytes.")
    return bytes(content)


async def reach(url: str, *, transport: str = "") -> None:
    """Whether anybody speaks HTTP there, whatever the answer. Raises Unreachable or a kind of it."""
    try:
        await (await client(transport)).head(url, headers={"User-Agent": HEADERS["User-Agent"]})
    except TROUBLE as error:
        raise Unreachable(f"Cannot reach {host(url)}: {_words(error)}") from error


def host(url: str) -> str:
    """Scheme, host and port: the rest of an address may hold a secret."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an address that is no URL"
    return f"{parsed.scheme}://{parsed.netloc.decode()}" if parsed.host else "an address without a host"


def _words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientResponseError):
        return "the answer is no HTTP"  # aiohttp quotes it, and an echo would be our own request
    return (str(error) or type(error).__name__)[:300]


class Resolver(AbstractResolver):
    """The system's resolver, in a thread; it refuses a name if one of its addresses is forbidden."""

    def __init__(self, *, public: bool = False) -> None:
        self._public = public

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG
            )
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise  # the name server is in trouble, which says nothing about the name
            raise UnknownHost(f"There is no host named {host}.") from error
        for *_, address in found:
            self._check(host, str(address[0]))
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _type, protocol, _name, address in found
        ]

    def _check(self, host: str, address: str) -> None:
        """To whom only public ones are open, a name's address here is not told."""
        try:
            check_address(address, public=self._public)
        except ForbiddenAddress:
            if not self._public:
                raise
            raise ForbiddenAddress(f"{host} has no public address.") from None

    async def close(self) -> None:
        """Nothing is held."""


def checked_socket(info: Any, *, public: bool = False) -> socket.socket:
    """A socket for the address that is about to be connected to, the last place where it can be refused."""
    kind, type_, protocol, _name, address = info
    check_address(str(address[0]), public=public)
    return socket.socket(kind, type_, protocol)


class Transport(AiohttpTransport):
    """Checks literals before they reach a connection or a proxy, which would resolve them itself."""

    public = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_literal(request.url.host, public=self.public)
        # httpx has made a header of a user and password in the address; aiohttp would make a second one.
        request.url = request.url.copy_with(userinfo=b"")
        if self.proxy and request.url.scheme == "http":
            request.headers.update(self.proxy.headers)  # there is no CONNECT that would carry them
        return await super().handle_async_request(request)


class Client(httpx.AsyncClient):
    """Takes HTTPS_PROXY, ALL_PROXY and NO_PROXY as httpx does.

    aiohttp's own `trust_env` knows no ALL_PROXY, and would also send what a ~/.netrc has for the host.
    """

    transport: type[Transport] = Transport
    session = staticmethod(lambda: _session())

    def _init_transport(self, *args: Any, **kwargs: Any) -> httpx.AsyncBaseTransport:
        return kwargs.get("transport") or self.transport(verify=tls(), client=self.session)

    def _init_proxy_transport(self, proxy: Any, *args: Any, **kwargs: Any) -> httpx.AsyncBaseTransport:
        headers = dict(proxy.headers)
        if proxy.auth:  # as a header: the parameter that the transport would use is deprecated in aiohttp
            headers["Proxy-Authorization"] = aiohttp.encode_basic_auth(*proxy.auth)
        return self.transport(verify=tls(), client=self.session, proxy=httpx.Proxy(proxy.url, headers=headers))


class PublicTransport(Transport):
    public = True


class PublicClient(Client):
    """For requests that nobody here has set up: it connects to public addresses only."""

    transport = PublicTransport
    session = staticmethod(lambda: _session(public=True))


@cache
def tls() -> ssl.SSLContext:
    """Trusts SSL_CERT_FILE or SSL_CERT_DIR where one is set, else certifi's list. Made once: it is slow."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _session(*, public: bool = False) -> aiohttp.ClientSession:
    sockets = partial(checked_socket, public=public)
    connector = aiohttp.TCPConnector(resolver=Resolver(public=public), socket_factory=sockets, limit=0, ssl=tls())
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


Clients = dict[tuple[str, bool], httpx.AsyncClient]  # by transport, and whether it is for public addresses only
_loops: WeakKeyDictionary[Any, tuple[AsyncGenerator[Clients, None], Clients]] = WeakKeyDictionary()


async def client(transport: str = "", *, public: bool = False) -> httpx.AsyncClient:
    """The running loop's client. `transport`: dotted path of an httpx transport to use instead of the network."""
    loop = asyncio.get_running_loop()
    if loop not in _loops:
        keeper = _keep(loop)
        _loops[loop] = keeper, await anext(keeper)
    clients = _loops[loop][1]
    if (transport, public) not in clients:
        # A cookie of one answer must not travel with the next person's question.
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        inside = _load(transport) if transport else None
        kind = PublicClient if public else Client
        clients[transport, public] = kind(transport=inside, timeout=TIMEOUT, cookies=cookies)
    return clients[transport, public]


async def _keep(loop: asyncio.AbstractEventLoop) -> AsyncGenerator[Clients, None]:
    """A generator because loops close those that are still open when they end; so nothing is left behind."""
    clients: Clients = {}
    try:
        yield clients
    finally:
        _loops.pop(loop, None)
        for each in clients.values():
            await each.aclose()


async def aclose() -> None:
    """Close what the running loop holds open."""
    if (held := _loops.get(asyncio.get_running_loop())) is not None:
        await held[0].aclose()


def _load(path: str) -> httpx.AsyncBaseTransport:
    module, _, name = path.rpartition(".")
    made: httpx.AsyncBaseTransport = getattr(import_module(module), name)()
    return made
