"""Signs in at Microsoft Entra: an application by its secret, or this machine by its managed identity.

azure-identity does the asking, as an extra that is imported at the first use, in a thread because it is slow. It
connects to the sign-in service and to the machine's own identity service, not through net.py: the latter has an
address that no deployment may have. AZURE_AUTHORITY_HOST leads to another cloud's sign-in service.

A token opens whatever the identity may do, and whoever receives it can use it elsewhere: it goes to Azure's own
services alone, and to hosts that whoever runs this server has named.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import aiohttp

from conversations.completions import net
from conversations.completions.addresses import listed
from conversations.completions.errors import BadKey, CompletionError, ForbiddenAddress, Unreachable

SCOPE = "https://cognitiveservices.azure.com/.default"
CLOUDS = ("azure.com", "azure.us", "azure.cn")
AZURE = (  # what Microsoft runs, not what its customers do, such as gateways and web apps
    *(f".{service}.{cloud}" for cloud in CLOUDS for service in ("openai", "cognitiveservices", "services.ai")),
    *(".models.ai.azure.com", ".search.windows.net", ".search.azure.us", ".search.azure.cn"),
)
EARLY = 300  # seconds before its end that a token is replaced
PATIENCE = 20  # seconds
LONGEST = 300  # characters of the service's own words
MISSING = "Signing in at Microsoft Entra needs azure-identity: pip install -r requirements-azure.lock"


@dataclass(frozen=True)
class Identity:
    """Without a tenant it is a managed one: the machine's own, or the user-assigned one that `client` names.

    `resource`: a user-assigned one by its resource id instead. `scope`: what its tokens are for.
    `hosts`: who may receive them beside Azure.
    """

    tenant: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    resource: str = ""
    scope: str = SCOPE
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Token:
    bearer: str = field(repr=False)
    ends: float  # Unix time, seconds

    @property
    def fresh(self) -> bool:
        return self.ends - EARLY > time.time()


_tokens: dict[Identity, _Token] = {}
_locks: WeakKeyDictionary[Any, defaultdict[Identity, asyncio.Lock]] = WeakKeyDictionary()  # by event loop


def may_receive(address: str, hosts: Collection[str] = ()) -> bool:
    """May a token be sent there? To Azure over https, or to one of `hosts` (with or without a port)."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    azure = parts.scheme == "https" and port in {None, 443} and host.endswith(AZURE)
    return azure or listed(host, port, hosts)


async def bearer(identity: Identity, to: str) -> str:
    """A token for the address `to`, kept until it nearly expires; asked for once, however many wait for it.

    Raises ForbiddenAddress if no token may be sent there, BadKey if the identity is refused or incomplete, Unreachable
    if nobody answers.
    """
    if not may_receive(to, identity.hosts):
        raise ForbiddenAddress(
            f"{net.host(to)} is not one of Azure's own addresses, so no token is sent there. Sign in with a key, or "
            "let whoever runs this server add the host to ALLOWED_UPSTREAMS."
        )
    async with _locks.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[identity]:
        token = _tokens.get(identity)
        if token is None or not token.fresh:
            token = await _ask(identity)
            for each in [each for each, held in _tokens.items() if not held.fresh]:
                del _tokens[each]
            _tokens[identity] = token
    return token.bearer


def forget(identity: Identity | None) -> None:
    """Its token, if there is one, is not used again: it was refused, or a fresh one shall be tried."""
    if identity:
        _tokens.pop(identity, None)


async def _ask(identity: Identity) -> _Token:
    if identity.tenant and not identity.secret:
        raise BadKey("No client secret is stored. Enter it.")
    try:
        await asyncio.to_thread(import_module, "azure.identity.aio")
    except ImportError as error:
        raise BadKey(MISSING) from error
    from azure.core.exceptions import AzureError

    try:
        async with asyncio.timeout(PATIENCE), _session() as session, _credential(identity, session) as credential:
            token = await credential.get_token(identity.scope)
    except (AzureError, ValueError) as error:
        raise _meaning(error, identity) from error
    except TimeoutError as error:
        raise Unreachable(f"The sign-in service did not answer within {PATIENCE} seconds.") from error
    return _Token(token.token, token.expires_on)


def _session() -> aiohttp.ClientSession:
    """As the library would make it, but it trusts whom the client of deployments trusts."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=net.tls()),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=True,
        auto_decompress=False,
    )


def _credential(identity: Identity, session: aiohttp.ClientSession) -> Any:
    from azure.core.pipeline.transport import AioHttpTransport
    from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential

    transport = AioHttpTransport(session=session, session_owner=False)
    options: dict[str, Any] = {"transport": transport, "retry_total": 2, "connection_timeout": 5}
    if identity.tenant:
        return ClientSecretCredential(identity.tenant, identity.client, identity.secret, **options)
    if identity.resource:  # the library passes the name on, and virtual machines and App Service differ in it
        name = "mi_res_id" if "IDENTITY_ENDPOINT" in os.environ else "msi_res_id"
        return ManagedIdentityCredential(identity_config={name: identity.resource}, **options)
    return ManagedIdentityCredential(client_id=identity.client or None, **options)


def _meaning(error: Exception, identity: Identity) -> CompletionError:
    """The error in our terms, with the service's first line and without the secret."""
    from azure.core.exceptions import HttpResponseError
    from azure.identity import CredentialUnavailableError

    words = (str(error).strip() or type(error).__name__).splitlines()[0]
    if identity.secret:
        words = words.replace(identity.secret, "…")
    words, status = words[:LONGEST], getattr(error, "status_code", None)
    if status in {410, 429} or (status or 0) >= 500:
        return Unreachable(f"The sign-in service is in trouble. ({words})")
    if isinstance(error, CredentialUnavailableError):
        return BadKey(
            f"This machine has no such managed identity: assign it, or sign in with a client secret. ({words})"
        )
    if isinstance(error, HttpResponseError | ValueError):
        return BadKey(f"Microsoft Entra refused to sign in. Check tenant, client id and secret. ({words})")
    return Unreachable(f"Cannot reach the sign-in service. Check AZURE_AUTHORITY_HOST and the way out. ({words})")
