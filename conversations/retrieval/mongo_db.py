"""MongoDB Atlas by `$vectorSearch`."""

from typing import Any

from conversations.retrieval.base import Setting
from conversations.retrieval.vectors import Document, Index, Vectors

CANDIDATES, MOST = 20, 10_000  # neighbours looked at for each one wanted, and at all: Atlas' advice and limit


class MongoDB(Vectors):
    meta = "vectorSearchScore"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        given = self.given
        self.signing = {
            "username": given.authentication.username,
            "password": given.authentication.password,
            "appname": given.app_name[:128],
        }
        self.address = given.endpoint if "://" in given.endpoint else f"{_scheme(given.endpoint)}://{given.endpoint}"

    @property
    def place(self) -> tuple[str, str]:
        return self.given.database_name, self.given.collection_name

    def nearest(self, vector: list[float], field: str, limit: int, condition: Any) -> Document:
        stage = {
            "index": self.given.index_name,
            "path": field,
            "queryVector": vector,
            "numCandidates": min(max(CANDIDATES * limit, 100), MOST),
            "limit": limit,
        }
        return {"$vectorSearch": {**stage, **({"filter": condition} if condition else {})}}

    async def indexes(self, collection: Any) -> dict[str, Index]:
        found = {}
        async for each in await collection.list_search_indexes():
            held = (each.get("latestDefinition") or {}).get("fields") or []
            vectors = [field for field in held if isinstance(field, dict) and field.get("type") == "vector"]
            sizes = {str(field.get("path")): int(field.get("numDimensions") or 0) for field in vectors}
            metric = str(vectors[0].get("similarity")) if vectors else ""
            found[str(each.get("name"))] = Index(sizes, metric, ready=bool(each.get("queryable", True)))
        return found

    def cosine(self, score: float, metric: str) -> float | None:
        return 2 * score - 1 if metric in {"cosine", "dotProduct"} else None


def _scheme(endpoint: str) -> str:
    """A cluster's name is looked up as a service; a host with a port is itself."""
    return "mongodb" if ":" in endpoint else "mongodb+srv"
