"""What was said is found again by its words, in every script, and only by whom it belongs to."""

import pytest

from conversations.models import Conversation, SearchText
from conversations.models.searching import words
from tests import factories
from tests.conftest import settled
from tests.talk import Talk


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Parental leave, 12.5 days", ["parental", "leave", "12", "5", "days"]),
        ("Élève ÜBER straße", ["eleve", "uber", "strasse"]),
        ("육아휴직 규정", ["육아", "아휴", "휴직", "규정"]),
        ("有給休暇について", ["有給", "給休", "休暇", "暇に", "につ", "つい", "いて"]),
        ("가", ["가"]),
        ("snake_case x", ["snake", "case", "x"]),
        ("!? …", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.fixture
def found(person, offline):
    conversation = factories.make_conversation(person, deployment=offline, text="Maternity and parental leave")
    turn = factories.make_turn(
        conversation, question="Wie viele Tage Elternzeit? 육아휴직은 며칠인가요?", answer="Zwölf."
    )
    SearchText.of_message(turn.answer, "Zwölf Monate, naïve café")

    def search(query, owner=person):
        return SearchText.objects.matching(owner, query)

    search.conversation, search.turn = conversation, turn
    return search


@pytest.mark.parametrize(
    "query",
    [
        "elternzeit",
        "ELTERNZEIT",
        "eltern",
        "육아휴직",
        "휴직",
        "육",
        "zwolf",
        "Zwölf cafe",
        "maternity leave",
        "parental lea",
    ],
)
def test_is_found(found, query):
    assert {each.conversation_id for each in found(query)} == {found.conversation.pk}


@pytest.mark.parametrize(
    "query", ["urlaub", "elternzeit urlaub", "", "*", '"', "NEAR(", "' OR 1=1 --", "owner1", "zeit", ":*", "a & b"]
)
def test_is_not_found(found, query):
    assert not list(found(query))


def test_nobody_else_finds_it(found, stranger):
    factories.make_turn(factories.make_conversation(stranger), question="Elternzeit for me")
    assert {each.owner_id for each in found("elternzeit", stranger)} == {stranger.pk}
    assert not list(found("육아휴직", stranger))


def test_a_new_title_takes_the_place_of_the_old_one(found):
    found.conversation.rename("Holidays")
    assert not list(found("maternity"))
    assert list(found("holidays"))


def test_what_was_deleted_is_not_found_and_then_gone(found, person):
    found.conversation.throw_away()
    assert not list(found("elternzeit"))
    found.conversation.take_back()
    assert list(found("elternzeit"))
    found.conversation.delete()
    assert not SearchText.objects.exists()
    assert not list(found("elternzeit"))


@pytest.mark.parametrize("text", ["漢字" * 30_000, "wort " * 60_000, "x" * 100_000, "\U0001f600 ok", ""])
def test_any_text_can_be_kept(found, text):
    SearchText.of_message(found.turn.answer, text)


async def test_questions_and_answers_are_found_once_they_are_there(person, signed_in, offline):
    talk = Talk(person, signed_in)
    await talk.asked("repeat after me: Leuchtturm")
    assert await SearchText.objects.matching(person, "leuchtturm").acount() == 3  # title, question, answer
    await settled()


def test_purging_takes_only_what_is_old(person, offline):
    kept, gone = (factories.make_conversation(person, deployment=offline) for _ in range(2))
    kept.throw_away()
    gone.throw_away()
    Conversation.objects.filter(pk=gone.pk).update(deleted="2020-01-01T00:00:00Z")
    assert Conversation.objects.all().purge() == 1
    assert list(Conversation.objects.all()) == [kept]
