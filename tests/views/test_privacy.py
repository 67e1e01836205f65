"""A person takes all of their data away, and deletes all of it; nobody else's is part of either."""

import io
import json
import uuid
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from conversations.models import (
    Assistant,
    AuditEntry,
    Conversation,
    Document,
    Evidence,
    Feedback,
    Message,
    Prompt,
    attached,
)
from conversations.models.stored import store
from conversations.views import archive
from tests import factories


@pytest.fixture
def data(person, stranger, offline):
    """A conversation with a file, an archived one, a prompt and feedback; the same of somebody else."""
    for owner in (person, stranger):
        conversation = factories.make_conversation(owner, deployment=offline, text=f"Trip of {owner}")
        turn = factories.make_turn(conversation, f"Where does {owner} go?", "To Rome.[doc1]")
        factories.make_evidence(turn.answer, title="Guide")
        Feedback.objects.create(message=turn.answer, owner=owner, good=True, comment=f"Thanks from {owner}")
        file, digest = store(f"Bring {owner}'s hat. ".encode() * 40_000)
        Document.objects.create(
            collection=attached.collection_of(conversation),
            title="List",
            filename="list.txt",
            kind="txt",
            file=file,
            size=9,
            sha256=digest,
        )
        factories.make_conversation(owner, deployment=offline, text="Put away", archived=True)
        prompt = Prompt.objects.create(owner=owner, name=f"Style of {owner}")
        Conversation.objects.filter(pk=conversation.pk).update(prompt=prompt.write("Be brief."))
    return Conversation.objects.get(owner=person, title="Trip of alice")


async def taken(client):
    response = await client.post("/account/export")
    assert response.status_code == 200
    pieces = [piece async for piece in response.streaming_content]
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces))), pieces


async def test_the_zip_has_everything_and_nobody_elses(data, signed_in, person):
    found, _ = await taken(signed_in)
    assert found.testzip() is None
    names = found.namelist()
    assert {"account.json", "prompts.json", "feedback.json", "audit.json"} <= set(names)
    markdown = [name for name in names if name.endswith(".md")]
    assert len(markdown) == 2
    trip = next(name for name in markdown if "trip-of-alice" in name)
    assert "Where does alice go?" in found.read(trip).decode()
    tree = json.loads(found.read(trip.replace(".md", ".json")))
    assert [each["role"] for each in tree["messages"]] == ["user", "assistant"]
    file = next(name for name in names if name.endswith("list.txt"))
    assert found.read(file).startswith(b"Bring alice's hat.")
    assert json.loads(found.read("prompts.json"))[0]["versions"] == [{"number": 1, "text": "Be brief."}]
    assert "Thanks from alice" in found.read("feedback.json").decode()
    assert "mallory" not in "".join(found.read(name).decode() for name in names)
    assert await AuditEntry.objects.filter(verb="data.export", person_id=person.pk).aexists()


async def test_it_is_sent_in_pieces(data, signed_in, monkeypatch):
    monkeypatch.setattr(archive, "PIECE", 1 << 16)
    _, pieces = await taken(signed_in)
    assert len(pieces) > 12  # the file alone is 800 kB


async def test_a_lost_file_is_said_to_be(data, signed_in):
    await Document.objects.aupdate(file=uuid.uuid4().hex)
    found, _ = await taken(signed_in)
    assert [name for name in found.namelist() if name.endswith("list.txt.missing.txt")]


def test_nothing_is_deleted_without_the_name(data, browser):
    page = browser.post("/account/delete-data", {"name": "Alice"}, follow=True).content.decode()
    assert 'aria-describedby="delete-name-wrong"' in page
    assert "Nothing was deleted" in page
    assert Conversation.objects.count() == 4
    assert browser.get("/account/delete-data").status_code == 405


def test_all_is_deleted_for_good_with_files_and_evidence(data, browser, person, stranger):
    path = attached.files(data).get().path
    page = browser.post("/account/delete-data", {"name": "alice"}, follow=True).content.decode()
    assert "2 conversations were deleted for good" in page
    assert not Conversation.objects.filter(owner=person).exists()
    assert not Message.objects.filter(owner=person).exists()
    assert not Prompt.objects.filter(owner=person).exists()
    assert not path.exists()
    assert Conversation.objects.filter(owner=stranger).count() == 2
    assert Evidence.objects.count() == 1
    assert Feedback.objects.get().owner == stranger
    entry = AuditEntry.objects.get(verb="data.delete")
    assert (entry.person_id, entry.note) == (person.pk, "2 conversations")


def database():
    """All bytes of the file, with what was written last."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(connection.settings_dict["NAME"]).read_bytes()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's VACUUM does this")
def test_no_word_of_it_is_left_in_the_file_of_the_database(browser, person, offline):
    for number in range(30):
        conversation = factories.make_conversation(person, deployment=offline, text=f"zebrafish {number}")
        factories.make_turn(conversation, "The zebrafish?", "Yes, zebrafish.")
    assert b"zebrafish" in database()
    browser.post("/account/delete-data", {"name": "alice"})
    assert b"zebrafish" not in database()


@pytest.fixture
def assistants(person, stranger, offline):
    """One of this person alone, one with somebody else, and one of theirs that somebody else has talked with."""
    alone, common, asked = (
        factories.make_assistant(each, deployment=offline, instructions=f"{each} words")
        for each in ("Alone", "Common", "Asked")
    )
    for each in (alone, common, asked):
        each.keep_to(person)
    common.owners.add(stranger)
    factories.make_conversation(person, deployment=offline, assistant=alone)
    factories.make_conversation(stranger, deployment=offline, assistant=asked)


async def test_the_zip_has_assistants_of_one_s_own(assistants, signed_in):
    made = json.loads((await taken(signed_in))[0].read("assistants.json"))
    assert {each["versions"][0]["text"] for each in made} == {"Alone words", "Asked words"}


def test_assistants_of_one_s_own_are_deleted(assistants, browser, person, stranger):
    page = browser.post("/account/delete-data", {"name": "alice"}, follow=True).content.decode()
    assert "Others have conversations with your assistant “Asked”" in page
    assert [(each.name, each.enabled) for each in Assistant.objects.order_by("name")] == [
        ("Asked", False),
        ("Common", True),
    ]
    assert not Assistant.objects.of(person).exists()
    assert set(Assistant.objects.get(name="Common").owners.all()) == {person, stranger}
    assert not Prompt.objects.filter(name="Alone").exists()


def test_many_are_deleted_too(person, browser):
    for _ in range(25):
        factories.make_conversation(person)
    browser.post("/account/delete-data", {"name": "alice"})
    assert not Conversation.objects.exists()


def test_a_prompt_that_others_use_stays_as_it_is(data, browser, person, stranger):
    version = Prompt.objects.get(name="Style of alice").latest
    Conversation.objects.filter(owner=stranger).update(prompt=version)
    page = browser.post("/account/delete-data", {"name": "alice"}, follow=True).content.decode()
    assert Prompt.objects.get(name="Style of alice").owner == person
    assert "Others use your prompt" in page
