"""How many requests a minute a key may still make: counted in the cache, so for all processes that share one."""

import time

from asgiref.sync import sync_to_async
from django.core.cache import cache

from conversations.api.errors import LIMITED, ApiError
from conversations.models import ApiKey

MINUTE = 60


async def take(key: ApiKey) -> dict[str, str]:
    """Count a request of `key`; what is left, as headers in their official names. Raises ApiError (429)."""
    if not key.rate:
        return {}
    minute, second = divmod(int(time.time()), MINUTE)
    used = await sync_to_async(_count)(f"api-rate:{key.pk}:{minute}")
    wait = MINUTE - second
    if used > key.rate:
        words = f"This API key may make {key.rate:,} requests a minute. Try again in {wait} seconds."
        raise ApiError(429, words, type=LIMITED, code="rate_limit_exceeded", wait=wait)
    return {
        "x-ratelimit-limit-requests": str(key.rate),
        "x-ratelimit-remaining-requests": str(key.rate - used),
        "x-ratelimit-reset-requests": f"{wait}s",
    }


def _count(name: str) -> int:
    cache.add(name, 0, MINUTE)
    try:
        return cache.incr(name)
    except ValueError:  # it went between the two
        cache.set(name, 1, MINUTE)
        return 1
