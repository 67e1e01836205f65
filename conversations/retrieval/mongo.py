"""What MongoDB Atlas and Cosmos DB for MongoDB share: pymongo's asynchronous client, and what its failures mean.

pymongo is an extra that is imported at the first use. It opens its connections itself, so the hosts that an address
leads to are checked before it is made, and options that would use this machine's files or identity are refused.
"""

import asyncio
import re
import socket
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from conversations.completions.addresses import check_address, check_literal, listed
from conversations.completions.errors import ForbiddenAddress
from conversations.completions.refusals import masked
from conversations.retrieval.base import Setting
from conversations.retrieval.errors import (
    RetrievalError,
    SourceAnswer,
    SourceDown,
    SourceForbidden,
    SourceIndex,
    SourceKey,
    SourceRefused,
    SourceUnreachable,
    SourceVectors,
)
from conversations.retrieval.http import DIMENSIONS, PATIENCE
from conversations.retrieval.store import Store

CONNECTING = 5.0  # seconds to find a server that answers
OPTIONS = {
    *("appname", "authsource", "directconnection", "maxidletimems", "readpreference", "replicaset", "retryreads"),
    *("retrywrites", "ssl", "tls", "w"),
}
MECHANISMS = {"SCRAM-SHA-256", "SCRAM-SHA-1"}
DENIED = {13, 18, 8000}  # Unauthorized, AuthenticationFailed, and Atlas' word for both
BUSY = {6, 7, 50, 89, 91, 189, 202, 262, 9001, 10107, 11600, 11602, 13435, 13436, 16500}  # 16500: Cosmos' 429


class Mongo(Store):
    """`address` and `signing` are the client's; `place` is where documents are."""

    address = ""
    signing: dict[str, Any] = {}

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._client: Any = None
        self._making = asyncio.Lock()

    @property
    @abstractmethod
    def place(self) -> tuple[str, str]:
        """Database and collection."""

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Any]:
        """The database, for one command; raises RetrievalError."""
        try:
            async with asyncio.timeout(PATIENCE):
                yield (await self._connected())[self.place[0]]
        except TimeoutError as error:
            raise SourceUnreachable(self.name, f"It did not answer within {PATIENCE:g} seconds.") from error
        except RetrievalError:
            raise
        except Exception as error:
            if (meant := self._meaning(error)) is None:
                raise
            raise meant from error

    async def _connected(self) -> Any:
        async with self._making:
            if self._client is None:
                library = await self._library()
                await self._check()
                self._client = library.AsyncMongoClient(
                    self.address,
                    serverSelectionTimeoutMS=int(CONNECTING * 1000),
                    connectTimeoutMS=int(CONNECTING * 1000),
                    unicode_decode_error_handler="replace",
                    maxPoolSize=10,
                    **self.signing,
                )
        return self._client

    async def _library(self) -> ModuleType:
        try:
            return await asyncio.to_thread(import_module, "pymongo")
        except ImportError as error:
            words = "It needs pymongo: pip install -r requirements-mongo.lock"
            raise SourceRefused(self.name, words) from error

    async def _check(self) -> None:
        """Raises RetrievalError if the address is none, leads where nobody may go, or asks for what nobody may have."""
        from pymongo.asynchronous.uri_parser import parse_uri
        from pymongo.errors import ConfigurationError, InvalidURI

        try:
            parsed = await parse_uri(self.address, connect_timeout=CONNECTING)
        except (InvalidURI, ValueError, TypeError) as error:
            raise SourceRefused(self.name, "Its address cannot be read. Copy it from the cluster again.") from error
        except ConfigurationError as error:
            words = masked(str(error), self.hidden)
            raise SourceUnreachable(self.name, f"Its address leads nowhere. Check it. ({words})") from error
        self.hidden |= {each for each in [parsed["password"]] if each}
        options = {name.lower(): held for name, held in parsed["options"].items()}
        odd = sorted(set(options) - OPTIONS - {"authmechanism"})
        if odd or options.get("authmechanism", "SCRAM-SHA-256") not in MECHANISMS:
            words = f"Its address has an option that is not taken: {', '.join(odd) or 'authMechanism'}. Remove it."
            raise SourceRefused(self.name, words)
        self._check_named(parsed)
        for name, port in parsed["nodelist"]:
            await self._check_host(name, port)

    def _check_named(self, parsed: dict[str, Any]) -> None:
        """An address that came with a request is of a named host: pymongo connects to wherever servers send it."""
        reach = self.setting.reach
        hosts = [(parsed["fqdn"], None)] if parsed.get("fqdn") else parsed["nodelist"]
        if reach and not all(listed(name, port, reach.hosts) for name, port in hosts):
            raise SourceForbidden(self.name, "Its host is not one that a request may name. Name a stored source.")

    async def _check_host(self, host: str, port: int | None) -> None:
        if "/" in host:
            raise SourceForbidden(self.name, "Its address is a file of this machine. Enter a host.")
        try:
            check_literal(host)
            found = await asyncio.get_running_loop().getaddrinfo(host, port or 27017, type=socket.SOCK_STREAM)
            for *_, address in found:
                check_address(str(address[0]))
        except ForbiddenAddress as error:
            raise SourceForbidden(self.name, f"{error} Enter another address.") from error
        except OSError as error:
            raise SourceUnreachable(self.name, f"There is no host {host}. Check its address. ({error})") from error

    def _meaning(self, error: Exception) -> RetrievalError | None:
        """What a failure of pymongo means; None for one that is not pymongo's."""
        from bson.errors import BSONError
        from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError

        if not isinstance(error, PyMongoError | BSONError | OSError):
            return None
        error = next((each for each in _chain(error) if isinstance(each, OperationFailure)), error)
        words = masked(str(error).partition(", full error")[0], self.hidden)
        code = error.code if isinstance(error, OperationFailure) else None
        if code in DENIED:
            advice = "refuses the user or password. Check them, and that this user may read the collection"
            return SourceKey(self.name, f"It {advice}. ({words})", status=401)
        if code in BUSY or isinstance(error, ExecutionTimeout):
            return SourceDown(self.name, f"It is in trouble or too busy. Try again later. ({words})")
        if isinstance(error, OperationFailure):
            if DIMENSIONS.search(words):
                advice = "Choose the embedding that its documents were made with."
                return SourceVectors(self.name, f"It compares vectors of other dimensions. {advice} ({words})")
            if re.search(r"index was not found|index not found", words, re.IGNORECASE):
                return SourceIndex(self.name, f"The collection has no such index. Make one. ({words})")
            return SourceRefused(self.name, f"It does not take the query. ({words})")
        if isinstance(error, ConnectionFailure | OSError):
            return SourceUnreachable(self.name, f"Cannot reach it. Check its address and the network to it. ({words})")
        return SourceAnswer(self.name, f"What came back is not MongoDB's protocol. Check its address. ({words})")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it: whoever waited for a connection is told only that there is none."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
