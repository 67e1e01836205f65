"""A conversation that outgrows the context window goes on without its oldest turns, and says so."""

from conversations.models import State


async def test_the_oldest_turn_is_left_out_and_the_details_say_so(talk, upstream, deployment):
    deployment.context_window = 400
    await deployment.asave()
    upstream.reply(" word" * 200).reply("Short.")
    await talk.asked("First?" + " word" * 100)
    await talk.asked("Second?")
    assert [each["content"] for each in upstream.requests[1].json["messages"]] == ["Second?"]
    assert (await talk.attempt()).facts == {"sent": 1, "left_out": 2}


async def test_a_question_that_never_fits_fails_in_words(talk, upstream, deployment):
    deployment.context_window = 256
    await deployment.asave()
    answer = await talk.asked(" word" * 1000)
    assert answer.state == State.FAILED
    assert (await talk.attempt()).error == "prompt_too_long"
    assert upstream.requests == []


async def test_an_upstream_that_counts_differently_gets_less_history_once(talk, upstream, deployment):
    deployment.context_window = 400
    await deployment.asave()
    upstream.reply(" word" * 120).fail(400, code="context_length_exceeded").reply("Fits.")
    await talk.asked("First?" + " word" * 120)
    answer = await talk.asked("Second?")
    assert answer.text == "Fits."
    sizes = [len(each.json["messages"]) for each in upstream.requests[1:]]
    assert sizes == [3, 1]


async def test_an_upstream_that_still_finds_it_too_long_fails(talk, upstream):
    upstream.fail(400, code="context_length_exceeded").fail(400, code="context_length_exceeded")
    answer = await talk.asked()
    assert answer.state == State.FAILED
    assert len(upstream.requests) == 2
