"""MongoDB's wire protocol with one collection: Atlas with `$vectorSearch`, Cosmos DB (vCore) with `cosmosSearch`."""

import asyncio
import struct
from abc import abstractmethod
from typing import Any

import bson

from tests.stores import ranking
from tests.stores.scram import Scram, Wrong
from tests.stores.serving import Asked, Server

REPLY, QUERY, MESSAGE = 1, 2004, 2013
HELLO = {"hello", "ismaster", "isMaster"}
OPEN = {*HELLO, "saslStart", "saslContinue", "ping", "endSessions", "buildInfo"}  # before anybody has signed in
Documents = list[dict[str, Any]]


class Failure(Exception):
    """What a command answers instead."""

    def __init__(self, code: int, name: str, words: str) -> None:
        super().__init__(words)
        self.said = {"ok": 0.0, "errmsg": words, "code": code, "codeName": name}


class Mongo(Server):
    """`company.docs` with a vector index `docs-by-vector`. `may_list`: whether the user may see what there is."""

    score = ""

    def __init__(self, dimensions: int = ranking.DIMENSIONS) -> None:
        super().__init__()
        self.user, self.password, self.may_list = "reader", "a-password-of-mongo", True
        self.dimensions, self.built = dimensions, True
        self.documents: Documents = [
            {
                "_id": each["id"],
                **{name: held for name, held in each.items() if name != "id"},
                "contentvector": ranking.vector(each["content"], dimensions),
            }
            for each in ranking.DOCUMENTS
        ]
        self._signing: dict[asyncio.StreamReader, Scram] = {}
        self._signed: set[asyncio.StreamReader] = set()

    # --- the protocol ---------------------------------------------------------------------------

    async def converse(self, reader: asyncio.StreamReader) -> bytes:
        size, number, _to, code = struct.unpack("<iiii", await reader.readexactly(16))
        body = await reader.readexactly(size - 16)
        command = bson.decode(body[5:]) if code == MESSAGE else bson.decode(_after_query(body))
        name = next(iter(command))
        self.requests.append(Asked(name, str(command.get("$db", "admin")), {}, {}, command))
        try:
            said = {"ok": 1.0, **self._said(name, command, reader)}
        except Failure as failure:
            said = failure.said
        except Wrong:
            said = Failure(18, "AuthenticationFailed", "Authentication failed.").said
        packed = bson.encode(said)
        head = b"\0\0\0\0\0" if code == MESSAGE else struct.pack("<iqii", 8, 0, 0, 1)
        top = struct.pack("<iiii", 16 + len(head) + len(packed), 1, number, MESSAGE if code == MESSAGE else REPLY)
        return top + head + packed

    def _said(self, name: str, command: dict[str, Any], reader: asyncio.StreamReader) -> dict[str, Any]:
        if name not in OPEN and reader not in self._signed:
            raise Failure(13, "Unauthorized", f"Command {name} requires authentication")
        if name in HELLO:
            return self._hello(command)
        if name == "saslStart":
            if command["mechanism"] != "SCRAM-SHA-256":
                raise Failure(2, "MechanismUnavailable", "Received authentication for mechanism that is not enabled")
            self._signing[reader] = Scram(self.user, self.password)
            return self._signing[reader].start(command["payload"])
        if name == "saslContinue":
            said = self._signing[reader].proceed(command["payload"])
            self._signed.add(reader)
            return said
        if name in {"ping", "endSessions"}:
            return {}
        found = getattr(self, f"_{name}", None)
        if found is None:
            raise Failure(59, "CommandNotFound", f"no such command: '{name}'")
        said = found(command)
        return {"databases": said} if name == "listDatabases" else _cursor(command, said)

    def _hello(self, command: dict[str, Any]) -> dict[str, Any]:
        mechanisms = {"saslSupportedMechs": ["SCRAM-SHA-256"]} if "saslSupportedMechs" in command else {}
        limits = {"maxBsonObjectSize": 16_777_216, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000}
        versions = {"minWireVersion": 0, "maxWireVersion": 25, "readOnly": False}
        about = {"ismaster": True, "isWritablePrimary": True, "helloOk": True}
        return {**about, **limits, **versions, **mechanisms, "logicalSessionTimeoutMinutes": 30}

    # --- commands -------------------------------------------------------------------------------

    def _listCollections(self, command: dict[str, Any]) -> Documents:
        self._list()
        return [{"name": "docs", "type": "collection"}] if command["$db"] == "company" else []

    def _listDatabases(self, _command: dict[str, Any]) -> Documents:
        self._list()
        return [{"name": "company", "sizeOnDisk": 1, "empty": False}]

    def _find(self, command: dict[str, Any]) -> Documents:
        return self._held(command, command["find"])[: command.get("limit", 100)]

    def _aggregate(self, command: dict[str, Any]) -> Documents:
        first, *rest = command["pipeline"]
        ((stage, given),) = first.items()
        held = self._held(command, command["aggregate"])
        if stage == "$listSearchIndexes":
            self._list()
            return self.search_indexes()
        found = self.near(stage, given, held)
        for each in rest:
            ((stage, shown),) = each.items()
            if stage != "$project":
                raise Failure(40324, "Location40324", f"Unrecognized pipeline stage name: '{stage}'")
            found = [(score, self._projected(score, document, shown)) for score, document in found]
        return [document for _score, document in found]

    def _projected(self, score: float, document: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
        said = {"_id": document["_id"]}
        for name, how in shown.items():
            if isinstance(how, dict):
                if how != {"$meta": self.score}:
                    raise Failure(40218, "Location40218", f"query requires {how} metadata, but it is not available")
                said[name] = score
            elif name in document:
                said[name] = document[name]
        return said

    def _held(self, command: dict[str, Any], collection: str) -> Documents:
        return self.documents if (command["$db"], collection) == ("company", "docs") else []

    def _list(self) -> None:
        if not self.may_list:
            raise Failure(13, "Unauthorized", "not authorized on company to execute command")

    def search_indexes(self) -> Documents:
        raise Failure(31082, "SearchNotEnabled", "Using Atlas Search Database Commands requires Atlas.")

    @abstractmethod
    def near(self, stage: str, given: dict[str, Any], held: Documents) -> list[tuple[float, dict[str, Any]]]:
        """Documents with their scores, as the first stage of a pipeline finds them."""

    def cosines(self, vector: list[float], condition: dict[str, Any], held: Documents) -> Any:
        found = [each for each in held if _matches(condition, each)]
        return [(ranking.cosine(vector, each["contentvector"]), each) for each in found]


class Atlas(Mongo):
    score = "vectorSearchScore"

    def search_indexes(self) -> Documents:
        vector = {"type": "vector", "path": "contentvector", "numDimensions": self.dimensions, "similarity": "cosine"}
        fields = [vector, {"type": "filter", "path": "groups"}]
        state = {"status": "READY" if self.built else "PENDING", "queryable": self.built}
        named = {"id": "1", "name": "docs-by-vector", "type": "vectorSearch"}
        return [{**named, **state, "latestDefinition": {"fields": fields}}]

    def near(self, stage: str, given: dict[str, Any], held: Documents) -> list[tuple[float, dict[str, Any]]]:
        if stage != "$vectorSearch":
            raise Failure(40324, "Location40324", f"Unrecognized pipeline stage name: '{stage}'")
        if odd := set(given) - {"index", "path", "queryVector", "numCandidates", "limit", "filter", "exact"}:
            raise Failure(8, "UnknownError", f'"{min(odd)}" is not allowed')
        if not given["limit"] <= given["numCandidates"] <= 10_000:
            raise Failure(8, "UnknownError", '"numCandidates" must be greater than or equal to "limit"')
        if given["index"] != "docs-by-vector" or not held or not self.built:
            return []  # Atlas finds nothing in an index that is not there
        if given["path"] != "contentvector":
            raise Failure(8, "UnknownError", f"Path '{given['path']}' needs to be indexed as vector")
        if len(given["queryVector"]) != self.dimensions:
            size = len(given["queryVector"])
            words = f"vector field is indexed with {self.dimensions} dimensions but queried with {size}"
            raise Failure(8, "UnknownError", f"PlanExecutor error during aggregation :: caused by :: {words}")
        if odd := set(given.get("filter", {})) - {"groups"}:
            raise Failure(8, "UnknownError", f"Path '{min(odd)}' needs to be indexed as filter")
        scored = self.cosines(given["queryVector"], given.get("filter", {}), held)
        return ranking.best([((1 + score) / 2, each) for score, each in scored], given["limit"])


class Cosmos(Mongo):
    score = "searchScore"

    def _listIndexes(self, _command: dict[str, Any]) -> Documents:
        options = {"kind": "vector-hnsw", "similarity": "COS", "dimensions": self.dimensions}
        vector = {"v": 2, "key": {"contentvector": "cosmosSearch"}, "cosmosSearch": options}
        return [{"v": 2, "key": {"_id": 1}, "name": "_id_"}, {**vector, "name": "docs-by-vector"}]

    def near(self, stage: str, given: dict[str, Any], held: Documents) -> list[tuple[float, dict[str, Any]]]:
        if stage != "$search" or set(given) - {"cosmosSearch", "returnStoredSource"}:
            raise Failure(40324, "Location40324", f"Unrecognized pipeline stage name: '{stage}'")
        search = given["cosmosSearch"]
        if odd := set(search) - {"vector", "path", "k", "filter", "nProbes", "efSearch", "lSearch", "exact"}:
            raise Failure(40415, "Location40415", f"BSON field '$search.cosmosSearch.{min(odd)}' is an unknown field.")
        if not held:
            return []
        if search["path"] != "contentvector":
            raise Failure(2, "BadValue", "Similarity index was not found for a vector similarity search query.")
        if len(search["vector"]) != self.dimensions:
            words = f"the vector dimensions {len(search['vector'])} and {self.dimensions} of the index differ"
            raise Failure(2, "BadValue", words)
        scored = self.cosines(search["vector"], search.get("filter", {}), held)
        return ranking.best(scored, search["k"])


def _cursor(command: dict[str, Any], batch: Documents) -> dict[str, Any]:
    return {"cursor": {"id": bson.int64.Int64(0), "ns": f"{command['$db']}.docs", "firstBatch": batch}}


def _after_query(body: bytes) -> bytes:
    """The document of an OP_QUERY: behind flags, the collection's name and two numbers."""
    return body[body.index(b"\0", 4) + 9 :]


def _matches(condition: dict[str, Any], document: dict[str, Any]) -> bool:
    for name, wanted in condition.items():
        ((operator, given),) = wanted.items()
        if operator != "$in":
            raise Failure(2, "BadValue", f"unknown operator: {operator}")
        if not {*document.get(name, [])} & {*given}:
            return False
    return True
