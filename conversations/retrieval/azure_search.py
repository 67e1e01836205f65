"""Azure AI Search by its REST API: full text, semantic ranking, vectors, and both at once."""

import re
from typing import Any
from urllib.parse import quote

from django.conf import settings

from conversations.completions.data_sources import ANY_IDENTITY, Authentication, Fields
from conversations.completions.errors import BadKey, ForbiddenAddress, Unreachable
from conversations.completions.identity import Identity, bearer
from conversations.retrieval.access import odata
from conversations.retrieval.azure_index import Definition, is_vector
from conversations.retrieval.base import Hit, Setting
from conversations.retrieval.errors import (
    SourceFields,
    SourceForbidden,
    SourceIndex,
    SourceKey,
    SourceRefused,
    SourceUnreachable,
)
from conversations.retrieval.fields import VECTORS, guessed, listed, mapped, number, obvious, passage, value
from conversations.retrieval.http import Http
from conversations.retrieval.store import Facts, Step, Store

VERSION = "2024-07-01"
SCOPE = "https://search.azure.com/.default"
POOL = 50  # neighbours a vector query brings into a hybrid one; the semantic ranker takes fifty
OPERATORS = re.compile(r'(?:^|(?<=\s))[-+]+|[|"()*\\]')  # of the simple syntax: a question is words, no expression


class AzureSearch(Store):
    """Reads the index's definition only where fields are not mapped, and to tell what a vector's score means."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._index = quote(self.given.index_name, safe="")
        self._definition: Definition | None = None
        self._sample: dict[str, Any] = {}
        self._count = 0
        self._fields: Fields | None = None

    async def find(self, query: str, limit: int) -> list[Hit]:
        index = await self._read() if self._needs_definition else Definition({})
        fields, key = await self._mapping(index), index.key
        body = await self._body(query, limit, fields, key)
        try:
            found = await self._ask("POST", f"/indexes/{self._index}/docs/search", body)
        except SourceIndex as error:
            raise await self._no_index(error) from error
        except SourceRefused as error:
            raise await self._no_field(error) from error
        hits = found.get("value")
        if not isinstance(hits, list):
            raise (await self._http()).odd("no list of documents")
        cosine = self.given.query_type == "vector" and index.is_cosine(fields)
        return [hit for each in hits if isinstance(each, dict) and (hit := _hit(each, fields, key, cosine))]

    def steps(self) -> list[Step]:
        return [(["reach", "sign_in", "index"], self._find_index), (["fields"], self._find_fields)]

    def sample(self) -> str:
        hit = passage(self._sample, self._fields, score=0) if self._fields else None
        return (hit.title or hit.content) if hit else ""

    # --- asking ---------------------------------------------------------------------------------

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        joint = "&" if "?" in path else "?"
        return await (await self._http()).ask(method, f"{path}{joint}api-version={VERSION}", body)

    async def _http(self) -> Http:
        given: Authentication = self.given.authentication
        headers = {"Accept": "application/json;odata.metadata=none"}
        token = given.access_token
        if given.type in ANY_IDENTITY:
            token = await self._token(given.managed_identity_resource_id)
            self.hidden.add(token)
        if given.type == "api_key":
            headers["api-key"] = given.key
        else:
            headers["Authorization"] = f"Bearer {token}"
        return self.http(self.given.endpoint, headers)

    async def _token(self, resource: str) -> str:
        """Of this machine's identity, or of the one at the resource id."""
        try:
            identity = Identity(resource=resource, scope=SCOPE, hosts=tuple(settings.ALLOWED_UPSTREAMS))
            return await bearer(identity, self.given.endpoint)
        except ForbiddenAddress as error:
            raise SourceForbidden(self.name, str(error)) from error
        except BadKey as error:
            raise SourceKey(self.name, str(error)) from error
        except Unreachable as error:
            raise SourceUnreachable(self.name, str(error)) from error

    async def _body(self, query: str, limit: int, fields: Fields, key: str) -> dict[str, Any]:
        kind = self.given.query_type
        body: dict[str, Any] = {"top": limit, "select": ",".join(filter(None, [key, *mapped(fields)]))}
        if kind != "vector":
            body |= {"search": OPERATORS.sub(" ", query).strip() or "*", "queryType": "simple"}
        if "semantic" in kind:
            body["queryType"] = "semantic"
            if self.given.semantic_configuration:
                body["semanticConfiguration"] = self.given.semantic_configuration
        if kind.startswith("vector"):
            body["vectorQueries"] = await self._vectors(query, limit if kind == "vector" else POOL, fields)
        if both := odata(self.setting, self.given.filter):
            body["filter"] = both
        return body

    async def _vectors(self, query: str, k: int, fields: Fields) -> list[dict[str, Any]]:
        """Image fields hold vectors of another model, which only the index's own vectorizer can ask for."""
        embedding = self.given.embedding_dependency
        integrated = embedding is None or embedding.type == "integrated"
        asked = []
        if fields.vector_fields:
            names = {"k": k, "fields": ",".join(fields.vector_fields)}
            by = (
                {"kind": "text", "text": query}
                if integrated
                else {"kind": "vector", "vector": await self.vector(query)}
            )
            asked.append(by | names)
        if fields.image_vector_fields:
            asked.append({"kind": "text", "text": query, "k": k, "fields": ",".join(fields.image_vector_fields)})
        return asked

    # --- the index ------------------------------------------------------------------------------

    @property
    def _needs_definition(self) -> bool:
        given = self.given.fields_mapping
        compared = bool(given.vector_fields or given.image_vector_fields)
        kind = self.given.query_type
        return not given.content_fields or kind == "vector" or (kind.startswith("vector") and not compared)

    async def _read(self) -> Definition:
        """The index's definition; without any field if the key may only query, as query keys may."""
        async with self.reading:
            if self._definition is None:
                try:
                    self._definition = Definition(await self._ask("GET", f"/indexes/{self._index}"))
                except SourceKey:
                    self._definition = Definition({})
                except SourceIndex as error:
                    raise await self._no_index(error) from error
        return self._definition

    async def _mapping(self, index: Definition) -> Fields:
        """The configured fields, completed by obvious names of the definition, or else of a document."""
        given: Fields = self.given.fields_mapping
        if self._fields is not None or not self._needs_definition:
            return self._fields or given
        if not index.fields and not self._sample:
            await self._find_index()
        texts = index.texts or [name for name, held in self._sample.items() if isinstance(held, str)]
        vectors = index.vectors or [name for name, held in self._sample.items() if is_vector(held)]
        fields = guessed(given, [each for each in texts if not each.startswith("@")])
        if not fields.content_fields:
            raise SourceFields(self.name, f"No field has an obvious name for content. Map one of: {listed(texts)}.")
        if "vector" in self.given.query_type and not (fields.vector_fields or fields.image_vector_fields):
            named = obvious(vectors, VECTORS) or (vectors[0] if len(vectors) == 1 else "")
            if not named:
                raise SourceFields(self.name, f"Name the vector field to compare. The index has: {listed(vectors)}.")
            fields.vector_fields = [named]
        self._fields = fields
        return fields

    async def _no_index(self, error: SourceIndex) -> SourceIndex:
        """The same with the names that exist, where the key may list them."""
        try:
            found = (await self._ask("GET", "/indexes?$select=name")).get("value")
        except (SourceKey, SourceIndex):
            return error
        names = [str(each.get("name")) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        words = f"There is no index “{self.given.index_name}”. There are: {listed(names)}."
        return SourceIndex(self.name, words, status=error.status)

    async def _no_field(self, error: SourceRefused) -> SourceRefused | SourceFields:
        """A query that was refused because of a field, with the fields that exist."""
        if not re.search(r"\bfield|\bproperty named", str(error), re.IGNORECASE):
            return error
        names = (await self._read()).fields
        known = f" The index has: {listed(names)}." if names else ""
        words = str(error).partition(": ")[2]
        return SourceFields(self.name, f"{words}{known} Change the mapped fields.", status=error.status)

    # --- Test -----------------------------------------------------------------------------------

    async def _find_index(self) -> Facts:
        """Counts documents and reads one: what the least privileged key may do."""
        asked = {"search": "*", "top": 1, "count": True}
        try:
            found = await self._ask("POST", f"/indexes/{self._index}/docs/search", asked)
        except SourceIndex as error:
            raise await self._no_index(error) from error
        hits = found.get("value")
        self._count = int(number(found.get("@odata.count")) or 0)
        if not isinstance(hits, list) or not self._count:
            raise SourceIndex(self.name, f"The index “{self.given.index_name}” is empty. Put documents into it.")
        self._sample = hits[0] if hits and isinstance(hits[0], dict) else {}
        return {
            "reach": (await self._http()).host,
            "sign_in": self.given.authentication.type,
            "index": f"{self.given.index_name}: {self._count:,} documents",
        }

    async def _find_fields(self) -> Facts:
        index = await self._read()
        self._fields = fields = await self._mapping(index)
        names = index.fields or dict.fromkeys(self._sample, {})
        asked = [*mapped(fields), *fields.vector_fields, *fields.image_vector_fields]
        if missing := [each for each in asked if each not in names]:
            raise SourceFields(self.name, f"The index has no field {listed(missing)}. It has: {listed(names)}.")
        for each in fields.vector_fields:
            self.dimensions = names[each].get("dimensions") or len(self._sample.get(each) or []) or None
        wanted = self.given.semantic_configuration
        if index.fields and "semantic" in self.given.query_type and wanted not in [*index.configurations, ""]:
            known = listed(index.configurations)
            raise SourceFields(self.name, f"There is no semantic configuration “{wanted}”. There are: {known}.")
        return {"fields": ", ".join(asked)}


def _hit(document: dict[str, Any], fields: Fields, key: str, cosine: bool) -> Hit | None:
    score = number(document.get("@search.score")) or 0.0
    return passage(
        document,
        fields,
        score=score,
        rerank_score=number(document.get("@search.rerankerScore")),
        cosine=2 - 1 / score if cosine and score > 0 else None,  # the score is 1 / (1 + distance)
        chunk_id=value(document, key) or None,
    )
