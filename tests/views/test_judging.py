"""Thumbs: given, changed, explained, taken back; the reasoning of a model is folded away."""

import pytest

from conversations.models import Attempt, Feedback
from tests import factories
from tests.talk import HTMX, Talk


@pytest.fixture
def talk(person, signed_in, offline):
    return Talk(person, signed_in)


async def judge(talk, answer, **form):
    return (await talk.command("feedback", answer, **form)).content.decode()


async def test_a_thumb_is_given_changed_explained_and_taken_back(talk):
    answer = await talk.asked("hello")
    assert 'aria-pressed="true"' in await judge(talk, answer, good="1")
    assert "What was wrong?" in await judge(talk, answer, good="0")
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert '<noscript><form class="why"' in page.replace("\n", ""), (
        "asked once; without scripts on the page that follows"
    )
    thanks = await judge(talk, answer, good="0", reason="wrong", comment="It is Ann.\0")
    assert "What was wrong?" not in thanks
    assert "Noted. Thank you." in thanks
    said = await Feedback.objects.aget()
    assert (said.good, said.reason, said.comment, said.owner_id) == (False, "wrong", "It is Ann.", talk.person.pk)
    assert 'aria-pressed="true"' in (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert 'aria-pressed="true"' not in await judge(talk, answer, good="0")
    assert not await Feedback.objects.aexists()


async def test_an_unknown_reason_is_none_and_a_long_comment_is_cut(talk):
    answer = await talk.asked("hello")
    await judge(talk, answer, good="0", reason="<script>", comment="x" * 5000)
    said = await Feedback.objects.aget()
    assert (said.reason, len(said.comment)) == ("", 2000)


async def test_a_form_that_says_neither_is_refused(talk):
    answer = await talk.asked("hello")
    assert (await talk.command("feedback", answer)).status_code == 400
    assert not await Feedback.objects.aexists()


async def test_questions_are_not_judged_and_without_scripts_the_page_follows(talk):
    answer = await talk.asked("hello")
    question = f"/c/{talk.pk}/m/{answer.parent_id}/feedback"
    assert (await talk.client.post(question, {"good": "1"}, headers=HTMX)).status_code == 404
    page = await talk.client.post(f"/c/{talk.pk}/m/{answer.pk}/feedback", {"good": "1"}, follow=True)
    assert page.status_code == 200


async def test_administrators_see_judgements_but_not_what_was_asked(talk, administrator):
    answer = await talk.asked("repeat after me: a private matter")
    await judge(talk, answer, good="0", reason="wrong")
    admin = await factories.aclient_of(administrator)
    page = (await admin.get("/admin/conversations/feedback/")).content.decode()
    assert "Not correct" in page
    said = await Feedback.objects.aget()
    one = (await admin.get(f"/admin/conversations/feedback/{said.pk}/change/")).content.decode()
    assert "private matter" not in page + one


async def test_reasoning_is_folded_away_and_escaped(talk):
    answer = await talk.asked("hello")
    await Attempt.objects.aupdate(reasoning="First <b>think</b>.")
    page = (await talk.client.get(f"/c/{talk.pk}/m/{answer.pk}/")).content.decode()
    assert "Thoughts</summary>" in page
    assert "First &lt;b&gt;think" in page
