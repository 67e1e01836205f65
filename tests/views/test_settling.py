"""System prompts and parameters: what is chosen is sent upstream, frozen in the attempt, and offered again."""

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Attempt, Conversation, Message, Prompt
from tests.conftest import settled
from tests.talk import Talk


@pytest.fixture
def talk(person, signed_in, deployment):
    return Talk(person, signed_in)


@pytest.fixture
def fields(deployment):
    """The names that the deployment's parameters have in the form."""
    return lambda **values: {"settings": "1", **{f"{name}-{deployment.pk}": value for name, value in values.items()}}


def make_prompt(text, owner=None, name="Tone"):
    prompt = Prompt.objects.create(name=name, owner=owner)
    prompt.write(text)
    return prompt


async def test_parameters_are_sent_and_kept_for_the_next_question(talk, upstream, fields):
    upstream.reply("a").reply("b")
    await talk.asked("one", **fields(temperature="0.3", top_p="", max_tokens="50"))
    assert upstream.requests[0].json["temperature"] == 0.3
    assert upstream.requests[0].json["max_tokens"] == 50
    assert "top_p" not in upstream.requests[0].json
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert 'value="0.3"' in page
    await talk.asked("two")  # without the form's fields nothing changes
    assert upstream.requests[1].json["temperature"] == 0.3
    assert (await talk.attempt()).parameters == {"temperature": 0.3, "max_tokens": 50}


async def test_regenerating_with_other_settings_uses_them_and_the_old_attempt_keeps_its_own(talk, upstream, fields):
    upstream.reply("a").reply("b")
    answer = await talk.asked("one", **fields(temperature="0.3"))
    await talk.command("regenerate", answer, **fields(temperature="1.5"))
    await settled()
    assert upstream.requests[1].json["temperature"] == 1.5
    assert (await Attempt.objects.aget(message=answer)).parameters == {"temperature": 0.3}


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": "3"}, {"temperature": "nan"}, {"temperature": "warm"}, {"max_tokens": "1.5"}, {"max_tokens": "0"}],
)
async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(talk, wrong, fields):
    refused = await talk.ask("one", **fields(**wrong))
    assert refused.status_code == 422
    assert "enter a number from" in refused.content.decode()
    assert not await Message.objects.aexists()
    assert not await Conversation.objects.aexists()


async def test_a_reasoning_model_is_offered_effort_and_sent_its_own_names(talk, deployment, upstream, fields):
    deployment.reasoning = True
    await deployment.asave()
    page = (await talk.client.get("/")).content.decode()
    assert "Reasoning effort" in page
    assert "Temperature" not in page
    upstream.reply("a")
    await talk.asked("one", **fields(temperature="0.3", reasoning_effort="low", max_tokens="99"))
    sent = upstream.requests[0].json
    assert (sent["reasoning_effort"], sent["max_completion_tokens"]) == ("low", 99)
    assert not {"temperature", "max_tokens"} & set(sent)
    assert (await talk.ask("two", **fields(reasoning_effort="much"))).status_code == 422


async def test_a_prompt_with_its_values_is_the_system_message_and_a_change_counts_from_the_next_question(
    talk, upstream
):
    prompt = await sync_to_async(make_prompt)("Answer {{who}} in {{tone}}.")
    upstream.reply("a").reply("b")
    chosen = {"settings": "1", "prompt": prompt.pk, f"value-{prompt.pk}-who": "Ann", f"value-{prompt.pk}-tone": "rhyme"}
    await talk.asked("one", **chosen)
    assert upstream.requests[0].json["messages"][0] == {"role": "system", "content": "Answer Ann in rhyme."}
    await sync_to_async(prompt.write)("Be brief, {{who}}.")
    await talk.asked("two", **chosen)
    assert upstream.requests[1].json["messages"][0]["content"] == "Be brief, Ann."
    assert (await Attempt.objects.order_by("pk").afirst()).system_text == "Answer Ann in rhyme."


async def test_no_prompt_is_a_choice(talk, upstream):
    prompt = await sync_to_async(make_prompt)("Shout.")
    upstream.reply("a").reply("b")
    await talk.asked("one", settings="1", prompt=prompt.pk)
    await talk.asked("two", settings="1", prompt="")
    assert [each["role"] for each in upstream.requests[1].json["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize("given", ["999", "x", "-1", "9" * 30, "9" * 5000])
async def test_a_prompt_that_is_not_there_is_refused(talk, given):
    assert (await talk.ask("one", settings="1", prompt=given)).status_code == 422


async def test_somebody_elses_prompt_is_neither_shown_nor_taken(talk, stranger):
    theirs = await sync_to_async(make_prompt)("Secret.", owner=stranger, name="Theirs")
    assert "Theirs" not in (await talk.client.get("/")).content.decode()
    assert (await talk.ask("one", settings="1", prompt=theirs.pk)).status_code == 422


async def test_only_what_the_deployment_takes_is_offered(talk, offline):
    page = (await talk.client.get("/")).content.decode()
    part = page.partition('data-value="offline"')[2].partition("</fieldset>")[0]
    assert "max_tokens" in part
    assert "temperature" not in part


async def test_without_scripts_the_fields_of_all_come_and_those_of_what_is_chosen_count(
    talk, deployment, offline, upstream
):
    one = await sync_to_async(make_prompt)("Answer {{who}}.")
    other = await sync_to_async(make_prompt)("Ask {{who}}.", name="Other")
    upstream.reply("a")
    every = {f"value-{one.pk}-who": "Ann", f"value-{other.pk}-who": "Bob", "prompt": one.pk}
    every |= {f"max_tokens-{deployment.pk}": "7", f"max_tokens-{offline.pk}": "9", "deployment": deployment.name}
    await talk.asked("one", settings="1", **every)
    assert upstream.requests[0].json["messages"][0]["content"] == "Answer Ann."
    assert upstream.requests[0].json["max_tokens"] == 7


async def test_another_deployment_keeps_the_parameters_that_it_takes(talk, fields, offline, upstream):
    upstream.reply("a")
    answer = await talk.asked("one", **fields(temperature="0.3", max_tokens="50"))
    await talk.command("regenerate", answer, deployment=offline.name)
    await settled()
    assert (await talk.attempt()).parameters == {"max_tokens": 50}
