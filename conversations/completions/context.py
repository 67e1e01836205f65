"""`context` of an answer: what was retrieved, what is cited, and what was searched for, in the wire's shape.

Azure OpenAI REST reference 2024-10-01-preview: azureChatExtensionsMessageContext, citation, retrievedDocument,
filterReason.
"""

import json
from typing import Any

import msgspec
from msgspec import Struct

SCORE, RERANK = "score", "rerank"  # filter_reason: below the threshold; above it, but not among the best


class Citation(Struct, omit_defaults=True, kw_only=True):
    """A document that the answer may cite; `[docN]` is the Nth of them, from 1."""

    content: str
    title: str | None = None
    url: str | None = None
    filepath: str | None = None
    chunk_id: str | None = None
    rerank_score: float | None = None


class RetrievedDocument(Citation, omit_defaults=True, kw_only=True):
    search_queries: list[str] = msgspec.field(default_factory=list)
    data_source_index: int = msgspec.field(default_factory=lambda: 0)  # sent also when it is 0
    original_search_score: float | None = None
    filter_reason: str | None = None  # None: it was given to the model


class Context(Struct, omit_defaults=True, kw_only=True):
    """`intent` is a string that holds a JSON list of the search queries, as the service sent it."""

    citations: list[Citation] | None = None
    intent: str | None = None
    all_retrieved_documents: list[RetrievedDocument] | None = None


def intent(queries: list[str]) -> str:
    return json.dumps(queries, ensure_ascii=False)


def queries(said: Any) -> list[str]:
    """The queries of an intent that a client sends back: a JSON list in a string, or a plain string."""
    if not isinstance(said, str) or not said.strip():
        return []
    try:
        found = json.loads(said)
    except ValueError:
        return [said.strip()]
    if isinstance(found, list):
        return [each.strip() for each in found if isinstance(each, str) and each.strip()]
    return [said.strip()]
