"""The layer between processes goes on within this one while Redis is away, and reaches the others again afterwards."""

import asyncio
import logging
import shutil
import signal
import time

import pytest

from chatapp import layer
from conversations.outage import REDIS

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server"),
]


@pytest.fixture
async def two(redis):
    """The layers of two processes."""
    layers = [layer.Layer(hosts=[redis.address], prefix="test") for _ in range(2)]
    for each in layers:
        await until_reached(each)
    yield layers
    for each in layers:
        await each.flush()


@pytest.fixture(autouse=True)
def no_outage():
    REDIS.answered()
    yield
    REDIS.answered()


async def until_reached(of):
    for _ in range(100):
        await of.group_send("nobody", {"type": "x"})
        if not REDIS.away:
            return
        REDIS.answered()
        await asyncio.sleep(0.05)
    raise AssertionError("Redis does not answer")


async def member(of, group="all"):
    channel = await of.new_channel()
    await of.group_add(group, channel)
    return channel


async def heard(of, channel):
    async with asyncio.timeout(3):
        return (await of.receive(channel))["number"]


async def told(of, number):
    await of.group_send("all", {"type": "x", "number": number})


@pytest.mark.parametrize("away", [signal.SIGKILL, signal.SIGSTOP])
async def test_while_redis_is_away_pages_of_this_process_open_and_are_told(redis, two, away, caplog):
    here, _ = two
    early = await member(here)
    redis.process.send_signal(away)
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING):
        await told(here, 1)
        late = await member(here)
        await told(here, 2)
        await here.group_discard("all", early)
        await told(here, 3)
    assert [await heard(here, early) for _ in range(2)] == [1, 2]
    assert [await heard(here, late) for _ in range(2)] == [2, 3]
    assert time.monotonic() - begun < 8 * layer.PATIENCE
    gone = [each.message for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each.split("(")[0] for each in gone] == (["Redis is gone "] if away == signal.SIGKILL else [])


async def test_who_came_while_redis_was_away_is_told_by_other_processes_when_it_is_back(redis, two, caplog):
    here, there = two
    left, stays = await member(here, "left"), await member(here)
    redis.kill()
    await told(here, 1)
    await here.group_discard("left", left)
    late = await member(here)
    redis.start()
    await until_reached(there)
    caplog.clear()
    for _ in range(100):
        await told(there, 2)
        if [stays, late] == [each for each in (stays, late) if here._get_layer().channels[each].qsize() > 1]:
            break
        await asyncio.sleep(0.05)
    assert not caplog.records, "a connection from before is no outage"
    assert await heard(here, late) == 2
    assert [await heard(here, stays) for _ in range(2)] == [1, 2]
    [shard] = here._get_layer()._shards
    assert shard._subscribed_to == shard._wanted == {left, stays, late, "test__group__all"}
