"""Finding passages: one adapter per type of data source, each speaking its own store's documented API."""

from conversations.retrieval.base import Hit, Retriever, Stage, retriever
from conversations.retrieval.errors import RetrievalError

__all__ = ["Hit", "RetrievalError", "Retriever", "Stage", "retriever"]
