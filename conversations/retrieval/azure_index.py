"""What the definition of an Azure AI Search index says."""

from typing import Any

from conversations.completions.data_sources import Fields
from conversations.retrieval.fields import KEYS, obvious

TEXTS = {"Edm.String", "Collection(Edm.String)"}


class Definition:
    """`given` is the index as GET /indexes/{name} shows it; an empty one says nothing about anything."""

    def __init__(self, given: dict[str, Any]) -> None:
        held = given.get("fields")
        named = [each for each in held if isinstance(each, dict) and "name" in each] if isinstance(held, list) else []
        self.fields: dict[str, dict[str, Any]] = {str(each["name"]): each for each in named}
        self._vectors = given.get("vectorSearch") or {}
        self._semantic = given.get("semantic") or {}

    @property
    def _shown(self) -> list[str]:
        return [name for name, each in self.fields.items() if each.get("retrievable", True)]

    @property
    def texts(self) -> list[str]:
        return [name for name in self._shown if self.fields[name].get("type") in TEXTS]

    @property
    def vectors(self) -> list[str]:
        return [name for name, each in self.fields.items() if each.get("dimensions")]

    @property
    def key(self) -> str:
        """What citations call chunk_id: a field of that name, or else the key."""
        keys = [name for name in self._shown if self.fields[name].get("key")]
        return obvious(self._shown, KEYS[:1]) or next(iter(keys), "")

    @property
    def configurations(self) -> list[str]:
        """Names of its semantic configurations."""
        return [str(each.get("name")) for each in self._semantic.get("configurations") or []]

    def is_cosine(self, fields: Fields) -> bool:
        """Whether the one field that is compared uses the cosine, of which the score is then a function."""
        algorithms = {each.get("name"): _metric(each) for each in self._vectors.get("algorithms") or []}
        profiles = {each.get("name"): each.get("algorithm") for each in self._vectors.get("profiles") or []}
        used = [self.fields.get(each, {}).get("vectorSearchProfile") for each in fields.vector_fields]
        return [algorithms.get(profiles.get(each)) for each in used] == ["cosine"] and not fields.image_vector_fields


def is_vector(held: Any) -> bool:
    return isinstance(held, list) and len(held) > 1 and all(isinstance(each, int | float) for each in held)


def _metric(algorithm: dict[str, Any]) -> str:
    given = algorithm.get("hnswParameters") or algorithm.get("exhaustiveKnnParameters") or {}
    return str(given.get("metric") or "cosine")
