"""Elasticsearch and OpenSearch by their search API: full text, dense and sparse vectors.

Which of the two it is shows in the type of the vector field, so that nothing else need be asked or permitted.
"""

import base64
import re
from typing import Any
from urllib.parse import quote

from conversations.completions.data_sources import Authentication, Fields
from conversations.retrieval.access import structured
from conversations.retrieval.base import Hit, Setting
from conversations.retrieval.elastic_index import Mapping
from conversations.retrieval.errors import SourceFields, SourceIndex, SourceKey, SourceRefused
from conversations.retrieval.fields import VECTORS, guessed, listed, mapped, number, obvious, passage
from conversations.retrieval.store import Facts, Step, Store

CANDIDATES = 100  # neighbours a shard looks at, at least
WHOLE = "allow_partial_search_results=false"  # a shard that is away fails the query, instead of being left out unsaid
Query = dict[str, Any]


class Elasticsearch(Store):
    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._index = quote(self.given.index_name, safe="")
        self._mapping: Mapping | None = None
        self._fields: Fields | None = None
        self._sample: dict[str, Any] = {}

    async def find(self, query: str, limit: int) -> list[Hit]:
        fields = await self._mapped()
        body: Query = {"size": limit, "_source": mapped(fields)}
        if self.given.query_type == "vector":
            body |= await self._near(query, limit, fields)
        else:
            body["query"] = self._filtered(self._match(query, fields))
        found = await self._search(body)
        if not found:
            await self._there(fields)
        return [hit for each in found if (hit := self._hit(each, fields))]

    def steps(self) -> list[Step]:
        return [(["reach", "sign_in", "index"], self._find_index), (["fields"], self._find_fields)]

    def sample(self) -> str:
        hit = passage(self._sample, self._fields, score=0) if self._fields else None
        return hit.content if hit else ""

    # --- queries --------------------------------------------------------------------------------

    def _match(self, query: str, fields: Fields) -> Query:
        """The words in title and content; fields of nested objects are asked where they are indexed."""
        places: dict[str, list[str]] = {}
        for each in [fields.title_field, *fields.content_fields]:
            if each:
                place = self._mapping.nested(each) if self._mapping else ""
                places.setdefault(place, []).append(each)
        asked: list[Query] = []
        for place, names in places.items():
            words: Query = {"multi_match": {"query": query, "fields": names}}
            asked.append({"nested": {"path": place, "query": words}} if place else words)
        return asked[0] if len(asked) == 1 else {"bool": {"should": asked, "minimum_should_match": 1}}

    def _filtered(self, query: Query) -> Query:
        condition = structured(self.setting)
        return {"bool": {"must": [query], "filter": [condition]}} if condition else query

    async def _near(self, query: str, limit: int, fields: Fields) -> Query:
        """What compares vectors, in the words of the product and the type of field."""
        mapping = await self._read()
        model = self.given.embedding_dependency.model_id
        vector = [] if model else await self.vector(query)
        condition = structured(self.setting)
        knn: list[Query] = []
        others: list[Query] = []
        for name in fields.vector_fields:
            kind = mapping.types.get(name, "")
            chosen = {"filter": condition} if condition else {}
            if kind in {"sparse_vector", "rank_features"}:
                others.append(self._filtered({"sparse_vector": self._sparse(name, model, query)}))
            elif kind == "knn_vector" and model:
                words = {"query_text": query, "model_id": model, "k": limit}
                others.append({"neural": {name: words | chosen}})
            elif kind == "knn_vector":
                others.append({"knn": {name: {"vector": vector, "k": limit, **chosen}}})
            else:
                builder = {"text_embedding": {"model_id": model, "model_text": query}}
                by: Query = {"query_vector_builder": builder} if model else {"query_vector": vector}
                near = {"field": name, **by, "k": limit, "num_candidates": max(CANDIDATES, 2 * limit)}
                knn.append(near | chosen)
        body: Query = {"knn": knn[0] if len(knn) == 1 else knn} if knn else {}
        if others:
            body["query"] = others[0] if len(others) == 1 else {"bool": {"should": others}}
        return body

    def _sparse(self, name: str, model: str, query: str) -> Query:
        if not model:
            words = f"The field {name} is sparse: choose the embedding “model_id”, with the model that it was made by."
            raise SourceFields(self.name, words)
        return {"field": name, "inference_id": model, "query": query}

    def _hit(self, found: Query, fields: Fields) -> Hit | None:
        source, score = found.get("_source"), number(found.get("_score")) or 0.0
        if not isinstance(source, dict):
            return None
        compared = self.given.query_type == "vector" and len(fields.vector_fields) == 1
        halved = compared and self._mapping is not None and self._mapping.is_halved_cosine(fields.vector_fields[0])
        key = found.get("_id")
        return passage(
            source,
            fields,
            score=score,
            cosine=2 * score - 1 if halved else None,
            chunk_id=None if key is None else str(key),
        )

    # --- asking ---------------------------------------------------------------------------------

    async def _ask(self, method: str, path: str, body: Any = None) -> Query:
        given: Authentication = self.given.authentication
        key = given.encoded_api_key
        if given.type == "key_and_key_id":
            key = base64.b64encode(f"{given.key_id}:{given.key}".encode()).decode()
        scheme = "" if " " in key else "ApiKey "  # “Basic …”, as OpenSearch wants it, is sent as it is
        self.hidden.add(key)
        return await self.http(self.given.endpoint, {"Authorization": scheme + key}).ask(method, path, body)

    async def _search(self, body: Query) -> list[Query]:
        try:
            answer = await self._ask("POST", f"/{self._index}/_search?{WHOLE}", body)
        except SourceIndex as error:
            raise await self._no_index(error) from error
        except SourceRefused as error:
            raise await self._no_field(error) from error
        outer = answer.get("hits")
        hits = outer.get("hits") if isinstance(outer, dict) else None
        if not isinstance(hits, list) or not all(isinstance(each, dict) for each in hits):
            raise self.http(self.given.endpoint, {}).odd("no list of hits")
        return hits

    # --- the index ------------------------------------------------------------------------------

    async def _read(self) -> Mapping:
        """The index's fields; by _field_caps where the key may read, but not see how the index is made."""
        async with self.reading:
            if self._mapping is None:
                try:
                    self._mapping = Mapping.of_index(await self._ask("GET", f"/{self._index}/_mapping"))
                except SourceIndex as error:
                    raise await self._no_index(error) from error
                except SourceKey as error:
                    if error.status != 403:
                        raise
                    self._mapping = Mapping.of_caps(await self._ask("GET", f"/{self._index}/_field_caps?fields=*"))
        return self._mapping

    async def _mapped(self) -> Fields:
        """The configured fields, completed by the obvious names."""
        given: Fields = self.given.fields_mapping
        vectors = self.given.query_type == "vector"
        if self._fields is not None or (given.content_fields and not vectors and not _dotted(given)):
            return self._fields or given
        mapping = await self._read()
        fields = guessed(given, mapping.texts)
        if not fields.content_fields:
            words = f"No field has an obvious name for content. Map one of: {listed(mapping.texts)}."
            raise SourceFields(self.name, words)
        if vectors and not fields.vector_fields:
            known = mapping.vectors
            named = obvious(known, VECTORS) or (known[0] if len(known) == 1 else "")
            if not named:
                raise SourceFields(self.name, f"Name the vector field to compare. The index has: {listed(known)}.")
            fields.vector_fields = [named]
        self._fields = fields
        return fields

    async def _there(self, fields: Fields) -> None:
        """A field that does not exist is no error to the store: it finds nothing, which would pass for an answer."""
        try:
            known = (await self._read()).types
        except (SourceKey, SourceRefused):
            return  # the key may search, and not look
        if missing := [each for each in fields.content_fields if each not in known]:
            words = f"The index has no field {listed(missing)}. It has: {listed(known)}."
            raise SourceFields(self.name, words)

    async def _no_index(self, error: SourceIndex) -> SourceIndex:
        """The same with the names that exist, where the key may list them."""
        try:
            found = await self._ask("GET", "/_resolve/index/*")
        except (SourceKey, SourceIndex, SourceRefused):
            return error
        groups = [found.get(each) for each in ("indices", "aliases", "data_streams")]
        names = [str(each.get("name")) for held in groups if isinstance(held, list) for each in held]
        words = f"There is no index “{self.given.index_name}”. There are: {listed(names)}."
        return SourceIndex(self.name, words, status=error.status)

    async def _no_field(self, error: SourceRefused) -> SourceRefused | SourceFields:
        """A query that was refused because of a field, with the fields that exist."""
        if not re.search(r"\bfield\b|\[nested\]", str(error), re.IGNORECASE):
            return error
        words, known = str(error).partition(": ")[2], listed((await self._read()).types)
        return SourceFields(self.name, f"{words} The index has: {known}. Change the mapped fields.", status=400)

    # --- Test -----------------------------------------------------------------------------------

    async def _find_index(self) -> Facts:
        """Reads one document, which is all that a key need be allowed."""
        asked = {"size": 1, "query": {"match_all": {}}}
        hits = await self._search(asked)
        if not hits:
            raise SourceIndex(self.name, f"The index “{self.given.index_name}” is empty. Put documents into it.")
        self._sample = hits[0].get("_source") or {}
        return {
            "reach": await self._product(),
            "sign_in": self.given.authentication.type,
            "index": self.given.index_name,
        }

    async def _product(self) -> str:
        """Name and version, where the key may ask."""
        try:
            said = await self._ask("GET", "/")
        except (SourceKey, SourceIndex, SourceRefused):
            return "version not shown to this key"
        version = said.get("version")
        version = version if isinstance(version, dict) else {}
        return f"{version.get('distribution', 'elasticsearch')} {version.get('number', '')}".strip()

    async def _find_fields(self) -> Facts:
        mapping, fields = await self._read(), await self._mapped()
        self._fields = fields
        asked = [*mapped(fields), *(fields.vector_fields if self.given.query_type == "vector" else [])]
        if missing := [each for each in asked if each not in mapping.types]:
            words = f"The index has no field {listed(missing)}. It has: {listed(mapping.types)}."
            raise SourceFields(self.name, words)
        for each in fields.vector_fields:
            self.dimensions = mapping.dimensions.get(each)
        return {"fields": ", ".join(asked)}


def _dotted(fields: Fields) -> bool:
    """Whether a name may lead into nested objects, which only the mapping knows."""
    return any("." in each for each in mapped(fields))
