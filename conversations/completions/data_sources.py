"""`data_sources` of a chat-completions request as values: exactly the wire's JSON, read leniently, said clearly.

Names and types are those of the Azure OpenAI REST reference 2024-10-01-preview (azureChatExtensionConfiguration and
what it refers to); `local` is ours. What clients are known to write otherwise is understood (`spellings.py`).
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct, field

from conversations.completions.errors import InvalidRequest
from conversations.completions.spellings import standard

CONTEXTS = ("citations", "intent", "all_retrieved_documents")
ANY_IDENTITY = ("system_assigned_managed_identity", "user_assigned_managed_identity")

# What each type of authentication needs beside its name, and which of that must never be shown again.
AUTHENTICATION: dict[str, tuple[str, ...]] = {
    "api_key": ("key",),
    "key_and_key_id": ("key", "key_id"),
    "encoded_api_key": ("encoded_api_key",),
    "access_token": ("access_token",),
    "connection_string": ("connection_string",),
    "username_and_password": ("username", "password"),
    "system_assigned_managed_identity": (),
    "user_assigned_managed_identity": ("managed_identity_resource_id",),
}
SECRET = frozenset({"key", "encoded_api_key", "access_token", "connection_string", "password"})

EMBEDDING: dict[str, tuple[str, ...]] = {
    "deployment_name": ("deployment_name",),
    "endpoint": ("endpoint",),
    "integrated": (),
    "model_id": ("model_id",),
}


class Authentication(Struct, omit_defaults=True, kw_only=True):
    type: str
    key: str = ""
    key_id: str = ""
    encoded_api_key: str = ""
    access_token: str = ""
    connection_string: str = ""
    username: str = ""
    password: str = ""
    managed_identity_resource_id: str = ""

    def __repr__(self) -> str:
        return f"Authentication(type={self.type!r})"  # a traceback must not carry a key


class Embedding(Struct, omit_defaults=True, kw_only=True):
    """`endpoint` is a whole URL up to /embeddings, without api-version; `deployment_name` is one of ours."""

    type: str
    deployment_name: str = ""
    endpoint: str = ""
    authentication: Authentication | None = None
    model_id: str = ""
    dimensions: int | None = None


class Fields(Struct, omit_defaults=True, kw_only=True):
    """`fields_mapping`: which fields of an index hold what."""

    title_field: str = ""
    url_field: str = ""
    filepath_field: str = ""
    content_fields: list[str] = field(default_factory=list)
    content_fields_separator: str = "\n"
    vector_fields: list[str] = field(default_factory=list)
    image_vector_fields: list[str] = field(default_factory=list)


class Parameters(Struct, omit_defaults=True, kw_only=True):
    """What every type takes."""

    authentication: Authentication | None = None
    top_n_documents: int = 5
    max_search_queries: int | None = None
    allow_partial_result: bool = False
    in_scope: bool = True
    strictness: int = 3
    include_contexts: list[str] = field(default_factory=lambda: ["citations", "intent"])
    role_information: str = ""
    fields_mapping: Fields = field(default_factory=Fields)
    embedding_dependency: Embedding | None = None
    query_type: str = ""


class AzureSearch(Parameters, kw_only=True):
    endpoint: str = ""
    index_name: str = ""
    semantic_configuration: str = ""
    filter: str = ""


class CosmosDB(Parameters, kw_only=True):
    database_name: str = ""
    container_name: str = ""
    index_name: str = ""


class MongoDB(Parameters, kw_only=True):
    """`endpoint` is a host name, `app_name` the cluster's application name."""

    endpoint: str = ""
    app_name: str = ""
    database_name: str = ""
    collection_name: str = ""
    index_name: str = ""


class Elasticsearch(Parameters, kw_only=True):
    endpoint: str = ""
    index_name: str = ""


class Pinecone(Parameters, kw_only=True):
    environment: str = ""
    index_name: str = ""


class Local(Parameters, kw_only=True):
    """`collections` are names of collections of documents that this product keeps."""

    collections: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Type:
    """One row of TYPES. `needs`: members that must be there; `mapped`: what `fields_mapping` must name.

    The first of `queries` is the default; those that begin with “vector” need one of `embeddings`.
    """

    parameters: type[Parameters]
    authentication: tuple[str, ...]
    queries: tuple[str, ...]
    embeddings: tuple[str, ...]
    needs: tuple[str, ...]
    mapped: tuple[str, ...] = ()


_VECTORS = ("deployment_name", "endpoint")
TYPES = {
    "azure_search": Type(
        AzureSearch,
        ("api_key", "access_token", *ANY_IDENTITY),
        ("simple", "semantic", "vector", "vector_simple_hybrid", "vector_semantic_hybrid"),
        (*_VECTORS, "integrated"),
        ("endpoint", "index_name"),
    ),
    "azure_cosmos_db": Type(
        CosmosDB,
        ("connection_string",),
        ("vector",),
        _VECTORS,
        ("database_name", "container_name", "index_name"),
        ("content_fields", "vector_fields"),
    ),
    "mongo_db": Type(
        MongoDB,
        ("username_and_password",),
        ("vector",),
        _VECTORS,
        ("endpoint", "app_name", "database_name", "collection_name", "index_name"),
        ("content_fields", "vector_fields"),
    ),
    "elasticsearch": Type(
        Elasticsearch,
        ("key_and_key_id", "encoded_api_key"),
        ("simple", "vector"),
        (*_VECTORS, "model_id"),
        ("endpoint", "index_name"),
    ),
    "pinecone": Type(
        Pinecone, ("api_key",), ("vector",), _VECTORS[:1], ("environment", "index_name"), ("content_fields",)
    ),
    "local": Type(
        Local, (), ("vector_simple_hybrid", "simple", "vector"), _VECTORS[:1], ("collections",)
    ),
}  # fmt: skip


class DataSource(Struct, kw_only=True):
    """One entry of `data_sources`. `warnings`: members that were not understood and are left out."""

    type: str
    parameters: Parameters
    warnings: list[str] = field(default_factory=list)


def read(entry: Any, at: str = "data_sources[0]") -> DataSource:
    """The source that `entry` configures; raises InvalidRequest with `param`, a path that begins with `at`."""
    if not isinstance(entry, dict):
        raise _wrong(at, "must be an object with “type” and “parameters”")
    kind, given, warnings = standard(entry, at)
    row = TYPES.get(kind)
    if row is None:
        raise _wrong(f"{at}.type", f"must be one of {', '.join(TYPES)}")
    try:
        parameters = msgspec.convert(_known(given, row.parameters, f"{at}.parameters", warnings), row.parameters)
    except msgspec.ValidationError as error:
        raise _wrong(f"{at}.parameters", str(error).replace("`$.", "`")) from error
    source = DataSource(type=kind, parameters=parameters, warnings=warnings)
    _check(source, row, f"{at}.parameters")
    return source


def tidy(entry: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an entry that `read` takes, as the reference spells them, without what is left out."""
    kind, given, _ = standard(entry, "")
    return _known(given, TYPES[kind].parameters, "", [])


def _known(given: dict[str, Any], shape: Any, at: str, warnings: list[str]) -> dict[str, Any]:
    """`given` without the members that `shape` has not, in every depth; each of those is a warning."""
    known: dict[str, Any] = {}
    shapes = {each.name: _shape(each.type) for each in msgspec.structs.fields(shape)}
    for name, value in given.items():
        if name not in shapes:
            warnings.append(f"{at}.{name} is not known and left out")
        elif shapes[name] and isinstance(value, dict):
            known[name] = _known(value, shapes[name], f"{at}.{name}", warnings)
        else:
            known[name] = value
    return known


def _shape(hint: Any) -> Any:
    """The Struct in a type hint, or None."""
    found = [hint, *getattr(hint, "__args__", ())]
    return next((each for each in found if isinstance(each, type) and issubclass(each, Struct)), None)


def _check(source: DataSource, row: Type, at: str) -> None:
    given = source.parameters
    for name in row.needs:
        if not getattr(given, name):
            raise _wrong(f"{at}.{name}", "is missing")
    for name, low, high in (("strictness", 1, 5), ("top_n_documents", 1, 100), ("max_search_queries", 1, 100)):
        value = getattr(given, name)
        if value is not None and not low <= value <= high:
            raise _wrong(f"{at}.{name}", f"must be from {low} to {high}")
    if unknown := set(given.include_contexts) - set(CONTEXTS):
        raise _wrong(f"{at}.include_contexts", f"has “{min(unknown)}”; it may have {', '.join(CONTEXTS)}")
    for name in row.mapped:
        if not getattr(given.fields_mapping, name):
            raise _wrong(f"{at}.fields_mapping.{name}", f"is missing: {source.type} has no fields of known names")
    _check_authentication(given.authentication, row.authentication, f"{at}.authentication")
    _check_query(given, row, at)


def _check_authentication(given: Authentication | None, allowed: tuple[str, ...], at: str) -> None:
    if given is None:
        if allowed:
            raise _wrong(at, f"is missing; its type may be {', '.join(allowed)}")
        return
    if given.type not in allowed:
        raise _wrong(f"{at}.type", f"must be one of {', '.join(allowed)}" if allowed else "takes none")
    for name in AUTHENTICATION[given.type]:
        if not getattr(given, name):
            raise _wrong(f"{at}.{name}", "is missing")


def _check_query(given: Parameters, row: Type, at: str) -> None:
    embedding = given.embedding_dependency
    if not given.query_type:
        given.query_type = row.queries[0]
    if given.query_type not in row.queries:
        raise _wrong(f"{at}.query_type", f"must be one of {', '.join(row.queries)}")
    if embedding is None:
        itself = row.parameters is Local or given.fields_mapping.image_vector_fields  # only the index can embed those
        if given.query_type.startswith("vector") and not itself:
            raise _wrong(f"{at}.embedding_dependency", f"is missing: query type {given.query_type} compares vectors")
        return
    if embedding.type not in row.embeddings:
        raise _wrong(f"{at}.embedding_dependency.type", f"must be one of {', '.join(row.embeddings)}")
    for name in EMBEDDING[embedding.type]:
        if not getattr(embedding, name):
            raise _wrong(f"{at}.embedding_dependency.{name}", "is missing")
    if embedding.type == "endpoint":
        keys = ("api_key", "access_token")
        _check_authentication(embedding.authentication, keys, f"{at}.embedding_dependency.authentication")


def _wrong(param: str, words: str) -> InvalidRequest:
    return InvalidRequest(f"{param} {words}.", param=param)
