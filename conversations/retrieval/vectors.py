"""Documents of a MongoDB collection by their vectors: what Atlas and Cosmos DB do the same way."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.retrieval.access import structured
from conversations.retrieval.base import Hit
from conversations.retrieval.errors import SourceDown, SourceFields, SourceIndex, SourceKey, SourceRefused
from conversations.retrieval.fields import listed, mapped, number, passage
from conversations.retrieval.mongo import Mongo
from conversations.retrieval.store import Facts, Step, together

SCORE = "_score"  # beside the document's own fields
Document = dict[str, Any]


@dataclass(frozen=True)
class Index:
    """A vector index. `fields`: path → dimensions; `metric` in its store's words; `ready`: not still being built."""

    fields: Mapping[str, int]
    metric: str
    ready: bool = True


class Vectors(Mongo):
    """`meta` is what the store calls a score."""

    meta = ""
    _known: dict[str, Index] | None = None
    _found: Index | None = None
    _sample: Document = {}

    @abstractmethod
    def nearest(self, vector: list[float], field: str, limit: int, condition: Any) -> Document:
        """The first stage of the pipeline."""

    @abstractmethod
    async def indexes(self, collection: Any) -> dict[str, Index]:
        """The collection's vector indexes by name."""

    @abstractmethod
    def cosine(self, score: float, metric: str) -> float | None:
        """The cosine that `score` stands for, if it stands for one."""

    async def find(self, query: str, limit: int) -> list[Hit]:
        condition = structured(self.setting)
        vector, index = await together(self.vector(query), self._index())
        fields = self.given.fields_mapping.vector_fields
        found = await together(*(self._near(vector, each, limit, condition) for each in fields))
        best: dict[str, Document] = {}
        for each in sorted((each for part in found for each in part), key=_score, reverse=True):
            best.setdefault(str(each.get("_id")), each)
        if not best:
            await self._explain()
        metric = index.metric if index and len(fields) == 1 else ""
        hits = (self._hit(each, metric) for each in list(best.values())[:limit])
        return [each for each in hits if each]

    def steps(self) -> list[Step]:
        return [(["reach", "sign_in", "index"], self._find_index), (["fields"], self._find_fields)]

    def sample(self) -> str:
        hit = passage(self._sample, self.given.fields_mapping, score=0)
        return hit.content if hit else ""

    async def _near(self, vector: list[float], field: str, limit: int, condition: Any) -> list[Document]:
        shown = dict.fromkeys(mapped(self.given.fields_mapping), 1)
        pipeline = [
            self.nearest(vector, field, limit, condition),
            {"$project": {**shown, SCORE: {"$meta": self.meta}}},
        ]
        async with self.asking() as database:
            cursor = await database[self.place[1]].aggregate(pipeline)
            return [each async for each in cursor]

    def _hit(self, document: Document, metric: str) -> Hit | None:
        score, key = _score(document), document.get("_id")
        return passage(
            document,
            self.given.fields_mapping,
            score=score,
            cosine=self.cosine(score, metric) if metric else None,
            chunk_id=None if key is None else str(key),
        )

    # --- the index ------------------------------------------------------------------------------

    async def _index(self) -> Index | None:
        """The configured index; None if it is not there, or this user may not list indexes."""
        async with self.reading:
            if self._known is None:
                try:
                    async with self.asking() as database:
                        self._known = await self.indexes(database[self.place[1]])
                except (SourceKey, SourceIndex, SourceRefused):
                    self._known = {}  # the search itself says what is wrong
        return self._known.get(self.given.index_name)

    async def _explain(self) -> None:
        """Nothing is found in what does not exist, without a word: so look, as far as this user may."""
        try:
            async with self.asking() as database:
                await self._exists(database)
                known = await self.indexes(database[self.place[1]])
        except (SourceKey, SourceRefused):
            return
        self._check_index(known)

    async def _exists(self, database: Any) -> None:
        """Raises SourceIndex if the collection is not there, naming those that are."""
        name, collection = self.place
        known = await database.list_collection_names()
        if collection in known:
            return
        if known:
            raise SourceIndex(self.name, f"{name} has no collection “{collection}”. It has: {listed(known)}.")
        others = await database.client.list_database_names()
        raise SourceIndex(self.name, f"The database “{name}” is empty or not there. There are: {listed(others)}.")

    def _check_index(self, known: dict[str, Index]) -> Index:
        index = known.get(self.given.index_name)
        if index is None:
            words = f"The collection has no vector index “{self.given.index_name}”. It has: {listed(known)}."
            raise SourceIndex(self.name, words)
        if not index.ready:
            raise SourceDown(self.name, f"The index “{self.given.index_name}” is still being built. Try again later.")
        return index

    # --- Test -----------------------------------------------------------------------------------

    async def _find_index(self) -> Facts:
        name, collection = self.place
        async with self.asking() as database:
            await database.command("ping")
            await self._exists(database)
            known = await self.indexes(database[collection])
            self._sample = await database[collection].find_one({}) or {}
        self._found = self._check_index(known)
        if not self._sample:
            raise SourceIndex(self.name, f"The collection “{collection}” is empty. Put documents into it.")
        where = f"{name}.{collection}: {self.given.index_name}, compared by {self._found.metric}"
        return {"reach": "answers", "sign_in": self.given.authentication.type, "index": where}

    async def _find_fields(self) -> Facts:
        fields, held = self.given.fields_mapping, self._found.fields if self._found else {}
        if missing := [each for each in fields.content_fields if each.partition(".")[0] not in self._sample]:
            words = f"A document has no field {listed(missing)}. It has: {listed(self._sample)}."
            raise SourceFields(self.name, words)
        if other := [each for each in fields.vector_fields if each not in held]:
            raise SourceFields(self.name, f"The index does not cover {listed(other)}. It covers: {listed(held)}.")
        self.dimensions = held[fields.vector_fields[0]]
        return {"fields": ", ".join([*fields.content_fields, *fields.vector_fields])}


def _score(document: Document) -> float:
    return number(document.get(SCORE)) or 0.0
