"""Azure Cosmos DB for MongoDB (vCore) by `$search` with `cosmosSearch`."""

from typing import Any

from conversations.retrieval.base import Setting
from conversations.retrieval.vectors import Document, Index, Vectors


class CosmosDB(Vectors):
    meta = "searchScore"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.address = self.given.authentication.connection_string.strip()

    @property
    def place(self) -> tuple[str, str]:
        return self.given.database_name, self.given.container_name

    def nearest(self, vector: list[float], field: str, limit: int, condition: Any) -> Document:
        """The index is found by the field; its name is checked by *Test* and when nothing was found."""
        search = {"vector": vector, "path": field, "k": limit, **({"filter": condition} if condition else {})}
        return {"$search": {"cosmosSearch": search, "returnStoredSource": True}}

    async def indexes(self, collection: Any) -> dict[str, Index]:
        found = {}
        async for each in await collection.list_indexes():
            paths = [path for path, kind in dict(each.get("key") or {}).items() if kind == "cosmosSearch"]
            if paths:
                options = each.get("cosmosSearchOptions") or each.get("cosmosSearch") or {}
                size, metric = int(options.get("dimensions") or 0), str(options.get("similarity") or "")
                found[str(each.get("name"))] = Index(dict.fromkeys(paths, size), metric)
        return found

    def cosine(self, score: float, metric: str) -> float | None:
        return score if metric == "COS" else None
