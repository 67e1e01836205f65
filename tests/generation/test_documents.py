"""An answer from documents, from the question to its checked citations, over a real search server."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.template.loader import render_to_string

from conversations.generation.live import Search
from conversations.generation.watch import View
from conversations.views import present
from tests import factories
from tests.conftest import settled
from tests.talk import Talk


@pytest.fixture
def talk(person, signed_in, offline, source):
    return Talk(person, signed_in)


async def rows(answer):
    return [each async for each in answer.evidence.order_by("position")]


async def test_an_answer_comes_from_documents_and_its_citation_is_checked(talk):
    answer = await talk.asked("How many weeks of parental leave may parents take after a birth?")
    assert "twenty-six weeks" in answer.text
    assert "[doc1]" in answer.text
    first = (await rows(answer))[0]
    assert (first.number, first.title, first.source_name) == (1, "Parental leave", "Handbook")
    citation = await first.citations.afirst()
    assert (citation.label, citation.verdict) == (1, "supported")
    assert "twenty-six weeks" in first.content[citation.start : citation.end]


async def test_what_the_documents_do_not_say_is_answered_without_citations(talk):
    answer = await talk.asked("What is the melting point of tungsten?")
    assert answer.state == "complete"
    assert "[doc" not in answer.text
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert not [each for each in await rows(answer) if each.number]
    assert 'class="cite' not in page
    assert "data-found" not in page


async def test_an_answer_that_cites_nothing_it_was_given_says_so(person, signed_in, deployment, upstream, source):
    talk = Talk(person, signed_in)
    upstream.fail(400).reply("Parents have some leave.")
    await talk.asked("How many weeks of parental leave may parents take after a birth?")
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert "No source is cited" in page
    assert 'class="cite' not in page


async def test_a_source_that_is_switched_off_is_not_asked(talk, index):
    index.requests.clear()
    await talk.asked("How many weeks of parental leave?", settings="1")
    assert not [each for each in index.requests if "_search" in each.path]


async def test_a_source_of_others_cannot_be_chosen(talk, source):
    await sync_to_async(source.groups.set)([await Group.objects.acreate(name="HR")])
    refused = await talk.ask("Leave?", settings="1", **{f"source-{source.pk}": "1"})
    assert refused.status_code == 422
    assert "not available to you" in refused.content.decode()


async def test_a_source_that_fails_fails_the_answer_in_words(talk, index):
    index.key = "another"
    answer = await talk.asked("How many weeks of parental leave?")
    assert answer.state == "failed"
    assert (await talk.attempt()).error == "source_key"
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert "could not be searched" in page


async def test_a_page_sees_what_is_searched_and_a_citation_that_leads_somewhere(talk):
    async with talk.tab() as tab:
        answer = await talk.asked("How many weeks of parental leave may parents take after a birth?")
        while 'class="cite supported"' not in tab.html(answer.pk):
            await tab.hear(10)
    page = (await talk.client.get(f"/c/{talk.pk}/")).content.decode()
    assert tab.html(answer.pk) in page


def test_a_page_says_what_is_being_searched(person, offline):
    answer = factories.make_conversation(person, deployment=offline).ask("Leave?").answer
    search = Search(("parental leave",), ("Handbook", "Travel <rules>"))
    view = View(1, "pending", "", None, search)
    shown = present.one(answer.conversation, answer, view)
    html = render_to_string("conversations/_doing.html", {"message": shown})
    assert "Searching <strong>Handbook, Travel &lt;rules&gt;</strong> for “parental leave”" in html


async def test_a_stopped_answer_goes_on_with_the_same_documents(person, signed_in, deployment, upstream, source, index):
    talk = Talk(person, signed_in)
    upstream.json({"choices": []}).fail(400)  # the intent is not to be had: the question is searched
    answer = await talk.asked("How many weeks of parental leave?")
    assert answer.state == "failed"
    upstream.fail(400).break_off("Parents may take twenty-six weeks[doc1] of", after=1)
    await talk.command("regenerate", answer)
    await settled()
    answer = await talk.answer()
    before = [each.content for each in await rows(answer)]
    searched = len(index.requests)
    upstream.reply(" leave.[doc1]")
    await talk.command("continue", answer)
    await settled()
    answer = await talk.answer()
    assert answer.text == "Parents may take twenty-six weeks[doc1] of leave.[doc1]"
    assert len(index.requests) == searched
    assert [each.content for each in await rows(answer)] == before
    assert await factories.Evidence.objects.filter(message=answer, citations__isnull=False).aexists()
