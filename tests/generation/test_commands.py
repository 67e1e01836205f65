"""Commands: what is accepted is stored before it is answered, what is refused changes nothing."""

import uuid

import pytest

from conversations.models import Attempt, Conversation, Message, State
from tests.conftest import settled


def contents(request):
    return [each["content"] for each in request.json["messages"]]


async def test_a_question_is_stored_before_its_answer_comes(talk, upstream):
    upstream.stall()
    await talk.ask("Who is there?")
    question, answer = [each async for each in Message.objects.order_by("created")]
    assert (question.role, question.text) == ("user", "Who is there?")
    assert answer.parent_id == question.pk
    assert answer.running


async def test_the_same_question_sent_twice_is_asked_once(talk, upstream):
    upstream.reply("Once.")
    client_id = str(uuid.uuid4())
    first = await talk.ask(client_id=client_id)
    await settled()
    second = await talk.ask(client_id=client_id)
    assert (first.status_code, second.status_code) == (200, 200)
    assert await Message.objects.acount() == 2
    assert len(upstream.requests) == 1


async def test_a_second_question_during_an_answer_is_refused_and_not_stored(talk, upstream):
    upstream.stall("Well")
    await talk.ask("First?")
    refused = await talk.ask("Second?")
    assert refused.status_code == 409
    assert "still being written" in refused.content.decode()
    assert not await Message.objects.filter(text="Second?").aexists()


async def test_a_refused_question_can_be_sent_again_once_the_answer_has_ended(talk, upstream):
    upstream.reply("One.").reply("Two.")
    client_id = str(uuid.uuid4())
    upstream.pause()
    await talk.ask("First?")
    assert (await talk.ask("Second?", client_id=client_id)).status_code == 409
    upstream.resume()
    await settled()
    assert (await talk.asked("Second?", client_id=client_id)).text == "Two."


async def test_the_history_goes_with_the_next_question(talk, upstream):
    upstream.reply("Four.").reply("Eight.")
    await talk.asked("2 + 2?")
    await talk.asked("Twice that?")
    said = [(each["role"], each["content"]) for each in upstream.requests[1].json["messages"]]
    assert said == [("user", "2 + 2?"), ("assistant", "Four."), ("user", "Twice that?")]


async def test_regenerate_makes_a_sibling_and_moves_the_leaf(talk, upstream):
    upstream.reply("Red.").reply("Blue.")
    old = await talk.asked("A colour?")
    response = await talk.command("regenerate", old)
    await settled()
    new = await talk.answer()
    assert response["HX-Push-Url"] == f"/c/{talk.pk}/"
    assert (new.text, new.parent_id) == ("Blue.", old.parent_id)
    assert (await Message.objects.aget(pk=old.pk)).text == "Red."
    assert (await Conversation.objects.aget()).leaf_id == new.pk
    assert contents(upstream.requests[1]) == ["A colour?"]


async def test_try_again_after_a_failure_asks_the_same_question(talk, upstream):
    upstream.fail(401).reply("Here.")
    failed = await talk.asked("Are you there?")
    assert failed.state == State.FAILED
    await talk.command("regenerate", failed)
    await settled()
    answer = await talk.answer()
    assert (answer.state, answer.text) == (State.COMPLETE, "Here.")
    assert contents(upstream.requests[1]) == ["Are you there?"]


async def test_edit_asks_in_other_words_on_a_new_branch(talk, upstream):
    upstream.reply("Paris.").reply("Rome.")
    old = await talk.asked("Capital of France?")
    question = await Message.objects.aget(pk=old.parent_id)
    await talk.command("edit", question, text="Capital of Italy?")
    await settled()
    questions = [each.text async for each in Message.objects.filter(role="user").order_by("created")]
    assert questions == ["Capital of France?", "Capital of Italy?"]
    assert (await talk.answer()).text == "Rome."
    assert contents(upstream.requests[1]) == ["Capital of Italy?"]


@pytest.mark.parametrize(("chosen", "title"), [("", "Capital of Italy?"), ("Capitals", "Capitals")])
async def test_the_title_follows_the_first_question_unless_somebody_chose_it(talk, upstream, chosen, title):
    upstream.reply("Paris.").reply("It is.").reply("No.").reply("Rome.")
    first = await Message.objects.aget(pk=(await talk.asked("Capital of France?")).parent_id)
    second = await Message.objects.aget(pk=(await talk.asked("Sure?")).parent_id)
    if chosen:
        await Conversation.objects.filter(pk=talk.pk).aupdate(title=chosen)
    await talk.command("edit", second, text="Not Lyon?")
    await settled()
    assert (await Conversation.objects.aget(pk=talk.pk)).title == (chosen or "Capital of France?")
    await talk.command("edit", first, text="Capital of Italy?")
    await settled()
    assert (await Conversation.objects.aget(pk=talk.pk)).title == title


async def test_continue_adds_an_attempt_that_starts_where_the_first_one_ended(talk, upstream):
    upstream.reply("One, ", "two", finish_reason="length").reply(", three.")
    answer = await talk.asked("Count.")
    assert answer.state == State.TRUNCATED
    await talk.command("continue", answer)
    await settled()
    whole = await Message.objects.aget(pk=answer.pk)
    assert (whole.text, whole.state) == ("One, two, three.", State.COMPLETE)
    attempts = [(each.number, each.start) async for each in Attempt.objects.all()]
    assert attempts == [(1, 0), (2, len("One, two"))]
    *_, said, asks = upstream.requests[1].json["messages"]
    assert said == {"role": "assistant", "content": "One, two"}
    assert asks["role"] == "user"


async def test_a_complete_answer_cannot_be_continued(talk, upstream):
    upstream.reply("Done.")
    refused = await talk.command("continue", await talk.asked())
    assert refused.status_code == 422
    assert await Attempt.objects.acount() == 1


async def test_two_clicks_on_continue_add_one_attempt(talk, upstream):
    upstream.reply("One, ", finish_reason="length").stall("two")
    answer = await talk.asked()
    await talk.command("continue", answer)
    refused = await talk.command("continue", answer)
    assert refused.status_code in {409, 422}
    assert await Attempt.objects.acount() == 2


async def test_regenerating_during_an_answer_is_refused(talk, upstream):
    upstream.reply("One.").stall("Two")
    first = await talk.asked()
    await talk.ask("More?")
    assert (await talk.command("regenerate", first)).status_code == 409
    assert await Message.objects.acount() == 4
