"""Pinecone by its REST API: the index is looked up by its name, and queried at the host that it names.

`environment` forms no address any more; it is kept because the wire has it.
"""

from typing import Any
from urllib.parse import quote

import httpx

from conversations.retrieval.access import structured
from conversations.retrieval.base import Hit, Setting
from conversations.retrieval.errors import SourceAnswer, SourceFields, SourceIndex, SourceKey, SourceRefused
from conversations.retrieval.fields import listed, number, passage
from conversations.retrieval.http import Http
from conversations.retrieval.store import Facts, Step, Store

CONTROL = "https://api.pinecone.io"
VERSION = "2026-04"  # the last that shows dimension and metric of an index; later ones describe documents
Described = dict[str, Any]


class Pinecone(Store):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._described: Described | None = None
        self._sample: dict[str, Any] = {}

    async def find(self, query: str, limit: int) -> list[Hit]:
        return await self._near(await self.vector(query), limit)

    def steps(self) -> list[Step]:
        return [(["reach", "sign_in", "index"], self._find_index), (["fields"], self._find_fields)]

    def sample(self) -> str:
        hit = passage(self._sample, self.given.fields_mapping, score=0)
        return hit.content if hit else ""

    # --- asking ---------------------------------------------------------------------------------

    def _at(self, base: str) -> Http:
        key = self.given.authentication.key
        return self.http(base, {"Api-Key": key, "X-Pinecone-Api-Version": VERSION})

    async def _describe(self) -> Described:
        """The index as the control plane knows it; raises SourceRefused for one that holds documents."""
        async with self.reading:
            if self._described is None:
                try:
                    found = await self._at(CONTROL).ask("GET", f"/indexes/{quote(self.given.index_name, safe='')}")
                except SourceIndex as error:
                    raise await self._no_index(error) from error
                if not found.get("dimension") and found.get("schema"):
                    raise SourceRefused(self.name, DOCUMENTS)
                if not isinstance(found.get("host"), str):
                    raise self._at(CONTROL).odd("an index without a host")
                self._described = found
        return self._described

    async def _near(self, vector: list[float], limit: int, *, everybody: bool = False) -> list[Hit]:
        """`everybody`: *Test* reads a document whatever the access filter says, and shows nothing of it."""
        found = await self._describe()
        body: dict[str, Any] = {"topK": limit, "includeValues": False, "includeMetadata": True, "vector": vector}
        condition = None if everybody else structured(self.setting)
        if condition:
            body["filter"] = condition
        # As safe as the way on which the host was named, whether or not it came with a scheme of its own.
        base = f"{httpx.URL(CONTROL).scheme}://{found['host'].rpartition('://')[2]}"
        try:
            answer = await self._at(base).ask("POST", "/query", body)
        except SourceRefused as error:
            if "document" in str(error).lower():
                raise SourceRefused(self.name, DOCUMENTS, status=error.status) from error
            raise
        matches = answer.get("matches")
        if not isinstance(matches, list) or not all(isinstance(each, dict) for each in matches):
            raise self._at(base).odd("no list of matches")
        self._sample = next((each["metadata"] for each in matches if isinstance(each.get("metadata"), dict)), {})
        exact = found.get("metric") == "cosine"
        return [hit for each in matches if (hit := self._hit(each, exact))]

    def _hit(self, match: dict[str, Any], exact: bool) -> Hit | None:
        held, score = match.get("metadata"), number(match.get("score")) or 0.0
        if not isinstance(held, dict):
            return None
        key = str(match.get("id") or "") or None
        return passage(held, self.given.fields_mapping, score=score, cosine=score if exact else None, chunk_id=key)

    async def _no_index(self, error: SourceIndex) -> SourceIndex:
        """The same with the names that exist."""
        try:
            found = (await self._at(CONTROL).ask("GET", "/indexes")).get("indexes")
        except (SourceKey, SourceIndex, SourceAnswer):
            return error
        names = [str(each.get("name")) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        words = f"There is no index “{self.given.index_name}”. There are: {listed(names)}."
        return SourceIndex(self.name, words, status=error.status)

    # --- Test -----------------------------------------------------------------------------------

    async def _find_index(self) -> Facts:
        found = await self._describe()
        size = found.get("dimension")
        self.dimensions = size if isinstance(size, int) else None
        about = f"{self.given.index_name}: {size} dimensions, compared by {found.get('metric')}"
        return {"reach": CONTROL, "sign_in": self.given.authentication.type, "index": about}

    async def _find_fields(self) -> Facts:
        """Pinecone has no list of fields: they are what some document's metadata holds."""
        fields = self.given.fields_mapping
        await self._near([1.0] * (self.dimensions or 1), 1, everybody=True)
        if not self._sample:
            raise SourceIndex(self.name, f"The index “{self.given.index_name}” is empty. Put documents into it.")
        if missing := [each for each in fields.content_fields if each.partition(".")[0] not in self._sample]:
            words = f"A document has no metadata {listed(missing)}. It has: {listed(self._sample)}."
            raise SourceFields(self.name, words)
        return {"fields": ", ".join(fields.content_fields)}


DOCUMENTS = (
    "This index holds documents with a schema, which is another API of Pinecone's. Choose an index of vectors, "
    "made with a dimension and a metric."
)
