"""A PostgreSQL that is gone, or was started anew, fails few and soon; without one nobody waits for long."""

import copy
import logging
import socket
import threading
import time

import pytest
from django import db
from django.conf import settings

from chatapp import postgres
from chatapp.postgres import base
from conversations.outage import DATABASE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATABASE_URL.startswith("postgres"), reason="needs PostgreSQL"),
]


@pytest.fixture(autouse=True)
def no_outage():
    DATABASE.answered()
    yield
    DATABASE.answered()


@pytest.fixture
def connect():
    """Another connection of the same pool, which is this test's own; `facts` are in place of the settings'."""
    made = []

    def connected(**facts):
        options = {**db.connection.settings_dict["OPTIONS"], "pool": {**postgres.POOL, "timeout": 0.5}}
        found = {**copy.deepcopy(db.connection.settings_dict), "OPTIONS": options, **facts}
        made.append(base.DatabaseWrapper(found, alias="outage"))
        return made[-1]

    yield connected
    for each in made:
        each.close()
    if made:
        made[0].close_pool()


def pid(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def closed_port():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return closed.getsockname()[1]


def test_connections_from_before_a_restart_are_given_to_nobody(connect):
    before = [connect() for _ in range(5)]
    pids = [pid(each) for each in before]
    for each in before:
        each.close()
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(each, 1000)) FROM unnest(%s) AS each", [pids])
    begun = time.monotonic()
    assert not {pid(each) for each in before} & set(pids)
    assert time.monotonic() - begun < 3


def test_while_it_is_gone_one_waits_and_the_others_are_told_at_once(connect, caplog):
    gone = connect(PORT=closed_port())
    with caplog.at_level(logging.WARNING, "conversations"), pytest.raises(db.OperationalError):
        pid(gone)
    begun = time.monotonic()
    for _ in range(100):
        with pytest.raises(db.OperationalError, match="a moment ago"):
            pid(gone)
    assert time.monotonic() - begun < 0.4
    assert [each.message[:20] for each in caplog.records if each.levelno == logging.WARNING] == ["The database is gone"]
    gone.close_pool()
    DATABASE._until = 0.0
    with caplog.at_level(logging.WARNING):
        assert pid(connect())
    assert caplog.records[-1].message.startswith("The database is back")


def test_however_many_pages_wait_there_is_a_connection_for_what_must_be_saved(connect, monkeypatch):
    monkeypatch.setattr(base, "_seats", threading.BoundedSemaphore(1))
    monkeypatch.setattr(base, "PATIENCE", 0.2)
    one, another, saving = (connect() for _ in range(3))
    saving.reserved = True
    assert pid(one)
    with pytest.raises(db.OperationalError, match="in use"):
        pid(another)
    assert pid(saving)
    assert not DATABASE.away, "that is no outage"
    one.close()
    assert pid(another)


def test_who_fails_leaves_a_seat_to_the_next(connect, monkeypatch):
    monkeypatch.setattr(base, "_seats", threading.BoundedSemaphore(1))
    for _ in range(3):
        with pytest.raises(db.OperationalError):
            pid(connect(PORT=closed_port()))
    assert base._seats.acquire(blocking=False)


def test_who_waits_for_a_pool_that_is_put_away_gets_a_connection_of_the_next(connect):
    options = {**db.connection.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1, "timeout": 5}}
    first, second = (connect(OPTIONS=options) for _ in range(2))
    assert pid(first)
    found = []
    waiting = threading.Thread(target=lambda: found.append(_pid_and_close(second)))
    second.inc_thread_sharing()
    waiting.start()
    while not first.pool.get_stats().get("requests_waiting"):
        time.sleep(0.01)
    first._put_away(first.pool)
    waiting.join(3)
    assert len(found) == 1


def _pid_and_close(connection):
    try:
        return pid(connection)
    finally:
        connection.close()
