"""Sockets that pymongo left to the collector are not found in somebody else's test."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from conversations.models import near


@pytest.fixture(autouse=True, scope="module")
def _collected() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def _in_the_database(monkeypatch):
    """With pgvector even the smallest collection is searched there."""
    monkeypatch.setattr(near, "WORTH", 1)
