"""The cache that processes share through Redis: counts of throttles, and what was noticed lately.

Nothing in it is worth a failed page. While Redis is away each process counts for itself.
"""

from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from conversations.outage import REDIS

PATIENCE = 1.0  # seconds a page waits for Redis
OPTIONS = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}


class Cache(BaseCache):
    """Redis at `location`, or this process's memory while Redis does not answer."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = RedisCache(location, {**params, "OPTIONS": OPTIONS})
        self._own = LocMemCache("while Redis is away", params)

    def _do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not REDIS.away:
            try:
                found = getattr(self._shared, name)(*args, **kwargs)
            except RedisError as error:
                REDIS.noticed(error)
            else:
                REDIS.answered()
                return found
        return getattr(self._own, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("incr", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._do("has_key", *args, **kwargs)

    def clear(self) -> None:
        self._do("clear")
