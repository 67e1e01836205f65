"""Pinecone's control plane and one index at the same address, after its REST reference of 2026-04."""

from typing import Any

from tests.stores import ranking
from tests.stores.serving import Asked, JsonServer, Refusal

OWN = "2026-04"
VERSIONS = {"2025-10", OWN, "2026-07"}
MEMBERS = {"namespace", "topK", "filter", "includeValues", "includeMetadata", "vector", "sparseVector", "id"}


def wrong(words: str) -> Refusal:
    return Refusal(400, {"code": 3, "message": words, "details": []})


class Pinecone(JsonServer):
    headers = {"Content-Type": "application/json"}

    def __init__(self, dimensions: int = ranking.DIMENSIONS) -> None:
        super().__init__()
        self.key, self.dimensions, self.metric, self.of_documents = (
            "pcsk_a-key-of-pinecone",
            dimensions,
            "cosine",
            False,
        )
        self.vectors = [
            {
                "id": each["id"],
                "values": ranking.vector(each["content"], dimensions),
                "metadata": {name: held for name, held in each.items() if name != "id"},
            }
            for each in ranking.DOCUMENTS
        ]

    def answer(self, asked: Asked) -> Any:
        version = asked.headers.get("x-pinecone-api-version")
        if asked.headers.get("api-key") != self.key:
            raise Refusal(401, {"error": {"code": "UNAUTHENTICATED", "message": "Invalid API Key."}, "status": 401})
        if version not in VERSIONS:
            raise wrong(f"API version {version} is not supported")
        if asked.path == "/query":
            return self._query(asked.json)
        if asked.path == "/indexes":
            return {"indexes": [self._described(version)]}
        if asked.path == "/indexes/docs":
            return self._described(version)
        name = asked.path.rpartition("/")[2]
        raise Refusal(404, {"error": {"code": "NOT_FOUND", "message": f"Resource {name} not found"}, "status": 404})

    def _described(self, version: str) -> dict[str, Any]:
        found = {
            "name": "docs",
            "host": f"127.0.0.1:{self.port}",
            "status": {"ready": True, "state": "Ready"},
            "deletion_protection": "disabled",
            "tags": {},
        }
        place = {"cloud": "aws", "region": "us-east-1"}
        field = {"type": "dense_vector", "dimension": self.dimensions, "metric": self.metric}
        if self.of_documents or version > OWN:
            deployment = {"deployment_type": "managed", "environment": "aped-4627-b74a", **place}
            capacity = {"mode": "OnDemand", "status": {"state": "Ready"}}
            return found | {"deployment": deployment, "read_capacity": capacity, "schema": {"fields": {"v": field}}}
        shape = {"vector_type": "dense", "dimension": self.dimensions, "metric": self.metric}
        return found | shape | {"spec": {"serverless": place}}

    def _query(self, body: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(body) - MEMBERS:
            raise wrong(f"{min(unknown)}: Cannot find field.")
        if not 1 <= body.get("topK", 0) <= 10_000:
            raise wrong("Invalid topK value, must be in range [1, 10000]")
        if len(body["vector"]) != self.dimensions:
            size = len(body["vector"])
            raise wrong(f"Vector dimension {size} does not match the dimension of the index {self.dimensions}")
        held = [each for each in self.vectors if _matches(body.get("filter") or {}, each["metadata"])]
        scored = [(ranking.cosine(body["vector"], each["values"]), each) for each in held]
        matches = [
            {
                "id": each["id"],
                "score": score,
                "values": each["values"] if body.get("includeValues") else [],
                **({"metadata": each["metadata"]} if body.get("includeMetadata") else {}),
            }
            for score, each in ranking.best(scored, body["topK"])
        ]
        return {"results": [], "matches": matches, "namespace": "", "usage": {"readUnits": 5}}


def _matches(condition: dict[str, Any], metadata: dict[str, Any]) -> bool:
    for name, wanted in condition.items():
        if name == "$and":
            if not all(_matches(each, metadata) for each in wanted):
                return False
            continue
        held = metadata.get(name)
        values = held if isinstance(held, list) else [held]
        (operator, given), *more = wanted.items()
        if operator not in {"$in", "$eq"} or more:
            raise wrong(f"{operator} is not a valid operator")
        if not {*values} & {*(given if operator == "$in" else [given])}:
            return False
    return True
