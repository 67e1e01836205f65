"""A long conversation opens at its end and loads upwards; a hit in it opens around the message."""

import re

import pytest

from conversations.views.pages import SHOWN
from tests import factories
from tests.talk import HTMX

TURNS = 50


@pytest.fixture
def long(person, offline):
    conversation = factories.make_conversation(person, deployment=offline)
    long = [factories.make_turn(conversation, question=f"q{at}", answer=f"a{at}") for at in range(TURNS)]
    return long


def shown(page):
    return re.findall(r'<article[^>]* id="m-([0-9a-f-]{36})"', page)


def test_it_opens_at_its_end_and_loads_upwards_until_its_beginning(long, browser):
    page = browser.get(f"/c/{long[0].question.conversation_id}/").content.decode()
    ids = shown(page)
    assert len(ids) == SHOWN
    assert ids[-1] == str(long[-1].answer.pk)
    while more := re.search(r'hx-get="([^"]*/earlier)"', page):
        page = browser.get(more[1], headers=HTMX).content.decode()
        ids = shown(page) + ids
    assert ids == [str(each.pk) for turn in long for each in (turn.question, turn.answer)]


def test_without_scripts_everything_can_be_asked_for(long, browser):
    page = browser.get(f"/c/{long[0].question.conversation_id}/?all=1").content.decode()
    assert len(shown(page)) == 2 * TURNS
    assert "Earlier messages" not in page


def test_a_message_far_up_is_on_its_page(long, browser):
    sought = long[3].answer
    page = browser.get(f"/c/{sought.conversation_id}/m/{sought.pk}/").content.decode()
    assert str(sought.pk) in shown(page)
    assert shown(page)[-1] == str(long[-1].answer.pk)


def test_pages_cost_as_many_queries_however_long(long, browser, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        assert browser.get(f"/c/{long[0].question.conversation_id}/?all=1").status_code == 200


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\n".join(f"line {at}" for at in range(3000)), "\n".join(f"line {at}" for at in range(12)) + "\n"),
        ("word " * 10_000, ("word " * 192)),
        ("\n".join(f"line {at}" for at in range(18)), None),
        ("word " * 250, None),
    ],
    ids=["lines", "one line", "few lines", "few words"],
)
def test_a_long_question_shows_some_twelve_lines(browser, person, offline, text, shown):
    found = factories.make_conversation(person, deployment=offline)
    factories.make_turn(found, question=text)
    page = browser.get(f"/c/{found.pk}/").content.decode()
    asked = page.split('<div class="ask" dir="auto">')[1]
    assert asked.startswith(f"{shown}<details>" if shown else f"{text.strip()}")
    assert ("Show all" in asked) == bool(shown)
