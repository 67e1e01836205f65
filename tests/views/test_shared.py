"""What colleagues see of a shared conversation: its texts, and nothing that they may not read themselves."""

import re

import pytest
from django.contrib.auth.models import Group

from conversations.models import Citation, Collection, Conversation, Document, Feature, Share, State, Verdict
from tests import factories
from tests.talk import HTMX

SECRET = "canary"
TEXT = "18 weeks.[doc2] In blocks.[doc1]"


@pytest.fixture
def group(person):
    made = Group.objects.create(name="HR")
    person.groups.add(made)
    return made


@pytest.fixture
def bob(transactional_db):
    return factories.make_person("bob")


@pytest.fixture
def reader(bob):
    return factories.browser_of(bob)


@pytest.fixture
def closed(group):
    """A source that only the owner may ask."""
    return factories.make_source(f"Source {SECRET}", groups=[group])


@pytest.fixture
def answer(person, offline, closed):
    """It cites one passage of an open source and one of a closed one, and was given a third; all else is secret."""
    conversation = factories.make_conversation(person, deployment=offline)
    turn = factories.make_turn(conversation, question="How long?", answer=TEXT)
    factories.make_evidence(turn.answer, 1, source=factories.make_source("Open"), original_search_score=0.5)
    hidden = {name: f"{SECRET} {name}" for name in ("title", "heading", "content", "filepath", "source_name")}
    hidden |= {"source": closed, "url": f"https://{SECRET}.example/", "queries": [SECRET], "page": 77}
    scores = {"original_search_score": 0.987, "rerank_score": 0.876}
    secret = factories.make_evidence(turn.answer, 2, **hidden, **scores)
    factories.make_evidence(turn.answer, 0, **hidden, filter_reason="score", original_search_score=0.765)
    says = {"label": 1, "sentence": "18 weeks.", "verdict": Verdict.WEAK, "start": 0, "end": 6}
    Citation.objects.create(evidence=secret, position=0, **says)
    attempt = turn.answer.attempts.get()
    attempt.system_text = attempt.reasoning = attempt.detail = attempt.model = attempt.request_id = SECRET
    attempt.facts = {"queries": [SECRET], "unread": [SECRET], "sources_left_out": [closed.name]}
    attempt.tries = [{"deployment": SECRET, "error": SECRET}]
    attempt.usage, attempt.tool_calls = {"prompt_tokens": 4711}, [_call()]
    attempt.save()
    kept = {"pk": 90, "collection": Collection.objects.create(name="Attached files", conversation=conversation)}
    file = Document.objects.create(**kept, title=SECRET, filename=f"{SECRET}.png", kind="png", size=123)
    turn.question.attached.add(file)
    return turn.answer


def _call():
    return {"id": "1", "type": "function", "function": {"name": SECRET, "arguments": f'{{"a": "{SECRET}"}}'}}


@pytest.fixture
def share(answer, bob):
    return Share.make(answer.conversation, people=[bob])


def seen(reader, share, answer):
    """Everything that this reader can reach of it, by what it is."""
    of = f"/s/{share.token}/m/{answer.pk}/"
    asked = f"/s/{share.token}/m/{answer.parent_id}/text"
    addresses = {"page": f"/s/{share.token}/", "text": f"{of}text", "question": asked, "found": f"{of}sources/"}
    addresses |= {f"source {at}": f"{of}sources/{at}/" for at in (1, 2)}
    addresses |= {f"preview {at}": f"{of}sources/{at}/?preview" for at in (1, 2)}
    pages = {name: reader.get(address) for name, address in addresses.items()}
    pages |= {f"{name} of htmx": reader.get(address, headers=HTMX) for name, address in addresses.items()}
    pages["list"] = reader.get("/shared/")
    copy = reader.post(f"/s/{share.token}/continue")
    pages["copy"] = reader.get(copy["Location"])
    for end in ("export.md", "export.json"):
        pages[f"copy as {end}"] = reader.get(copy["Location"] + end)
    assert {each.status_code for each in pages.values()} == {200}
    return {name: each.content.decode() for name, each in pages.items()}


def test_nothing_that_the_reader_may_not_read_is_anywhere(reader, share, answer):
    for name, page in seen(reader, share, answer).items():
        assert SECRET not in page.lower(), name
        assert not re.search(r"0[.,]98|0[.,]99|0[.,]87|0[.,]88|0[.,]76|0[.,]77|4711|page 77", page), name


def test_the_same_pages_show_it_to_whoever_may_read_it(bob, reader, share, answer, group):
    bob.groups.add(group)
    pages = seen(reader, share, answer)
    for name in ("page", "text", "found", "source 1", "preview 1", "copy"):
        assert SECRET in pages[name], name
    assert f"<mark>{SECRET}</mark> content" in pages["source 1"]
    for name in ("question", "list"):
        assert SECRET not in pages[name], name


def test_what_the_owner_has_beside_the_texts_is_nobody_else_s(bob, reader, share, answer, group, closed):
    """The sources' words are there to be read now; the attempt's and the file's still are not."""
    bob.groups.add(group)
    blank = dict.fromkeys(("title", "heading", "content", "filepath", "source_name", "url"), "")
    answer.evidence.filter(source=closed).update(queries=[], **blank)
    for name, page in seen(reader, share, answer).items():
        found = page.replace(closed.name, "") if name.startswith("copy") else page
        assert SECRET not in found.lower(), name


def test_texts_are_rendered_and_numbers_lead_to_the_reader_s_own_addresses(reader, share, answer):
    page = reader.get(f"/s/{share.token}/").content.decode()
    numbers = re.findall(r'href="([^"]*)" data-source="\d" aria-label="([^"]*)"', page)
    of = f"/s/{share.token}/m/{answer.pk}/sources"
    assert numbers == [
        (f"{of}/1/", "Source 1: a source that you may not read"),
        (f"{of}/2/", "Source 2: Leave policy, page 3 (not checked)"),
    ]
    assert "How long?" in page
    assert "18 weeks." in page
    assert page.count("An attached file") == 1


def test_it_is_read_only(reader, share):
    page = reader.get(f"/s/{share.token}/").content.decode()
    forms = re.findall(r'<form [^>]*action="([^"]*)"', page)
    assert forms == [f"/s/{share.token}/continue"]
    assert not re.search(r'hx-post|formaction|data-socket|id="composer"|/c/', page)


def test_a_source_that_may_not_be_read_says_so_and_no_more(reader, share, answer):
    panel = reader.get(f"/s/{share.token}/m/{answer.pk}/sources/1/", headers=HTMX).content.decode()
    assert "You may not read this source, so its passage is not shown." in panel
    assert "no longer" not in panel
    assert "Checked" not in panel
    text = reader.get(f"/s/{share.token}/m/{answer.pk}/text").content.decode()
    assert text == (
        "18 weeks.[1] In blocks.[2]\n\nSources:\n\n- [1] a source that you may not read\n- [2] Leave policy, page 3"
    )


def test_rights_are_today_s(bob, reader, share, answer, group):
    bob.groups.add(group)
    address = f"/s/{share.token}/m/{answer.pk}/sources/1/"
    assert SECRET in reader.get(address).content.decode()
    bob.groups.clear()
    assert SECRET not in reader.get(address).content.decode()


def test_the_title_of_what_nobody_can_grant_any_more_stays_with_the_owner(person, browser, reader, share, answer):
    answer.evidence.get(number=2).source.delete()
    assert f"{SECRET} title" in browser.get(f"/c/{answer.conversation_id}/").content.decode()
    assert SECRET not in reader.get(f"/s/{share.token}/").content.decode()


def test_where_nothing_may_be_read_there_is_no_search_to_see(reader, share, answer):
    answer.evidence.filter(number=1).delete()
    assert reader.get(f"/s/{share.token}/m/{answer.pk}/sources/").status_code == 404
    assert "How this was found" not in reader.get(f"/s/{share.token}/m/{answer.pk}/sources/1/").content.decode()


def test_the_sentences_of_what_was_continued_later_are_not_shown(bob, reader, share, answer, group):
    bob.groups.add(group)
    answer.text = "18 weeks.[doc2]"
    answer.state = State.STOPPED
    answer.save()
    later = Share.make(answer.conversation, people=[bob])
    answer.conversation.go_on(answer)
    answer.text += f" {SECRET} sentence.[doc2]"
    answer.save()
    evidence = answer.evidence.get(number=2)
    Citation.objects.create(evidence=evidence, position=1, label=1, sentence="A later sentence.")
    page = reader.get(f"/s/{later.token}/m/{answer.pk}/sources/1/").content.decode()
    assert "“18 weeks.”" in page
    assert "later sentence" not in page
    assert f"{SECRET} sentence" not in page


def test_messages_outside_of_it_have_no_address(reader, share, answer):
    later = factories.make_turn(answer.conversation, question="Later?", answer="Later.[doc1]").answer
    factories.make_evidence(later)
    for end in ("text", "sources/", "sources/1/"):
        assert reader.get(f"/s/{share.token}/m/{later.pk}/{end}").status_code == 404
        assert reader.get(f"/s/{share.token}/m/{answer.parent_id}/{end}").status_code == (200 if end == "text" else 404)


def test_files_of_the_owner_are_not_reached_through_it(reader, share, answer):
    assert reader.get("/documents/d/90/").status_code == 404
    assert reader.get(f"/c/{answer.conversation_id}/files/90/picture").status_code == 404
    assert reader.get(f"/c/{answer.conversation_id}/").status_code == 404


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED, State.FILTERED])
def test_how_an_answer_ended_is_told_in_one_sentence(reader, share, answer, state):
    answer.state = state
    answer.save()
    assert "This answer is not complete." in reader.get(f"/s/{share.token}/").content.decode()


def addresses(share, answer):
    of = f"/s/{share.token}/"
    return [of, f"{of}m/{answer.pk}/text", f"{of}m/{answer.pk}/sources/", f"{of}m/{answer.pk}/sources/1/"]


@pytest.mark.parametrize("who", ["stranger", "staff", "wrong group", "revoked", "owner suspended", "owner may not"])
def test_to_all_others_it_does_not_exist(person, bob, share, answer, group, who):
    reader = bob
    if who in {"stranger", "staff", "wrong group"}:
        reader = factories.make_person("carol", is_staff=who == "staff")
        reader.groups.add(*([Group.objects.create(name="Wrong")] if who == "wrong group" else []))
    elif who == "revoked":
        share.revoke()
    elif who == "owner suspended":
        person.is_active = False
        person.save()
    else:
        Feature.objects.get(name=Feature.Name.SHARING).denied.add(group)
    client = factories.browser_of(reader)
    for address in addresses(share, answer):
        assert client.get(address).status_code == 404, address
    assert client.post(f"/s/{share.token}/continue").status_code == 404
    assert not Conversation.objects.filter(owner=reader).exists()


def test_who_was_suspended_is_sent_away(bob, reader, share, answer):
    bob.is_active = False
    bob.save()
    for address in addresses(share, answer):
        assert reader.get(address)["Location"].startswith("/accounts/login/"), address


def test_a_copy_is_the_reader_s_and_the_owner_does_not_see_it(bob, reader, browser, share):
    address = reader.post(f"/s/{share.token}/continue")["Location"]
    share.revoke()
    page = reader.get(address).content.decode()
    assert "How long?" in page
    assert 'id="composer"' in page
    assert browser.get(address).status_code == 404
    made = Conversation.objects.get(owner=bob)
    assert not made.messages.filter(evidence__isnull=False).exists()
    assert "[doc" not in "".join(each.text for each in made.path())


def test_pages_cost_as_many_queries_however_long(person, bob, offline, reader, django_assert_max_num_queries):
    made = factories.make_conversation(person, deployment=offline)
    for at in range(30):
        factories.make_evidence(factories.make_turn(made, question=f"q{at}", answer=TEXT).answer)
    share = Share.make(made, people=[bob])
    with django_assert_max_num_queries(14):
        page = reader.get(f"/s/{share.token}/").content.decode()
    assert "q0<" in page
    assert "q29<" in page
