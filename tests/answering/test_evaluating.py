"""Golden questions are asked as people ask, and each run says how it did."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from conversations.answering.evaluating import evaluate
from conversations.completions.endpoints import Offline
from conversations.completions.offline.transport import OfflineTransport
from conversations.models import Collection, DataSource, Evaluation, GoldenQuestion
from tests.retrieval.local import put

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


async def test_the_command_prints_it(source, offline, person, capsys):
    await sync_to_async(call_command)("evaluate", "Handbook", "--as", "alice")
    assert "recall      100.0%" in capsys.readouterr().out
    assert await Evaluation.objects.acount() == 1


async def test_the_command_says_what_it_does_not_find(source, offline, person):
    with pytest.raises(CommandError, match="no such active person"):
        await sync_to_async(call_command)("evaluate", "Handbook", "--as", "nobody")
