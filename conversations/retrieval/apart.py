"""The database from a thread of its own: what takes long must not hold up what is saved."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """`function`, to be awaited. It has a connection of its own: on SQLite a long transaction still stops writers."""
    found: Callable[P, Awaitable[R]] = database_sync_to_async(function, thread_sensitive=False)
    return found
