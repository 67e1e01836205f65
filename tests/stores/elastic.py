"""Elasticsearch 9 or OpenSearch 3 with one index, after their REST references."""

import base64
import re
from typing import Any

from tests.stores import ranking
from tests.stores.serving import Asked, JsonServer, Refusal

SEARCH = {
    *("query", "knn", "size", "from", "_source", "fields", "aggs", "sort", "highlight", "rank", "retriever"),
    *("track_total_hits", "timeout", "min_score", "post_filter", "explain", "stored_fields"),
}
KNN = {"field", "query_vector", "query_vector_builder", "k", "num_candidates", "filter", "similarity", "boost"}
MULTI = {"query", "fields", "type", "operator", "fuzziness", "boost", "tie_breaker", "minimum_should_match", "lenient"}
Found = dict[str, float]  # id → score, of documents that match


def wrong(kind: str, reason: str, status: int = 400) -> Refusal:
    cause = {"type": kind, "reason": reason}
    return Refusal(status, {"error": {"root_cause": [cause], **cause}, "status": status})


class Elastic(JsonServer):
    """`product`: “elasticsearch” or “opensearch”. `may_manage`: whether the key may see mappings and versions."""

    def __init__(self, product: str = "elasticsearch", dimensions: int = ranking.DIMENSIONS) -> None:
        super().__init__()
        self.product, self.may_manage, self.model = product, True, "e5"
        self.shard_away = False
        self.key_id, self.key = "key-id", "secret-elastic-key"
        self.headers = {"Content-Type": "application/json; charset=UTF-8"}
        vector: dict[str, Any] = {"type": "dense_vector", "dims": dimensions, "index": True, "similarity": "cosine"}
        if product == "elasticsearch":
            media = "application/vnd.elasticsearch+json;compatible-with=9"
            self.headers = {"Content-Type": media, "X-Elastic-Product": "Elasticsearch"}
        else:
            method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
            vector = {"type": "knn_vector", "dimension": dimensions, "method": method}
        self.documents = [
            {
                **{name: each[name] for name in ("title", "content", "groups", "url")},
                "file": {"path": each["filepath"]},
                "parts": [{"text": sentence.strip()} for sentence in each["content"].split(",")],
                "content_vector": ranking.vector(each["content"], dimensions),
            }
            for each in ranking.DOCUMENTS
        ]
        self.properties: dict[str, Any] = {
            **{name: {"type": "text"} for name in ("title", "content")},
            **{name: {"type": "keyword"} for name in ("groups", "url")},
            "file": {"properties": {"path": {"type": "keyword"}}},
            "parts": {"type": "nested", "properties": {"text": {"type": "text"}}},
            "content_vector": vector,
            "tokens": {"type": "sparse_vector"},
        }

    @property
    def encoded(self) -> str:
        return base64.b64encode(f"{self.key_id}:{self.key}".encode()).decode()

    def answer(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"ApiKey {self.encoded}":
            raise wrong("security_exception", "unable to authenticate with provided credentials", 401)
        if asked.path in {"/", "/_resolve/index/*"} or asked.path.endswith("/_mapping"):
            self._manage()
        if asked.path == "/":
            named = {"distribution": "opensearch"} if self.product == "opensearch" else {}
            return {"name": "node", "cluster_name": "c", "version": {"number": "9.1.0", **named}, "tagline": ""}
        if asked.path == "/_resolve/index/*":
            return {"indices": [{"name": "docs", "attributes": ["open"]}], "aliases": [], "data_streams": []}
        found = re.fullmatch(r"/([^/]+)/(_search|_mapping|_field_caps)", asked.path)
        if not found:
            raise wrong("illegal_argument_exception", "no handler found for uri")
        if found[1] != "docs":
            raise wrong("index_not_found_exception", f"no such index [{found[1]}]", 404)
        if found[2] == "_mapping":
            return {"docs": {"mappings": {"properties": self.properties}}}
        if found[2] == "_field_caps":
            fields = {name: {kind: {"type": kind, "searchable": True}} for name, kind in self._types().items()}
            return {"indices": ["docs"], "fields": {"_id": {"_id": {"type": "_id"}}, **fields}}
        if unknown := set(asked.query) - {"allow_partial_search_results", "typed_keys", "routing", "preference"}:
            raise wrong(
                "illegal_argument_exception", f"request [/docs/_search] contains unrecognized parameter: {unknown}"
            )
        if self.shard_away and asked.query.get("allow_partial_search_results") == "false":
            raise wrong("search_phase_execution_exception", "Search rejected due to missing shards", 503)
        return self._search(asked.json or {})

    def _manage(self) -> None:
        if not self.may_manage:
            raise wrong("security_exception", "action is unauthorized for API key id [key-id]", 403)

    def _types(self) -> dict[str, str]:
        types = {name: each["type"] for name, each in self.properties.items() if "type" in each}
        return {**types, "file.path": "keyword", "parts.text": "text"}

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(body) - SEARCH:
            raise wrong("parsing_exception", f"unknown key [{min(unknown)}]")
        everything: Found = dict.fromkeys(self._ids(), 1.0)
        found = self._query(body["query"]) if "query" in body else ({} if "knn" in body else everything)
        near = body.get("knn") or []
        for each in near if isinstance(near, list) else [near]:
            for key, score in self._knn(each).items():
                found[key] = found.get(key, 0) + score
        wanted = body.get("_source")
        hits = [
            {"_index": "docs", "_id": key, "_score": score, "_source": _chosen(self._document(key), wanted)}
            for key, score in sorted(found.items(), key=lambda each: -each[1])[: body.get("size", 10)]
        ]
        total = {"value": len(found), "relation": "eq"}
        shards = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
        outer = {"total": total, "max_score": hits[0]["_score"] if hits else None, "hits": hits}
        return {"took": 1, "timed_out": False, "_shards": shards, "hits": outer}

    def _ids(self) -> list[str]:
        return [each["id"] for each in ranking.DOCUMENTS][: len(self.documents)]

    def _document(self, key: str) -> dict[str, Any]:
        return self.documents[self._ids().index(key)]

    def _query(self, query: dict[str, Any]) -> Found:
        (kind, given), *more = query.items()
        if more:
            raise wrong("parsing_exception", f"[{kind}] malformed query, expected [END_OBJECT]")
        known = {"match_all", "multi_match", "terms", "bool", "nested", "sparse_vector"}
        known = known | {"knn", "neural"} if self.product == "opensearch" else known
        if kind not in known:
            raise wrong("parsing_exception", f"unknown query [{kind}]")
        found: Found = getattr(self, f"_{kind}")(given)
        return found

    def _match_all(self, _given: dict[str, Any]) -> Found:
        return dict.fromkeys(self._ids(), 1.0)

    def _multi_match(self, given: dict[str, Any], nested: str = "") -> Found:
        if unknown := set(given) - MULTI:
            raise wrong("parsing_exception", f"[multi_match] query does not support [{min(unknown)}]")
        found: Found = {}
        for name in given["fields"]:
            inside = name.startswith("parts.")
            if inside != (nested == "parts"):
                continue  # nested fields are invisible from outside, as in the product
            texts = [_text(each, name) for each in self.documents]
            for key, score in zip(self._ids(), ranking.bm25(given["query"], texts), strict=True):
                if score > 0:
                    found[key] = max(found.get(key, 0), score)
        return found

    def _nested(self, given: dict[str, Any]) -> Found:
        if given["path"] != "parts":
            raise wrong("query_shard_exception", f"[nested] failed to find nested object under path [{given['path']}]")
        return self._multi_match(given["query"]["multi_match"], "parts")

    def _terms(self, given: dict[str, Any]) -> Found:
        ((name, values),) = given.items()
        if not isinstance(values, list):
            raise wrong("parsing_exception", "[terms] query requires an array of terms")
        return {key: 1.0 for key in self._ids() if {*values} & {*self._document(key).get(name, [])}}

    def _bool(self, given: dict[str, Any]) -> Found:
        if unknown := set(given) - {"must", "filter", "should", "minimum_should_match", "must_not"}:
            raise wrong("parsing_exception", f"[bool] query does not support [{min(unknown)}]")
        scored = [self._query(each) for name in ("must", "should") for each in given.get(name, [])]
        found: Found = {}
        for each in scored:
            for key, score in each.items():
                found[key] = found.get(key, 0) + score
        needed = [self._query(each) for name in ("must", "filter") for each in given.get(name, [])]
        return {key: score for key, score in found.items() if all(key in each for each in needed)}

    def _sparse_vector(self, given: dict[str, Any]) -> Found:
        if set(given) != {"field", "inference_id", "query"} or given["field"] != "tokens":
            raise wrong("parsing_exception", "[sparse_vector] query does not support that")
        scores = ranking.bm25(given["query"], [each["content"] for each in self.documents])
        return {key: score for key, score in zip(self._ids(), scores, strict=True) if score > 0}

    def _knn(self, given: dict[str, Any]) -> Found:
        if self.product == "opensearch":
            ((name, asked),) = given.items()
            allowed, vector = {"vector", "k", "filter", "min_score", "method_parameters"}, asked.get("vector")
        else:
            name, asked, allowed, vector = given["field"], given, KNN, given.get("query_vector")
            if "num_candidates" in asked and asked["num_candidates"] < asked["k"]:
                raise wrong("illegal_argument_exception", "[num_candidates] cannot be less than [k]")
        if unknown := set(asked) - allowed:
            raise wrong("parsing_exception", f"[knn] unknown field [{min(unknown)}]")
        if builder := asked.get("query_vector_builder"):
            vector = self._embedded(builder["text_embedding"], "model_text")
        return self._near(name, vector or [], asked)

    def _neural(self, given: dict[str, Any]) -> Found:
        ((name, asked),) = given.items()
        return self._near(name, self._embedded(asked, "query_text"), asked)

    def _embedded(self, given: dict[str, Any], text: str) -> list[float]:
        if given["model_id"] != self.model:
            raise wrong("resource_not_found_exception", f"No known trained model with model_id [{given['model_id']}]")
        return ranking.vector(given[text])

    def _near(self, name: str, vector: list[float], asked: dict[str, Any]) -> Found:
        given = self.properties.get(name, {})
        size = given.get("dims") or given.get("dimension")
        if not size:
            raise wrong(
                "query_shard_exception", f"failed to create query: field [{name}] does not exist in the mapping"
            )
        if len(vector) != size:
            words = f"the query vector has a different dimension [{len(vector)}] than the index vectors [{size}]"
            if self.product == "opensearch":
                words = f"Query vector has invalid dimension: {len(vector)}. Dimension should be: {size}"
            raise wrong("illegal_argument_exception", words)
        allowed = self._query(asked["filter"]) if "filter" in asked else self._match_all({})
        scores = {key: (1 + ranking.cosine(vector, self._document(key)[name])) / 2 for key in allowed}
        return dict(sorted(scores.items(), key=lambda each: -each[1])[: asked["k"]])


def _text(document: dict[str, Any], name: str) -> str:
    first, _, rest = name.partition(".")
    held = document.get(first, "")
    if isinstance(held, list):
        return " ".join(_text(each, rest) if isinstance(each, dict) else str(each) for each in held)
    return _text(held, rest) if isinstance(held, dict) else str(held)


def _chosen(document: dict[str, Any], wanted: list[str] | None) -> dict[str, Any]:
    """`_source` filtering; a path into objects brings the object."""
    if wanted is None:
        return document
    firsts = {each.partition(".")[0] for each in wanted}
    return {name: held for name, held in document.items() if name in firsts}
