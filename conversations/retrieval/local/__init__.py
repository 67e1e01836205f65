"""Our own documents: words by the database's full text, meanings by exact comparison of vectors, or both."""

from conversations.retrieval.local.local import Local

__all__ = ["Local"]
