"""Real servers, each with a data folder of its own, on embedded defaults or in pairs on PostgreSQL and Redis."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from django.conf import settings

from tests.e2e.server import ROOT, Server, prepared


@contextmanager
def ended(server):
    try:
        yield server
    finally:
        if server.process:
            server.kill()


@pytest.fixture
def serve(tmp_path_factory, tmp_path):
    """A server on embedded defaults that is ready to start; keywords are its environment."""
    data = tmp_path / "data"
    shutil.copytree(prepared(tmp_path_factory.getbasetemp()), data)
    with ExitStack() as stack:
        yield lambda **environment: stack.enter_context(ended(Server(data, **environment)))


@pytest.fixture(scope="session")
def two_servers(tmp_path_factory):
    """Two servers on one new PostgreSQL database and on Redis."""
    data, name = tmp_path_factory.mktemp("pair"), f"chatapp_pair_{os.getpid()}"
    address, _, _ = settings.DATABASE_URL.rpartition("/")
    shared = {
        "DATABASE_URL": f"{address}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
    }
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as database, ExitStack() as stack:
        database.execute(f'CREATE DATABASE "{name}"')
        stack.callback(lambda: database.execute(f'DROP DATABASE "{name}" WITH (FORCE)'))
        one, two = (stack.enter_context(ended(Server(data, **shared))) for _ in range(2))
        one.start()  # it migrates, so the other one need not
        demo = [sys.executable, "manage.py", "demo"]
        subprocess.run(demo, cwd=ROOT, env=one.environment, check=True, capture_output=True)
        yield one, two


@pytest.fixture
def pair(two_servers):
    """Both of them running, whatever the test before did."""
    for server in two_servers:
        if server.process is None or server.process.poll() is not None:
            server.start()
    return two_servers
