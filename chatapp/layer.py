"""The layer between processes, in Redis. While Redis is away, what is told still reaches the pages of this process.

A socket opens without Redis, too: what it could not subscribe to is subscribed to when Redis answers again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from channels_redis.utils import _wrap_close
from redis.exceptions import RedisError

from conversations.outage import REDIS

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that telling and subscribing wait for Redis
LOOK = 0.1  # seconds between two looks for messages
AGAIN = 1.0  # seconds after a failed one
GONE = (RedisError, OSError, TimeoutError)


class Layer(RedisPubSubChannelLayer):
    def _get_layer(self) -> "LoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        found: LoopLayer = self._layers[loop]
        return found


class LoopLayer(RedisPubSubLoopLayer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shards: list[Shard] = [Shard(each.host, self) for each in self._shards]


class Shard(RedisSingleShardConnection):
    def __init__(self, host: Any, layer: LoopLayer) -> None:
        super().__init__(host, layer)
        self._wanted: set[str] = set()
        self._behind = False  # is there anything wanted and not subscribed to, or the other way round?

    async def publish(self, channel: str, message: bytes) -> None:
        if not REDIS.away:
            try:
                async with asyncio.timeout(PATIENCE):
                    await super().publish(channel, message)
            except TimeoutError:
                pass  # whether it is away is for others to find out: we may only be busy
            except GONE as error:
                REDIS.noticed(error)
            else:
                REDIS.answered()
                return
        self._receive_message({"channel": channel, "data": message})

    async def subscribe(self, channel: str) -> None:
        self._wanted.add(channel)
        self._ensure_redis()
        self._ensure_receiver()
        await self._try(super().subscribe, channel)

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        await self._try(super().unsubscribe, channel)

    async def flush(self) -> None:
        self._wanted.clear()
        await super().flush()

    async def _try(self, change: Callable[[str], Awaitable[None]], channel: str) -> None:
        if REDIS.away:
            self._behind = True
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await change(channel)
        except GONE:  # the receiver tries again, and finds out whether Redis is gone
            self._behind = True

    async def _do_receiving(self) -> None:
        failures = 0
        while True:
            try:
                if self._behind and not REDIS.away:
                    await self._catch_up()
                await self._receive()
                failures = 0
            except GONE as error:
                failures += 1
                if failures > 1:  # the first may only mean that the connection from before an outage is dead
                    REDIS.noticed(error)
                    await asyncio.sleep(AGAIN)
            except Exception:  # one message: those after it must still be received
                log.exception("A message of Redis could not be read")
                await asyncio.sleep(AGAIN)

    async def _receive(self) -> None:
        if self._pubsub.subscribed:
            self._receive_message(await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=LOOK))
        else:
            await asyncio.sleep(LOOK)

    async def _catch_up(self) -> None:
        self._behind = False
        for channel in self._wanted - self._subscribed_to:
            await self.subscribe(channel)
        for channel in self._subscribed_to - self._wanted:
            await self.unsubscribe(channel)
