"""What of a long conversation is sent: the newest that fits, always with the last question."""

import pytest

from conversations.answering.history import PER_MESSAGE, fit
from conversations.completions.errors import PromptTooLong
from conversations.completions.wire import Message

WORD = " word"  # one token


def said(role, tokens):
    return Message(role=role, content=WORD * tokens)


def turns(count, tokens=46):
    """`count` questions with their answers, and a last question; 50 tokens each with their frames."""
    pairs = [said(role, tokens) for _ in range(count) for role in ("user", "assistant")]
    return [*pairs, Message(role="user", content="And now?")]


async def test_what_fits_is_sent_whole():
    messages = turns(2)
    assert await fit(messages, window=128_000) == (messages, None)


async def test_the_oldest_turns_are_left_out_and_counted():
    messages = turns(10)
    sent, trimmed = await fit(messages, window=600)
    assert sent == messages[-len(sent) :]
    assert (trimmed.sent, trimmed.left_out) == (len(sent), len(messages) - len(sent))
    assert 0 < trimmed.left_out < len(messages) - 1


async def test_what_is_sent_begins_with_a_question():
    for window in range(300, 1100, 50):
        sent, _ = await fit(turns(10), window=window)
        assert sent[0].role == "user"


async def test_what_is_sent_fits_beside_the_answer():
    sent, _ = await fit(turns(10), window=600, asked=150)
    assert sum(PER_MESSAGE + each.content.count(WORD) for each in sent) <= 450
    more, _ = await fit(turns(10), window=600, asked=10)
    assert len(more) > len(sent)


async def test_system_messages_stay():
    system = Message(role="system", content="You are brief.")
    sent, trimmed = await fit([system, *turns(10)], window=400)
    assert sent[0] == system
    assert sent[1].role == "user"
    assert trimmed.left_out


async def test_an_unfinished_answer_that_is_continued_goes_with_its_question():
    messages = [*turns(10), said("assistant", 20), Message(role="user", content="Continue.")]
    sent, _ = await fit(messages, window=400)
    assert sent[-1].content == "Continue."
    assert sent[-2] == messages[-2]


async def test_a_last_question_that_does_not_fit_alone_is_too_long():
    with pytest.raises(PromptTooLong, match="Shorten it"):
        await fit([said("user", 2000)], window=1000)


async def test_parts_of_text_count_as_text():
    long = Message(role="user", content=[{"type": "text", "text": WORD * 2000}])
    with pytest.raises(PromptTooLong):
        await fit([long], window=1000)


async def test_an_image_counts_as_a_thousand_tokens():
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    messages = [Message(role="user", content=parts), said("assistant", 5), said("user", 5)]
    assert (await fit(messages, 3000))[1] is None
    assert (await fit(messages, 1200))[1] is not None
