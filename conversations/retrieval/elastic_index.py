"""What the mapping of an Elasticsearch or OpenSearch index says."""

from collections.abc import Iterator
from typing import Any, Self

TEXTS = {"text", "keyword", "wildcard", "match_only_text", "constant_keyword", "search_as_you_type", "annotated_text"}
VECTORS = {"dense_vector", "sparse_vector", "rank_features", "knn_vector"}


class Mapping:
    """`types`: field → type, with dots into objects. `dimensions` of vector fields, where they are known."""

    def __init__(self, fields: dict[str, dict[str, Any]]) -> None:
        self._fields = fields
        self.types = {name: str(each.get("type", "object")) for name, each in fields.items()}
        self.types = {name: kind for name, kind in self.types.items() if kind not in {"object", "nested", "alias"}}
        sizes = {name: each.get("dims") or each.get("dimension") for name, each in fields.items()}
        self.dimensions = {name: size for name, size in sizes.items() if isinstance(size, int)}

    @classmethod
    def of_index(cls, answer: dict[str, Any]) -> Self:
        """From GET _mapping; an alias answers with several indexes, of which each has its fields."""
        found: dict[str, dict[str, Any]] = {}
        for index in answer.values():
            mappings = index.get("mappings") if isinstance(index, dict) else None
            found |= dict(_flat(mappings.get("properties"), "")) if isinstance(mappings, dict) else {}
        return cls(found)

    @classmethod
    def of_caps(cls, answer: dict[str, Any]) -> Self:
        """From GET _field_caps, which knows names and types only."""
        fields = answer.get("fields")
        held = fields.items() if isinstance(fields, dict) else ()
        return cls({name: {"type": next(iter(each))} for name, each in held if each and not name.startswith("_")})

    @property
    def texts(self) -> list[str]:
        """Names of fields with text, analysed ones first."""
        names = [name for name, kind in self.types.items() if kind in TEXTS]
        return sorted(names, key=lambda name: self.types[name] in {"keyword", "constant_keyword", "wildcard"})

    @property
    def vectors(self) -> list[str]:
        return [name for name, kind in self.types.items() if kind in VECTORS]

    def nested(self, name: str) -> str:
        """The innermost nested object that holds `name`; empty if none does."""
        parts = name.split(".")
        paths = [".".join(parts[:at]) for at in range(len(parts) - 1, 0, -1)]
        return next((each for each in paths if self._fields.get(each, {}).get("type") == "nested"), "")

    def is_halved_cosine(self, name: str) -> bool:
        """Whether a score of this field is (1 + cosine) / 2."""
        given = self._fields.get(name, {})
        if given.get("type") == "dense_vector":
            plain = given.get("element_type", "float") in {"float", "bfloat16"} and "dims" in given
            return plain and given.get("similarity", "cosine") in {"cosine", "dot_product"}
        method = given.get("method")
        method = method if isinstance(method, dict) else {}
        space = method.get("space_type") or given.get("space_type")
        return given.get("type") == "knn_vector" and method.get("engine") == "lucene" and space == "cosinesimil"


def _flat(properties: Any, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, each in properties.items() if isinstance(properties, dict) else ():
        if isinstance(each, dict):
            yield prefix + name, each
            yield from _flat(each.get("properties"), f"{prefix}{name}.")
