"""What a data source's adapter is: parameters in, hits out; kinds by table, one file each (docs/adding-a-source.md).

An adapter is made for one question and closed after it. It is asynchronous, bounded by the caller's timeout,
cancellable, and raises RetrievalError only.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from conversations.completions.addresses import Reach
from conversations.completions.data_sources import DataSource

if TYPE_CHECKING:  # the child that reads a file imports this package too, and has no Django
    from conversations.models import Reader

KINDS = {
    "azure_search": "conversations.retrieval.azure_search.AzureSearch",
    "azure_cosmos_db": "conversations.retrieval.cosmos_db.CosmosDB",
    "mongo_db": "conversations.retrieval.mongo_db.MongoDB",
    "elasticsearch": "conversations.retrieval.elasticsearch.Elasticsearch",
    "pinecone": "conversations.retrieval.pinecone.Pinecone",
    "local": "conversations.retrieval.local.Local",
}

Embed = Callable[[list[str]], Awaitable[list[list[float]]]]
"""Texts to vectors, by what `embedding_dependency` names; raises CompletionError."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage. `score` is the store's own, whatever its scale; None where the reference has no value either."""

    content: str
    score: float
    title: str | None = None
    url: str | None = None
    filepath: str | None = None
    chunk_id: str | None = None
    rerank_score: float | None = None  # the store's own reranker, such as Azure's, 0 to 4
    cosine: float | None = None  # to the query, where the store's score says it
    vector: tuple[float, ...] | None = None  # of the content, where the store returns it
    page: int | None = None
    heading: str = ""
    document: str = ""  # our own document's id
    version: str = ""  # hash of the document's content
    around: str = ""  # the passage with its neighbours, for the model; empty: the content alone


@dataclass(frozen=True)
class Access:
    """On whose behalf: `groups` are the external ids that `access_filter` is filled with; None: no filter is set.

    `within`: a filter of the store that must hold beside the source's own.
    `collections`: ids of local collections that this person may read, already decided by the caller.
    """

    filter: str = ""  # template in the store's own language, with {groups}
    groups: tuple[str, ...] = ()
    within: str = ""
    collections: frozenset[int] = frozenset()
    reader: "Reader | None" = None  # whom it is charged to


ELSE = "else"  # if nothing else was found either
FIRST = "first"  # even then, and even if nothing seems to be asked of it: it came with the question


@dataclass(frozen=True)
class Setting:
    """Everything an adapter is made from. `name` is the source's, for errors."""

    name: str
    source: DataSource
    access: Access = Access()
    embed: Embed | None = None  # None where the store embeds by itself, or nothing is compared
    own: bool = False  # the conversation's own, which the question is likely to be about
    beginning: str = ""  # ELSE or FIRST: its first passages are read where no search leads into it
    reach: Reach | None = None  # how far its address may lead, if it came with a request


@dataclass(frozen=True)
class Stage:
    """One step of a source's *Test*. `name`: reach, sign_in, index, fields, embedding, dimensions, query."""

    name: str
    fine: bool
    detail: str = ""  # what was found: names, counts, dimensions, or what went wrong
    milliseconds: int = 0


class Retriever(Protocol):
    def __init__(self, setting: Setting) -> None: ...

    async def search(self, query: str, limit: int) -> list[Hit]:
        """The best `limit` passages for one query that this person may read, best first."""

    async def widen(self, hits: list[Hit]) -> list[Hit]:
        """The same hits with `around` filled, where the store knows a passage's neighbours."""

    async def weights(self, words: Collection[str]) -> Mapping[str, float] | None:
        """idf of `words` in the whole store, where it can say so cheaply; None: estimate from the hits."""

    def stages(self) -> AsyncIterator[Stage]:
        """Try the configuration step by step; stops after the first step that is not fine."""

    async def aclose(self) -> None: ...


@runtime_checkable
class Readable(Protocol):
    """A retriever whose documents can be read from their beginning."""

    async def beginning(self, limit: int) -> list[Hit]:
        """The first passages, of each document as many, in the order in which one reads them."""


def retriever(setting: Setting) -> Retriever:
    """The adapter for the source's type."""
    module, _, name = KINDS[setting.source.type].rpartition(".")
    made: Any = getattr(import_module(module), name)
    found: Retriever = made(setting)
    return found
