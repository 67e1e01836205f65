"""While the database is away pages and programs are told so in words, and the log does not fill with one trace."""

import asyncio
import logging

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from chatapp.logs import Outages
from conversations.models import ApiKey, Call, Collection, Document, Purpose, call
from conversations.retrieval.ingest.adding import add
from conversations.views import documents
from tests import factories
from tests.api.conftest import Program, make_key


def gone(*_, **__):
    raise OperationalError("database is locked")


def wrong(*_, **__):
    raise OperationalError("no such column: x")


def test_a_page_says_that_the_database_is_away(person, monkeypatch):
    browser = factories.browser_of(person)
    browser.raise_request_exception = False
    monkeypatch.setattr(documents, "shell", gone)
    page = browser.get("/documents/")
    assert page.status_code == 503
    assert page["Retry-After"] == "5"
    assert "The database does not answer." in page.content.decode()


def test_a_fault_of_ours_is_no_outage(person, monkeypatch):
    browser = factories.browser_of(person)
    browser.raise_request_exception = False
    monkeypatch.setattr(documents, "shell", RuntimeError)
    assert browser.get("/documents/").status_code == 500


async def test_a_program_is_told_when_to_try_again(person, monkeypatch):
    program = Program(await sync_to_async(make_key)(person))
    monkeypatch.setattr(type(ApiKey.objects), "find", gone)
    response = await program.get("/v1/models")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "database_unavailable"
    assert response["Retry-After"] == "5"


async def test_what_was_spent_meanwhile_is_written_down_when_it_is_back(person, monkeypatch):
    monkeypatch.setattr(call, "AGAIN", 0.05)
    real, failures = call.Spent.add, iter(range(3))
    monkeypatch.setattr(
        call.Spent, "add", lambda *a, **k: gone() if next(failures, "none") != "none" else real(*a, **k)
    )
    await Call.note(Purpose.API, {"prompt_tokens": 7}, reader=person.reader(), deployment=None)
    assert not await Call.objects.aexists()
    async with asyncio.timeout(5):
        await asyncio.gather(*call._later)
    assert (await Call.objects.aget()).prompt == 7


@pytest.fixture
def written():
    """What a log of its own writes, of which an outage is told by `tell`."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(logging.Formatter("%(message)s").format(record))
    handler.addFilter(Outages())
    log = logging.Logger("written")
    log.addHandler(handler)

    def tell(words, raising=gone):
        try:
            raising()
        except OperationalError:
            log.exception(words)

    return tell, lines


def test_an_outage_leaves_each_line_once_and_no_trace(written):
    tell, lines = written
    for words in ("The one", "The other", "The one", "The one"):
        tell(words)
    assert lines == ["The one: database is locked", "The other: database is locked"]


def test_the_same_line_is_written_again_after_a_while(written, monkeypatch):
    tell, lines = written
    monkeypatch.setattr("chatapp.logs.QUIET", 0)
    for _ in range(2):
        tell("The one")
    assert len(lines) == 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite always says what is wrong")
def test_an_error_without_words_is_written_too(written):
    tell, lines = written

    def silent():
        raise OperationalError

    tell("The one", silent)
    assert lines == ["The one: OperationalError"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what only SQLite calls so")
def test_a_query_that_is_wrong_keeps_its_trace(written):
    tell, lines = written
    for _ in range(2):
        tell("Wrong", wrong)
    assert len(lines) == 2
    assert "Traceback" in lines[0]


def test_a_download_that_is_taken_slowly_holds_no_connection(person):
    response = factories.browser_of(person).post("/account/export")
    assert response.status_code == 200
    assert connection.connection is None


def test_the_file_of_an_upload_that_could_not_be_saved_is_not_kept(person, monkeypatch, settings, tmp_path):
    settings.DATA_DIR, collection = tmp_path, Collection.objects.create(name="Notes")
    monkeypatch.setattr(Document, "save", gone)
    with pytest.raises(OperationalError):
        add(collection, "notes.md", b"# Notes\n\nSome words.", person)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
