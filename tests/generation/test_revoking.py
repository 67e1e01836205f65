"""Who is suspended or loses a grant: the answer that is being written for them ends, and what came stays."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group

from conversations.generation import revoke
from conversations.models import Collection, Evidence, Message, State, User
from tests import factories
from tests.conftest import settled


@pytest.fixture
def group(person):
    made = Group.objects.create(name="Finance")
    person.groups.add(made)
    return made


async def ended(talk, upstream, lose):
    upstream.stall("Half of ", "it")
    await talk.ask()
    await talk.writing("Half of it")
    await sync_to_async(lose)()
    closed = await upstream.closed(within=2)
    await settled()
    answer = await talk.answer()
    return closed, answer.state, answer.text


async def test_a_lost_group_ends_what_its_deployment_writes(talk, upstream, deployment, person, group):
    await deployment.groups.aadd(group)
    told = await ended(talk, upstream, lambda: person.groups.remove(group))
    assert told == (True, State.STOPPED, "Half of it")


async def test_so_does_a_denial(talk, upstream, deployment, group):
    told = await ended(talk, upstream, lambda: deployment.denied.add(group))
    assert told == (True, State.STOPPED, "Half of it")


async def test_so_does_a_group_that_is_deleted(talk, upstream, deployment, group):
    await deployment.groups.aadd(group)
    told = await ended(talk, upstream, group.delete)
    assert told == (True, State.STOPPED, "Half of it")


async def test_so_does_a_suspension(talk, upstream, deployment, person):
    def suspend():
        found = User.objects.get(pk=person.pk)
        found.is_active = False
        found.save()

    assert await ended(talk, upstream, suspend) == (True, State.STOPPED, "Half of it")


async def test_so_does_a_lost_collection_that_it_was_given_to_read(talk, upstream, deployment, person, group):
    def lose():
        made = Collection.objects.create(name="Secret")
        made.groups.add(group)
        document = factories.make_document(made, "Plan", "The plan is secret.")
        answer = Message.objects.running().get()
        facts = {"source_name": "Local", "document": str(document.pk), "collection": made, "content": "secret"}
        Evidence.objects.create(message=answer, position=0, number=1, **facts)
        assert revoke() == 0
        person.groups.remove(group)

    assert await ended(talk, upstream, lose) == (True, State.STOPPED, "Half of it")


async def test_who_keeps_their_grants_keeps_their_answer(talk, upstream, deployment, person, group):
    other = await Group.objects.acreate(name="Other")
    await sync_to_async(factories.make_deployment)("second")
    upstream.stall("Half of ", "it")
    await talk.ask()
    await talk.writing("Half of it")
    await person.groups.aremove(group)
    await deployment.denied.aadd(other)
    answer = await talk.answer()
    assert (answer.running, answer.stop_requested) == (True, False)
    await talk.command("stop", answer)
    await settled()
