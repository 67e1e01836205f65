"""Answers from files of the conversation: searched with every question, waited for while they are read, or seen."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from conversations import generation
from conversations.models import Collection, Conversation, DataSource, Deployment, Document, Stage, attached
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from conversations.retrieval.ingest.attaching import attach
from tests import factories
from tests.conftest import settled
from tests.pictures import picture
from tests.talk import Talk, eventually

SHED = b"# Bicycles\n\nThe bicycle shed closes at ten in the evening.\n\n# Parking\n\nVisitors park on level two."


@pytest.fixture
def talk(person, signed_in, offline):
    return Talk(person, signed_in)


@pytest.fixture
def scripted(person, signed_in, deployment):
    return Talk(person, signed_in)


@sync_to_async
def put(talk, content=SHED, name="shed.md"):
    return attach(Conversation.prepare(talk.person, talk.pk), name, content, talk.person)


async def test_an_attached_file_answers_and_is_cited(talk):
    document = await put(talk)
    await runner.run_out()
    answer = await talk.asked("When does the bicycle shed close?", file=document.pk)
    assert "closes at ten" in answer.text
    evidence = await answer.evidence.aget(number=1)
    assert (evidence.source_id, evidence.source_name, evidence.document) == (None, "Attached files", str(document.pk))
    assert await evidence.citations.aexists()


async def test_it_comes_before_a_source_that_says_something_similar(talk):
    handbook = await Collection.objects.acreate(name="Handbook")
    await sync_to_async(add)(handbook, "leave.md", b"# Leave\n\nEmployees have 30 days of annual leave a year.", None)
    source = DataSource(name="Handbook", on_by_default=True)
    source.configure("local", {"collections": ["Handbook"], "strictness": 1})
    await source.asave()
    document = await put(talk, b"# Offer\n\nYou have 28 days of annual leave each year.", "offer.md")
    await runner.run_out()
    answer = await talk.asked("How many days of annual leave are there?", file=document.pk)
    names = [each.source_name async for each in answer.evidence.filter(number__gt=0).order_by("number")]
    assert names == ["Attached files", "Handbook"]
    assert "28 days" in answer.text


async def test_it_answers_later_questions_too(talk):
    document = await put(talk)
    await runner.run_out()
    await talk.asked("hello", file=document.pk)
    assert "level two" in (await talk.asked("Where do visitors park?")).text


async def test_files_of_another_conversation_are_not_looked_into(talk, person, signed_in):
    document = await put(talk)
    await runner.run_out()
    await talk.asked("hello", file=document.pk)
    answer = await Talk(person, signed_in).asked("When does the bicycle shed close?")
    assert "ten in the evening" not in answer.text
    assert not await answer.evidence.aexists()


async def test_a_source_that_names_a_collection_so_does_not_reach_them(talk, person):
    await put(talk)
    await runner.run_out()
    source = await sync_to_async(factories.make_source)()
    source.configure("local", {"collections": [attached.NAME]})
    await source.asave()
    from conversations.answering import sources

    made = await sync_to_async(sources.setting)(source, await sync_to_async(person.reader)())
    assert made.access.collections == frozenset()


async def test_a_question_that_names_nothing_of_it_reads_it_from_its_beginning(scripted, upstream):
    document = await put(scripted)
    await runner.run_out()
    upstream.reply('["summary"]').reply("It is about a shed. [doc1]")
    await scripted.asked("Summarise this.", file=document.pk)
    system = upstream.requests[-1].json["messages"][0]["content"]
    assert system.index("The bicycle shed closes") < system.index("Visitors park on level two")


async def test_it_is_read_even_if_nothing_seems_to_be_looked_up(scripted, upstream):
    document = await put(scripted)
    await runner.run_out()
    upstream.reply("[]").reply("It is about a shed.").reply("[]").reply("You are welcome.")
    await scripted.asked("In French, please.", file=document.pk)
    assert "The bicycle shed closes" in upstream.requests[-1].json["messages"][0]["content"]
    await scripted.asked("Thanks")
    assert "The bicycle shed closes" not in upstream.requests[-1].json["messages"][0]["content"]


async def test_a_question_waits_for_a_file_that_is_being_read(talk):
    document = await put(talk)
    await talk.ask("When does the bicycle shed close?", file=document.pk)
    answer = await talk.answer()

    async def told():
        live = generation.runner.live(answer.pk)
        return live is not None and live.reading == ("shed.md",)

    await eventually(told)
    await runner.run_out()
    await settled()
    assert "closes at ten" in (await talk.answer()).text
    assert "unread" not in (await talk.attempt()).facts


async def test_it_does_not_wait_for_ever_and_says_so(talk, settings, signed_in):
    settings.READING_PATIENCE = 0.1
    document = await put(talk)
    await talk.asked("When does the bicycle shed close?", file=document.pk)
    assert (await talk.attempt()).facts["unread"] == ["shed.md"]
    page = (await signed_in.get(f"/c/{talk.pk}/")).content.decode()
    assert "Answered without shed.md, which was still being read." in page


async def test_one_that_fails_meanwhile_is_told(talk):
    document = await put(talk, b"%PDF-1.4 nothing more", "broken.pdf")
    await talk.ask("When does the bicycle shed close?", file=document.pk)
    await runner.run_out()
    await settled()
    assert (await talk.attempt()).facts["unreadable"] == ["broken.pdf"]


async def test_stop_ends_the_waiting(talk):
    document = await put(talk)
    await talk.ask("When does the bicycle shed close?", file=document.pk)
    answer = await talk.answer()
    await asyncio.sleep(0)
    await talk.command("stop", answer)
    await settled()
    assert (await talk.answer()).state == "stopped"


@pytest.fixture
async def seeing(scripted, deployment):
    await Deployment.objects.filter(pk=deployment.pk).aupdate(capabilities={"images": True})
    return scripted


def parts(request):
    return [each["content"] for each in request.json["messages"] if each["role"] == "user"]


async def test_a_picture_is_sent_with_its_question_and_again_with_the_next(seeing, upstream):
    shown = await put(seeing, picture(), "face.png")
    upstream.reply("A red card.").reply("Red, as I said.")
    await seeing.asked("What is this?", file=shown.pk)
    ((text, shown),) = parts(upstream.requests[-1])
    assert text == {"type": "text", "text": "What is this?"}
    assert shown["image_url"]["url"].startswith("data:image/png;base64,")
    await seeing.asked("Are you sure?")
    first, second = parts(upstream.requests[-1])
    assert (first, second) == ([text, shown], "Are you sure?")


async def test_a_deployment_that_cannot_see_is_asked_without_and_says_so(seeing, upstream, deployment):
    shown = await put(seeing, picture(), "face.png")
    upstream.reply("A red card.").reply("I cannot know.")
    answer = await seeing.asked("What is this?", file=shown.pk)
    await Deployment.objects.filter(pk=deployment.pk).aupdate(capabilities={})
    await seeing.command("regenerate", answer)
    await settled()
    assert parts(upstream.requests[-1]) == ["What is this?"]
    assert (await seeing.attempt()).facts["unreadable"] == ["face.png"]


async def test_a_picture_is_not_searched(seeing, upstream):
    shown = await put(seeing, picture(), "face.png")
    upstream.reply("A red card.")
    answer = await seeing.asked("What is this?", file=shown.pk)
    assert len(upstream.requests) == 1
    assert not await answer.evidence.aexists()
    assert (await Document.objects.aget()).state == Stage.READY
    assert await Collection.objects.acount() == 1
