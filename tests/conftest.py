"""What most tests stand on: people, deployments, a browser tab without a browser."""

import asyncio
import math
import uuid

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.conf import settings
from django.db import connection
from django.test import AsyncClient

from conversations import generation
from conversations.completions import net
from conversations.generation import runner
from tests import factories
from tests.redis_server import Redis
from tests.upstream import FakeUpstream

# A worker takes whole files: one that begins a long one last would be waited for.
LONGEST = ("grounding/test_permissions", "crash/", "test_canaries", "e2e/", "api/passed/", "models/test_migrations")


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: next((place[name] for name in LONGEST if name in item.nodeid), len(LONGEST)))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL drops no database while a thread of a finished test still holds a connection to it."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def plain_and_fast(settings):
    """Passwords that cost nothing, static files without a manifest, a cache of each test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(uuid.uuid4())}
    }


@pytest.fixture(autouse=True)
def the_database_first(request):
    """Set up first is torn down last: answers end while their database is still there."""
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")


@pytest.fixture(autouse=True)
async def nothing_left_behind(the_database_first):
    """A layer for each test's loop, and no task, client or answer that outlives its test."""
    channel_layers.backends.clear()
    runner._blind_since = -math.inf
    yield
    for running in list(runner._running.values()):
        running.end(None)
    if runner._tasks:
        await asyncio.wait(runner._tasks, timeout=5)
    await net.aclose()
    left = list(runner._running)
    runner._running.clear()
    assert not left, f"answers still running after the test: {left}"


@pytest.fixture
def person(transactional_db):
    return factories.make_person("alice")


@pytest.fixture
def stranger(transactional_db):
    return factories.make_person("mallory")


@pytest.fixture
def administrator(transactional_db):
    return factories.make_person("root", is_staff=True, is_superuser=True)


@pytest.fixture
def offline(transactional_db):
    return factories.make_deployment("offline", kind="offline")


@pytest.fixture
async def upstream():
    async with FakeUpstream() as upstream:
        yield upstream


@pytest.fixture
async def deployment(transactional_db, upstream):
    """One that is answered by the scripted upstream."""
    return await sync_to_async(factories.make_deployment)("model", address=f"{upstream.address}/v1")


@pytest.fixture
def browser(person):
    """A synchronous client of `person`, for pages alone."""
    return factories.browser_of(person)


@pytest.fixture
def signed_in(person):
    """An asynchronous client of `person`."""
    return factories.client_of(person)


@pytest.fixture
def anonymous():
    return AsyncClient()


async def settled() -> None:
    """Wait until every answer of this process has ended."""
    while runner._tasks:
        await asyncio.wait(runner._tasks, timeout=10)


__all__ = ["generation", "settings", "settled"]


@pytest.fixture
def redis():
    """A server of this test's own."""
    server = Redis()
    server.start()
    yield server
    server.kill()
