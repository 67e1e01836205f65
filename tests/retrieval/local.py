"""A collection with documents that have been read, and a way to search it."""

from asgiref.sync import sync_to_async

from conversations.completions import data_sources
from conversations.models import Collection, Document
from conversations.retrieval.base import Access, Setting, retriever
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add

LEAVE = b"# Parental leave\n\nYou get 90 days of parental leave. Your manager approves it.\n\n"
LEAVE += b"# Other\n\nAsk People Operations."
TRAVEL = "# Dienstreisen\n\nDie Bahnfahrt erstattet die Buchhaltung; Verträge prüft die Rechtsabteilung.".encode()
KOREAN = "# 휴가 규정\n\n육아휴직은 구십 일이며 팀장이 승인합니다.".encode()


async def collection(name="Handbook", **facts):
    return await Collection.objects.acreate(name=name, **facts)


async def queued(kept, content=LEAVE, name="leave.md"):
    return (await sync_to_async(add)(kept, name, content, None)).document


async def put(kept, content=LEAVE, filename="leave.md"):
    """Add a file and read all that is queued; the document as it is then."""
    added = await sync_to_async(add)(kept, filename, content, None)
    await runner.run_out()
    return await Document.objects.aget(pk=added.document.pk)


async def search(kept, query, limit=5, *, query_type="vector_simple_hybrid", collections=None, reader=None):
    parameters = {"collections": [each.name for each in collections or [kept]], "query_type": query_type}
    source = data_sources.read({"type": "local", "parameters": parameters})
    readable = frozenset() if kept is None else frozenset({kept.pk})
    adapter = retriever(Setting("Handbook", source, Access(collections=readable, reader=reader)))
    return await adapter.widen(await adapter.search(query, limit))
