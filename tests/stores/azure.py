"""An Azure AI Search service with one index, after its REST reference of 2024-07-01.

It knows as much of OData as filters here use: comparisons, search.in in any(), and, or, brackets.
"""

import re
from typing import Any

from tests.stores import ranking
from tests.stores.serving import Asked, JsonServer, Refusal

VERSIONS = {"2024-07-01", "2025-09-01", "2026-04-01"}
MEMBERS = {
    *("answers", "captions", "count", "facets", "filter", "highlight", "highlightPostTag", "highlightPreTag"),
    *("minimumCoverage", "orderby", "queryType", "scoringParameters", "scoringProfile", "scoringStatistics"),
    *("search", "searchFields", "searchMode", "select", "semanticConfiguration", "semanticErrorHandling"),
    *("semanticMaxWaitInMilliseconds", "semanticQuery", "sessionId", "skip", "top", "vectorFilterMode"),
    "vectorQueries",
}
VECTOR_MEMBERS = {"kind", "k", "fields", "exhaustive", "oversampling", "weight"}


def wrong(words: str, code: str = "") -> Refusal:
    return Refusal(400, {"error": {"code": code, "message": f"Invalid expression: {words}\r\nParameter name: $select"}})


def text(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "Edm.String", "searchable": True, "retrievable": True, "key": False, **more}


class AzureSearch(JsonServer):
    """`key` may do everything, `query_key` only query."""

    headers = {
        "Content-Type": "application/json; odata.metadata=none; odata.streaming=true; charset=utf-8",
        "OData-Version": "4.0",
    }

    def __init__(self, dimensions: int = ranking.DIMENSIONS) -> None:
        super().__init__()
        self.key, self.query_key, self.token = "an-admin-key-of-32-characters-xx", "a-query-key", "an-entra-token"
        self.documents = [
            {**each, "contentvector": ranking.vector(each["content"], dimensions)} for each in ranking.DOCUMENTS
        ]
        self.definition: dict[str, Any] = {
            "name": "docs",
            "fields": [
                text("id", key=True),
                *map(text, ("title", "content", "url", "filepath")),
                text("groups", type="Collection(Edm.String)"),
                text(
                    "contentvector",
                    type="Collection(Edm.Single)",
                    dimensions=dimensions,
                    vectorSearchProfile="profile",
                    retrievable=False,
                ),
            ],
            "semantic": {"configurations": [{"name": "default", "prioritizedFields": {}}]},
            "vectorSearch": {
                "algorithms": [{"name": "hnsw", "kind": "hnsw", "hnswParameters": {"metric": "cosine"}}],
                "profiles": [{"name": "profile", "algorithm": "hnsw", "vectorizer": "own"}],
                "vectorizers": [{"name": "own", "kind": "azureOpenAI"}],
            },
        }

    def answer(self, asked: Asked) -> Any:
        self._sign_in(asked)
        if asked.query.get("api-version") not in VERSIONS:
            raise Refusal(400, {"error": {"code": "", "message": "Invalid or missing api-version query string."}})
        if asked.path == "/indexes":
            self._administer(asked)
            return {"value": [{"name": self.definition["name"]}]}
        found = re.fullmatch(r"/indexes(?:/([^/(]+)|\('([^']+)'\))(/docs/search(?:\.post\.search)?)?", asked.path)
        if not found:
            raise Refusal(404, {"error": {"code": "", "message": "Resource not found."}})
        if not found[3]:
            self._administer(asked)
        if (found[1] or found[2]) != self.definition["name"]:
            words = f"No index with the name '{found[1] or found[2]}' was found in the service 'docs'."
            raise Refusal(404, {"error": {"code": "", "message": words}})
        return self._search(asked.json) if found[3] else self.definition

    def _sign_in(self, asked: Asked) -> None:
        bearer = asked.headers.get("authorization") == f"Bearer {self.token}"
        if not bearer and asked.headers.get("api-key") not in {self.key, self.query_key}:
            raise Refusal(403, {"error": {"code": "Forbidden", "message": "Access denied due to an invalid key."}})

    def _administer(self, asked: Asked) -> None:
        if asked.headers.get("api-key") == self.query_key:
            raise Refusal(403, {"error": {"code": "Forbidden", "message": "The key may only query."}})

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(body) - MEMBERS:
            raise wrong(f"The property '{min(unknown)}' does not exist on type 'search.SearchRequest'")
        names = [each["name"] for each in self.definition["fields"]]
        shown = [each["name"] for each in self.definition["fields"] if each["retrievable"]]
        selected = [each for each in body.get("select", "").split(",") if each] or shown
        for each in selected:
            if each not in names:
                raise wrong(f"Could not find a property named '{each}' on type 'search.document'.")
        kind = body.get("queryType", "simple")
        if kind not in {"simple", "full", "semantic"}:
            raise wrong(f"'{kind}' is no queryType")
        wanted = body.get("semanticConfiguration")
        if kind == "semantic" and wanted not in {None, "default"}:
            raise wrong(f"Unknown semantic configuration '{wanted}'.")
        held = [each for each in self.documents if _matches(body.get("filter", ""), each)]
        rows = []
        for score, document in ranking.best(self._scores(body, held), body.get("top", 50)):
            row = {"@search.score": score, **{name: document.get(name) for name in selected}}
            rows.append({"@search.rerankerScore": 2.5, **row} if kind == "semantic" else row)
        return {**({"@odata.count": len(held)} if body.get("count") else {}), "value": rows}

    def _scores(self, body: dict[str, Any], held: list[dict[str, Any]]) -> list[tuple[float, dict[str, Any]]]:
        """BM25; the cosine's score; or for both the sum of 1 / (60 + rank)."""
        lists = []
        if (query := body.get("search")) is not None:
            texts = [f"{each['title']} {each['content']}" for each in held]
            scores = [1.0] * len(held) if query in {"", "*"} else ranking.bm25(query, texts)
            lists.append([(score, each) for score, each in zip(scores, held, strict=True) if score > 0])
        for query in body.get("vectorQueries", []):
            lists.append(self._near(query, held))
        if len(lists) == 1:
            return lists[0]
        fused: dict[str, float] = {}
        for each in lists:
            for rank, (_score, document) in enumerate(ranking.best(each, 50)):
                fused[document["id"]] = fused.get(document["id"], 0) + 1 / (60 + rank)
        return [(fused[each["id"]], each) for each in held if each["id"] in fused]

    def _near(self, query: dict[str, Any], held: list[dict[str, Any]]) -> list[tuple[float, dict[str, Any]]]:
        kind = query.get("kind")
        if kind not in {"vector", "text"} or set(query) - {*VECTOR_MEMBERS, kind}:
            raise wrong("A vector query has a member that it must not have.")
        vectors = {each["name"]: each["dimensions"] for each in self.definition["fields"] if "dimensions" in each}
        scored = []
        for name in query["fields"].split(","):
            if name not in vectors:
                raise wrong(f"Unknown field '{name}' in vector field list.")
            asked = query["vector"] if kind == "vector" else ranking.vector(query["text"], vectors[name])
            if len(asked) != vectors[name]:
                raise wrong(
                    f"The vector field '{name}', with dimension of '{vectors[name]}', expects a length of "
                    f"'{vectors[name]}'. However, the provided vector has a length of '{len(asked)}'."
                )
            scored += [(1 / (2 - ranking.cosine(asked, each[name])), each) for each in held]
        return ranking.best(scored, query.get("k", 50))


def _matches(expression: str, document: dict[str, Any]) -> bool:
    """The OData above, as Python over the document: strings are taken out first, so that they stay strings."""
    strings: list[str] = []

    def kept(found: re.Match[str]) -> str:
        strings.append(found[0][1:-1].replace("''", "'"))
        return f" S[{len(strings) - 1}] "

    plain = re.sub(r"'(?:[^']|'')*'", kept, expression)
    plain = re.sub(r"(\w+)\s*/\s*any\(\s*(\w+)\s*:\s*search\.in\(\s*\2\s*,", r"among(D['\1'],", plain)
    plain = re.sub(r"(among\([^()]*\))\s*\)", r"\1", plain)
    plain = re.sub(r"\b([A-Za-z]\w*)\s+(eq|ne)\b", lambda f: f"D['{f[1]}'] {'==' if f[2] == 'eq' else '!='}", plain)
    if re.search(r"[^\w\s()\[\]'=!,<>]", plain):
        raise wrong(f"Syntax error in '{expression}'.")

    def among(values: list[str], listed: str, delimiters: str = " ,") -> bool:
        return bool({*re.split(f"[{re.escape(delimiters)}]", listed)} & {*values})

    try:
        return not plain or bool(eval(plain, {"__builtins__": {}}, {"S": strings, "D": document, "among": among}))
    except (SyntaxError, NameError, KeyError) as error:
        raise wrong(f"Syntax error in '{expression}'.") from error
