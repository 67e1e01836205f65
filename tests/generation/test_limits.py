"""What is refused before it is stored or asked: budgets, answers at once, questions a minute."""

import asyncio
import threading
import time
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from conversations.answering.admission import admit
from conversations.answering.limits import BudgetExceeded, TooMany, within_limits
from conversations.models import ApiKey, Attempt, Conversation, Message, Reader, Spent, State, User
from conversations.models.message import LOST_AFTER
from tests import factories
from tests.conftest import settled
from tests.talk import Talk

SAID = b'data: {"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\n'
USED = b'data: {"choices":[],"usage":{"prompt_tokens":2}}\n\ndata: [DONE]\n\n'

make_budget = sync_to_async(factories.make_budget)


async def spend(person, money):
    await sync_to_async(Spent.add)(timezone.now(), 0, Decimal(money), person=person.pk, key=None)


async def another(person):
    return Talk(person, await factories.aclient_of(person))


async def test_a_question_over_the_budget_is_neither_stored_nor_asked(talk, person, upstream):
    await make_budget(hard=10)
    await spend(person, 10)
    refused = await talk.ask("May I?")
    assert refused.status_code == 429
    assert "Your budget for this month, 10.00 USD, is used up. You can ask again from" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 31 * 86_400
    assert "data-wait" not in refused.content.decode()
    assert not await Conversation.objects.aexists()
    assert not upstream.requests


async def test_every_way_to_ask_is_refused_and_reading_is_not(talk, person, upstream):
    upstream.reply("One")
    answer = await talk.asked()
    await Message.objects.filter(pk=answer.pk).aupdate(state=State.STOPPED)
    await make_budget(hard=0)
    question = await Message.objects.aget(role="user")
    assert (await talk.ask("More?")).status_code == 429
    assert (await talk.command("regenerate", answer)).status_code == 429
    assert (await talk.command("continue", answer)).status_code == 429
    assert (await talk.command("edit", question, text="Other words")).status_code == 429
    assert await Message.objects.acount() == 2
    assert await Attempt.objects.acount() == 1
    assert (await Message.objects.aget(pk=answer.pk)).state == State.STOPPED
    page = await talk.client.get(f"/c/{talk.pk}/")
    assert page.status_code == 200
    assert "is used up" in page.content.decode()


async def test_without_scripts_the_text_is_on_the_page(talk, person):
    await make_budget(hard=0)
    form = {"text": "A long question", "key": talk.key}
    page = await talk.client.post(f"/c/{talk.pk}/ask", form)
    assert page.status_code == 429
    assert "A long question" in page.content.decode()


async def test_a_running_answer_finishes(talk, person, upstream):
    upstream.pause(after=1)
    upstream.reply("All ", "of it.")
    await talk.ask()
    await talk.writing("All")
    await make_budget(hard=1)
    await spend(person, 5)
    upstream.resume()
    await settled()
    assert (await talk.answer()).text == "All of it."


async def test_a_budget_used_up_while_the_question_waited_is_said_by_the_answer(talk, person, deployment, upstream):
    reader = Reader(person.pk)
    await make_budget(hard=1)
    assert await admit(deployment, reader)
    await spend(person, 1)
    with pytest.raises(BudgetExceeded) as refused:
        await admit(deployment, reader)
    error = refused.value
    assert (error.code, error.limit, error.status, error.retryable) == ("budget_exceeded", "everybody", 429, False)
    assert error.retry_after > 0
    assert "begins anew at" in str(error)


async def test_a_key_stops_at_its_own_budget_and_its_owner_does_not(deployment, person):
    key = await ApiKey.objects.acreate(owner=person, name="Report", hash="1", budget=1)
    await sync_to_async(Spent.add)(timezone.now(), 0, Decimal(1), person=person.pk, key=key.pk)
    assert await admit(deployment, Reader(person.pk))
    with pytest.raises(BudgetExceeded, match="Report"):
        await admit(deployment, Reader(person.pk, key.pk))


async def test_the_tightest_of_several_budgets_is_told(talk, person):
    group = await Group.objects.acreate(name="Finance")
    await person.groups.aadd(group)
    await make_budget(hard=100)
    await make_budget(hard=20, group=group, together=True)
    await spend(person, 25)
    assert "The budget of Finance for this month, 20.00 USD, is used up." in (await talk.ask()).content.decode()


async def test_deleting_gives_nothing_back(talk, person, deployment, upstream):
    await sync_to_async(factories.make_price)(deployment, prompt="1000000")
    await make_budget(hard=1)
    upstream.raw(SAID, USED)
    await talk.asked()
    await Conversation.objects.aupdate(deleted=timezone.now() - timedelta(days=1))
    await sync_to_async(Conversation.objects.all().purge)()
    assert not await Attempt.objects.aexists()
    assert (await (await another(person)).ask()).status_code == 429


async def test_stopping_before_the_counts_come_gives_nothing_back(talk, person, deployment, upstream):
    await sync_to_async(factories.make_price)(deployment, prompt="1000000")
    await make_budget(hard=50)
    upstream.pause(after=1)
    upstream.reply("All ", "of it.")
    await talk.ask("Please? " * 30)
    await talk.writing("All")
    await talk.command("stop", await talk.answer())
    await settled()
    attempt = await Attempt.objects.aget()
    assert (attempt.usage, attempt.cost) == ({}, None)  # nobody knows
    spent = await Spent.objects.aget()
    assert (spent.person, spent.cost > 50, spent.tokens > 55) == (person.pk, True, True)
    assert (await (await another(person)).ask()).status_code == 429


async def test_near_the_end_the_page_says_so_and_answers(talk, person, upstream):
    upstream.reply("Yes.").reply("Yes.")
    await make_budget(soft=5, hard=10)
    await spend(person, 4)
    assert "budget for this month" not in (await talk.ask()).content.decode()
    await settled()
    await spend(person, "4.4")
    asked = (await talk.ask()).content.decode()
    assert "You have used 84 % of your budget for this month, 10.00 USD." in asked
    assert 'id="budget" role="status" hx-swap-oob="true"' in asked
    assert "You have used 84 %" in (await talk.client.get("/")).content.decode()
    await settled()


async def test_who_is_suspended_learns_nothing_of_budgets(talk, person):
    await make_budget(hard=0)
    await User.objects.filter(pk=person.pk).aupdate(is_active=False)
    refused = await talk.ask()
    assert refused.status_code in {302, 404}
    assert "budget" not in refused.content.decode()


async def test_as_many_answers_at_once_as_are_allowed(talk, person, upstream, settings):
    settings.ANSWERS_AT_ONCE = 2
    upstream.pause()
    for _ in range(2):
        upstream.reply("Well.")
    second, third = await another(person), await another(person)
    assert [(await each.ask()).status_code for each in (talk, second)] == [200, 200]
    refused = await third.ask("Third?")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "5"
    assert "only 2 may be at once" in refused.content.decode()
    assert not await Message.objects.filter(text="Third?").aexists()
    upstream.resume()
    await settled()
    upstream.reply("Now.")
    assert (await third.asked("Third?")).text == "Now."


async def test_an_answer_whose_server_died_takes_no_place(talk, person, upstream, settings):
    settings.ANSWERS_AT_ONCE = 1
    conversation = await sync_to_async(factories.make_conversation)(person)
    turn = await sync_to_async(conversation.ask)("Lost?")
    await Message.objects.filter(pk=turn.answer.pk).aupdate(beat_at=timezone.now() - 2 * LOST_AFTER)
    upstream.reply("Here.")
    assert (await talk.asked()).text == "Here."


async def test_two_questions_in_one_instant_are_one_too_many(person, upstream, deployment, settings):
    settings.ANSWERS_AT_ONCE = 1
    upstream.pause()
    upstream.reply("Only one.")
    talks = [await another(person) for _ in range(4)]
    statuses = [each.status_code for each in await asyncio.gather(*(each.ask() for each in talks))]
    assert sorted(statuses) == [200, 429, 429, 429]
    upstream.resume()
    await settled()


async def test_as_many_questions_a_minute_as_are_allowed(talk, person, upstream, settings):
    settings.QUESTIONS_A_MINUTE = 2
    upstream.reply("One.").reply("Two.").reply("Three.")
    await talk.asked()
    await Attempt.objects.aupdate(started=timezone.now() - timedelta(seconds=40))
    answer = await talk.asked()
    refused = await talk.command("regenerate", answer)
    assert refused.status_code == 429
    assert 15 <= int(refused["Retry-After"]) <= 20
    assert "data-until" in refused.content.decode()
    assert "data-wait" in refused.content.decode()
    await Attempt.objects.aupdate(started=timezone.now() - timedelta(seconds=61))
    assert (await talk.asked()).text == "Three."


async def test_many_questions_in_one_instant_are_not_more_than_allowed(person, upstream, deployment, settings):
    settings.QUESTIONS_A_MINUTE = 3
    for _ in range(3):
        upstream.reply("Yes.")
    talks = [await another(person) for _ in range(8)]
    statuses = [each.status_code for each in await asyncio.gather(*(each.ask() for each in talks))]
    assert sorted(statuses) == [200] * 3 + [429] * 5
    await settled()


@pytest.mark.parametrize("limit", ["ANSWERS_AT_ONCE", "QUESTIONS_A_MINUTE"])
def test_servers_that_accept_in_one_instant_see_each_other(person, offline, settings, limit):
    """Each thread is a server of its own: all have accepted before the first of them counts."""
    setattr(settings, limit, 2)
    talks = [factories.make_conversation(person, deployment=offline) for _ in range(5)]
    accepted = []

    def accept(conversation):
        try:
            with transaction.atomic():
                conversation.ask("Hello?")
                time.sleep(0.2)
                within_limits(person.pk)
            accepted.append(conversation.pk)
        except TooMany:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[each]) for each in talks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(accepted) == 2
    assert Message.objects.filter(role="user").count() == 2


async def test_others_have_limits_of_their_own(talk, stranger, upstream, deployment, settings):
    settings.QUESTIONS_A_MINUTE = settings.ANSWERS_AT_ONCE = 1
    upstream.pause()
    upstream.reply("One.").reply("Two.")
    assert (await talk.ask()).status_code == 200
    assert (await (await another(stranger)).ask()).status_code == 200
    upstream.resume()
    await settled()


async def test_the_same_question_sent_again_is_not_counted_again(talk, upstream, settings):
    settings.QUESTIONS_A_MINUTE = 1
    upstream.reply("Once.")
    client_id = str(uuid.uuid4())
    assert (await talk.ask(client_id=client_id)).status_code == 200
    await make_budget(hard=0)
    assert (await talk.ask(client_id=client_id)).status_code == 200
    await settled()
