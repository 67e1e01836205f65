"""The cache goes on in this process while Redis is away or hangs, and returns to it."""

import logging
import shutil
import socket
import time

import pytest
from redis.exceptions import ConnectionError as Gone

from chatapp import cache
from conversations.outage import REDIS
from tests.redis_server import Redis


@pytest.fixture(autouse=True)
def no_outage():
    """Whatever came before and comes after finds Redis as it is."""
    REDIS.answered()
    yield
    REDIS.answered()
    cache.LocMemCache("while Redis is away", {}).clear()


def count(made):
    made.add("count", 0, 60)
    return made.incr("count")


def test_without_redis_this_process_counts_for_itself(caplog):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        made = cache.Cache(f"redis://127.0.0.1:{closed.getsockname()[1]}/0", {})
        with caplog.at_level(logging.WARNING):
            assert [count(made) for _ in range(3)] == [1, 2, 3]
        assert [made.add("seen", True, 60) for _ in range(2)] == [True, False]
        assert len([each for each in caplog.records if each.name == "conversations.outage"]) == 1


def test_one_that_hangs_is_waited_for_once():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        made = cache.Cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        assert made.get("anything", "nothing") == "nothing"
        assert REDIS.away
        silent.close()
        assert made.get("anything", "nothing") == "nothing"


@pytest.mark.servers
@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server")
def test_when_it_is_back_it_counts_for_all_again():
    server = Redis()
    made = cache.Cache(server.address, {})
    assert count(made) == 1
    server.start()
    try:
        REDIS.answered()
        _until_it_answers(made)
        assert [count(made), count(cache.Cache(server.address, {}))] == [1, 2]
        made.set("kept", "here", 60)
        assert [made.has_key("kept"), made.get("kept"), made.touch("kept", 60)] == [True, "here", True]
        made.delete("kept")
        assert made.get("kept") is None
        made.clear()
        assert count(made) == 1
    finally:
        server.kill()


def _until_it_answers(made):
    for _ in range(100):
        try:
            made._shared.get("anything")
            return
        except Gone:
            time.sleep(0.05)
    raise AssertionError("Redis does not answer")
