"""From stored data sources to what their adapters are made from, on behalf of one reader."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from django.db.models import QuerySet

from conversations.answering.documents import Documents
from conversations.completions import data_sources
from conversations.completions.addresses import Reach
from conversations.completions.endpoints import Endpoint
from conversations.completions.errors import CompletionError, InvalidRequest
from conversations.models import Collection, DataSource, Deployment, ExternalGroup, Reader
from conversations.retrieval import RetrievalError
from conversations.retrieval.base import Access, Embed, Setting
from conversations.retrieval.embedding import embed
from conversations.retrieval.errors import SourceKey, SourceRefused, SourceVectors

FILES = 8  # passages of attached files that a model reads
API_VERSION = "2024-10-21"  # embedding endpoints come without one
_AZURE = re.compile(r"(https?://.+?)/openai/deployments/([^/?]+)/embeddings/?", re.IGNORECASE)


def documents(sources: Iterable[DataSource], reader: Reader, files: Setting | None = None) -> Documents:
    """To be answered from these stored sources, in their order, and from what is attached to the conversation.

    Whether the reader may ask them is the caller's to know: `DataSource.objects.for_reader`. Raises RetrievalError for
    one that cannot be asked as it is configured.
    """
    asked = list(sources)
    settings = [setting(each, reader) for each in asked]
    if files is None:
        return Documents(settings, [each.pk for each in asked])
    return Documents([*settings, files], [*(each.pk for each in asked), None])


def attached(collection: Collection, name: str, beginning: str, reader: Reader) -> Setting:
    """Files of a conversation as a source that people see as `name`; they add to what a model knows."""
    wanted = {"collections": [collection.name], "in_scope": False, "top_n_documents": FILES}
    read = data_sources.read({"type": "local", "parameters": wanted})
    access = Access(collections=frozenset({collection.pk}), reader=reader)
    return Setting(name, read, access, own=True, beginning=beginning)


def setting(source: DataSource, reader: Reader) -> Setting:
    if source.secrets_lost:
        raise SourceKey(source.name, "its stored secrets cannot be decrypted any more; enter them again.")
    try:
        read = source.read()
    except InvalidRequest as error:
        raise SourceRefused(source.name, f"it is not configured completely: {error}") from error
    access = Access(
        filter=source.access_filter,
        groups=_groups(source, reader),
        collections=collections(read, reader),
        reader=reader,
    )
    return Setting(source.name, read, access, embedder(source.name, read.parameters.embedding_dependency, reader))


def embedder(
    name: str,
    wanted: data_sources.Embedding | None,
    reader: Reader,
    *,
    among: QuerySet[Deployment] | None = None,
    reach: Reach | None = None,
) -> Embed | None:
    """What turns texts into vectors for the source `name`; None where the store does so itself, or nobody.

    `reader`: on whose behalf; `among`: deployments that it may name, all of ours by default; `reach`: how far an
    endpoint of its own may lead. Raises RetrievalError if the deployment that it names is not there.
    """
    if wanted is None or wanted.type not in {"deployment_name", "endpoint"}:
        return None
    by: Deployment | Endpoint
    if wanted.type == "deployment_name":
        by = _deployment(name, wanted.deployment_name, Deployment.objects.usable() if among is None else among)
    else:
        by = replace(_endpoint(wanted), reach=reach)
    return partial(_embed, name, by, reader, wanted.dimensions)


async def _embed(
    name: str, by: Deployment | Endpoint, reader: Reader, dimensions: int | None, texts: list[str]
) -> list[list[float]]:
    try:
        return await embed(texts, by, reader=reader, dimensions=dimensions, input_type="query")
    except RetrievalError:
        raise
    except CompletionError as error:
        raise SourceVectors(name, f"its embedding failed: {error}") from error


def _deployment(name: str, wanted: str, among: QuerySet[Deployment]) -> Deployment:
    found = among.filter(name=wanted).first()
    if found is None:
        words = f"its embedding deployment “{wanted}” is not one of ours; choose one that is."
        raise SourceVectors(name, words)
    return found


def _endpoint(wanted: data_sources.Embedding) -> Endpoint:
    """An embedding endpoint of its own, with credentials of its own."""
    given = wanted.authentication
    key, bearer = (given.key, given.access_token) if given else ("", "")
    if found := _AZURE.fullmatch(wanted.endpoint.strip()):
        return Endpoint(kind="azure", address=found[1], model=found[2], key=key, bearer=bearer, api_version=API_VERSION)
    address = wanted.endpoint.strip().rstrip("/").removesuffix("/embeddings")
    return Endpoint(kind="openai", address=address, model=wanted.deployment_name, key=key or bearer)


def collections(read: data_sources.DataSource, reader: Reader) -> frozenset[int]:
    """Those of a local source's collections that this person may read."""
    if not isinstance(read.parameters, data_sources.Local):
        return frozenset()
    mine = Collection.objects.for_reader(reader).filter(conversation=None, name__in=read.parameters.collections)
    return frozenset(mine.values_list("pk", flat=True))


def _groups(source: DataSource, reader: Reader) -> tuple[str, ...]:
    """External ids of the reader's groups, for a source that filters by them."""
    if not source.access_filter:
        return ()
    ids = ExternalGroup.objects.held_by(reader)
    return tuple(ids.order_by("external_id").values_list("external_id", flat=True))
