"""The server ends: running answers may finish within the grace period, else they are interrupted with their text."""

import asyncio

from asgiref.sync import sync_to_async

from conversations import generation
from conversations.generation import runner
from conversations.models import Deployment, State
from tests import factories


def accepted(person):
    """The answer to a question that is in the database, and that nobody writes yet."""
    deployment = Deployment.objects.get()
    return factories.make_conversation(person, deployment=deployment).ask("Late?").answer


async def test_draining_interrupts_a_running_answer_and_keeps_its_text(talk, upstream, settings):
    settings.GRACE_PERIOD = 0.1
    upstream.stall("As far ", "as it got")
    async with talk.tab() as tab:
        await talk.ask()
        await tab.until("streaming")
        await generation.drain()
        await tab.until("interrupted")
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.INTERRUPTED, "As far as it got")
    assert await upstream.closed(within=1)
    assert not runner._tasks


async def test_an_answer_that_ends_within_the_grace_period_is_complete(talk, upstream, settings):
    settings.GRACE_PERIOD = 5
    upstream.reply("One, ", "two.")
    upstream.pause(after=1)
    await talk.ask()
    await talk.writing()
    draining = asyncio.create_task(generation.drain())
    await asyncio.sleep(0.05)
    upstream.resume()
    await draining
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.COMPLETE, "One, two.")


async def test_an_answer_accepted_just_before_is_not_left_to_the_sweep(talk, upstream, settings):
    settings.GRACE_PERIOD = 0.3
    upstream.stall("First")
    await talk.ask()
    await talk.writing()
    late = await sync_to_async(accepted)(talk.person)
    draining = asyncio.create_task(generation.drain())
    await asyncio.sleep(0.05)
    upstream.stall("Second")
    generation.start(late.pk)
    await draining
    await late.arefresh_from_db()
    assert late.state in {State.INTERRUPTED, State.FAILED}
    assert not runner._tasks


async def test_while_draining_no_new_answer_starts_and_the_question_says_so(talk, upstream, settings):
    settings.GRACE_PERIOD = 5
    upstream.reply("One.", "Two.")
    upstream.pause(after=1)
    await talk.ask()
    draining = asyncio.create_task(generation.drain())
    await asyncio.sleep(0)
    again = type(talk)(talk.person, talk.client)
    refused = await again.ask("Too late?")
    assert refused.status_code == 503
    assert "restarting" in refused.content.decode()
    assert await again.answer() is None
    upstream.resume()
    await draining
