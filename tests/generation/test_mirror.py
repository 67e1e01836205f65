"""What another process writes, mirrored here: whatever the layer loses, the text is a prefix, and then equal."""

import uuid
from contextlib import aclosing
from importlib import import_module

from asgiref.sync import sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from conversations.generation.live import Live
from conversations.generation.watch import Mirror
from conversations.models import Message, State
from tests import factories

watch = import_module("conversations.generation.watch")  # the package exports a function of the same name
PIECES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=12)


def mirror(text=""):
    return Mirror(uuid.uuid4(), uuid.uuid4(), epoch=1, text=text)


@given(PIECES, st.data())
def test_whatever_subset_arrives_in_whatever_order_the_text_is_a_prefix(pieces, data):
    whole, messages, saved = "", [], 0
    for piece in pieces:
        whole += piece
        if data.draw(st.booleans(), label="checkpoint"):
            saved = len(whole) - len(piece)
        messages.append((saved, whole[saved:]))
    arriving = data.draw(st.lists(st.sampled_from(messages), max_size=20), label="arriving")
    here = mirror()
    for offset, piece in arriving:
        before = here.text
        fits = here.splice(1, offset, piece)
        assert whole.startswith(here.text)
        assert here.text.startswith(before)
        assert fits == (offset <= len(before))


@given(PIECES, st.integers(0, 40))
def test_after_a_reread_the_next_message_makes_it_whole(pieces, checkpoint):
    whole = "".join(pieces)
    saved = min(checkpoint, len(whole))
    here = mirror(whole[:saved])
    assert here.splice(1, saved, whole[saved:])
    assert here.text == whole


def test_a_message_of_another_attempt_does_not_fit():
    here = mirror("One")
    assert not here.splice(2, 3, ", two")
    assert here.text == "One"


def test_what_is_known_already_wakes_nobody():
    here = mirror("One")
    seen = here.version
    assert here.splice(1, 0, "On")
    assert here.version == seen


async def test_a_viewer_without_the_layer_reads_the_row_again(person, offline, monkeypatch):
    monkeypatch.setattr(watch, "REREAD", 0.1)
    conversation = await sync_to_async(factories.make_conversation)(person, deployment=offline)
    turn = await sync_to_async(conversation.ask)("Who writes?")
    views = watch.watch(turn.answer.pk)
    assert (await anext(views)).text == ""
    await write(turn, "From afar", State.STREAMING)
    assert (await anext(views)).text == "From afar"
    await write(turn, "From afar.", State.COMPLETE)
    last = await anext(views)
    assert (last.text, last.state) == ("From afar.", State.COMPLETE)
    assert [view async for view in views] == []


async def test_a_viewer_elsewhere_knows_that_json_was_asked_for(person, offline):
    facts = {"deployment": offline, "parameters": {"response_format": {"type": "json_schema"}}}
    conversation = await sync_to_async(factories.make_conversation)(person, **facts)
    turn = await sync_to_async(conversation.ask)("Who writes?")
    async with aclosing(watch.watch(turn.answer.pk)) as views:
        assert (await anext(views)).structured


async def test_a_slow_viewer_takes_a_bigger_step():
    live = Live(uuid.uuid4(), uuid.uuid4(), epoch=1)
    seen = live.version
    for piece in "abc":
        live.append(piece)
    assert await live.changed(seen)
    assert live.text == "abc"


async def write(turn, text, state):
    """As another process would."""
    await Message.objects.filter(pk=turn.answer.pk).aupdate(text=text, state=state, runner="somebody else")
