"""On whose behalf something is read: a value that every query carries, so that permission is part of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    user_id: int
    group_ids: frozenset[int] = frozenset()
    scopes: frozenset[str] = frozenset()
