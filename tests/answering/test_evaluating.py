"""Golden questions are asked as people ask, and each run says how it did."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from conversations.answering import evaluating
from conversations.answering.evaluating import evaluate
from conversations.completions.endpoints import Offline
from conversations.completions.offline.transport import OfflineTransport
from conversations.models import Call, Collection, DataSource, Evaluation, GoldenQuestion
from conversations.models.golden import LOST_AFTER
from tests import factories
from tests.admin.test_proofs import address
from tests.retrieval.local import put
from tests.talk import eventually

TRAVEL = b"# Travel\n\nTrains are booked in second class.\n\n# Hotels\n\nA hotel may cost 140 euros a night."
QUESTIONS = [("How many days of parental leave do you get?", "Leave"), ("What may a hotel cost a night?", "travel.md")]


@pytest.fixture
async def source(transactional_db, monkeypatch):
    monkeypatch.setattr(OfflineTransport.__init__, "__defaults__", (0,))
    kept = await Collection.objects.acreate(name="Handbook")
    await put(kept)
    await put(kept, TRAVEL, "travel.md")
    source = DataSource(name="Handbook")
    source.configure("local", {"collections": ["Handbook"]})
    await source.asave()
    for question, document in [*QUESTIONS, ("What is the melting point of tungsten?", "")]:
        await GoldenQuestion.objects.acreate(source=source, question=question, document=document)
    return source


async def run(source, deployment, person):
    return await evaluate(source, deployment, await sync_to_async(person.reader)())


async def test_a_good_source_finds_cites_and_refuses(source, offline, person):
    shares = (await run(source, offline, person)).shares
    assert shares == {"recall": 1, "citations": 1, "answered": 1, "refused": 1, "failed": 0}


async def test_its_tokens_are_written_down_beside_answers(source, offline, person):
    await run(source, offline, person)
    calls = [each async for each in Call.objects.order_by("pk")]
    assert {(each.person_id, each.deployment_id) for each in calls} == {(person.pk, offline.pk)}
    counted = [each.purpose for each in calls if each.prompt]
    assert (counted.count("evaluation"), counted.count("intent")) == (3, 3)


async def test_wrong_citations_show(source, offline, person, monkeypatch):
    monkeypatch.setattr(Offline, "transport", "tests.grounding.misbehaving.CitesWrongly")
    await put(await Collection.objects.aget(), b"# Days\n\nParental leave days are counted by HR.", "days.md")
    source.parameters = {**source.parameters, "strictness": 1}
    assert (await run(source, offline, person)).shares["citations"] < 1


async def test_what_a_person_may_not_read_is_not_found_for_them(source, offline, person):
    kept = await Collection.objects.aget()
    await kept.groups.aadd(await Group.objects.acreate(name="HR"))
    shares = (await run(source, offline, person)).shares
    assert (shares["recall"], shares["refused"]) == (0, 1)


async def test_a_run_knows_what_changed_since_the_one_before(source, offline, person):
    await run(source, offline, person)
    await GoldenQuestion.objects.filter(document="Leave").aupdate(document="Something else")
    second = await run(source, offline, person)
    assert (await sync_to_async(second.changes)())["recall"] == -0.5


async def test_a_source_that_fails_is_told_as_failed(source, offline, person):
    source.parameters = {**source.parameters, "query_type": "vector"}
    told = (await run(source, offline, person)).told
    assert {each.error for each in told} == {"source_vectors"}


@pytest.fixture
async def admin(administrator):
    return await factories.aclient_of(administrator)


@pytest.fixture
def held(monkeypatch):
    """Questions after the first two wait for this."""
    going_on, answered, outcome = asyncio.Event(), [], evaluating._outcome

    async def slowly(*arguments):
        answered.append(arguments)
        if len(answered) > 2:
            await going_on.wait()
        return await outcome(*arguments)

    monkeypatch.setattr(evaluating, "_outcome", slowly)
    monkeypatch.setattr(evaluating, "BEAT", 0.05)
    return going_on


async def shown(admin, source, words):
    """The part of the page with the last run, once it has these words."""
    async with asyncio.timeout(10):
        while words not in (page := (await admin.get(address("evaluate", source))).content.decode()):  # noqa: ASYNC110 - as a page does
            await asyncio.sleep(0.05)
    return page


async def test_the_button_begins_it_and_the_page_says_how_far_it_is(source, offline, admin, held):
    assert (await admin.post(address("evaluate", source))).status_code == 302
    assert "data-running" in await shown(admin, source, "2 of 3 questions are answered.")
    page = (await admin.get(address("change", source))).content.decode()
    assert "2 of 3 questions are answered." in page
    assert "golden.js" in page
    held.set()
    assert "data-running" not in await shown(admin, source, "Expected document was read</dt><dd>100 %")
    assert (await Evaluation.objects.aget()).ended


async def test_what_is_asked_already_is_not_asked_twice(source, offline, admin, held):
    for words in ("", "are being asked already"):
        page = (await admin.post(address("evaluate", source), follow=True)).content.decode()
        assert words in page
    assert await Evaluation.objects.acount() == 1
    held.set()
    await asyncio.gather(*evaluating._tasks)


async def test_a_beat_that_fails_is_not_the_last_one(source, offline, person, monkeypatch):
    beats, beat = [], Evaluation.beat

    def fails_once(row, **facts):
        beats.append(facts)
        if len(beats) == 1:
            raise OperationalError("database is locked")
        return beat(row, **facts)

    async def slowly(*arguments):
        await eventually(twice)
        return await outcome(*arguments)

    async def twice():
        return len(beats) > 1

    outcome = evaluating._outcome
    monkeypatch.setattr(Evaluation, "beat", fails_once)
    monkeypatch.setattr(evaluating, "BEAT", 0.05)
    monkeypatch.setattr(evaluating, "_outcome", slowly)
    assert not (await evaluate(source, offline, person.reader())).failed


async def test_a_run_whose_process_died_does_not_run_for_ever(source, offline, admin):
    await Evaluation.objects.acreate(source=source, documents=5, questions=3)
    assert "data-running" in await shown(admin, source, "0 of 3 questions are answered.")
    await Evaluation.objects.aupdate(beat_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    assert "data-running" not in await shown(admin, source, "This run came to no end: 0 of 3")
    await admin.post(address("evaluate", source))
    await shown(admin, source, "Expected document was read</dt><dd>100 %")


async def test_what_nobody_foresaw_ends_a_run_too(source, offline, admin, monkeypatch, caplog):
    async def broken(*_):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(evaluating, "_outcome", broken)
    await admin.post(address("evaluate", source))
    await shown(admin, source, "This run came to no end")
    assert "out of luck" in caplog.text


async def test_the_command_prints_it(source, offline, person, capsys):
    await sync_to_async(call_command)("evaluate", "Handbook", "--as", "alice")
    assert "recall      100.0%" in capsys.readouterr().out
    assert await Evaluation.objects.acount() == 1


async def test_the_command_asks_a_deployment_that_the_person_may_ask(source, offline, person):
    await offline.groups.aadd(await Group.objects.acreate(name="Others"))
    for given in ((), ("--deployment", offline.name)):
        with pytest.raises(CommandError, match="no such deployment that alice may ask"):
            await sync_to_async(call_command)("evaluate", "Handbook", "--as", "alice", *given)


async def test_the_command_says_what_it_does_not_find(source, offline, person):
    with pytest.raises(CommandError, match="no such active person"):
        await sync_to_async(call_command)("evaluate", "Handbook", "--as", "nobody")
