"""Another person's conversation is read with a permission and a reason, which are written down and told."""

import pytest
from django.contrib.auth.models import Group, Permission

from conversations.models import AuditEntry, Company
from tests import factories

REASON = "The works council asked for the answers about leave."


@pytest.fixture
def officer(transactional_db):
    officer = factories.make_person("officer", is_staff=True)
    officer.user_permissions.add(Permission.objects.get(codename="read_others"))
    return officer


@pytest.fixture
def conversation(person, offline):
    conversation = factories.make_conversation(person, deployment=offline, text="A private title")
    factories.make_turn(conversation, "How long is leave?", "18 weeks.[doc1] <b>& more</b>")
    return conversation


def addresses(conversation):
    page = f"/admin/people/{conversation.owner_id}/conversations/"
    return page, f"{page}{conversation.pk}/"


def readings():
    return list(AuditEntry.objects.filter(verb__startswith="conversation.").order_by("number"))


def test_nobody_reads_without_the_permission(conversation, transactional_db):
    staff = factories.make_person("stan", is_staff=True)
    for person, status in ((staff, 403), (factories.make_person("eve"), 302)):
        client = factories.browser_of(person)
        for address in addresses(conversation):
            assert client.get(address).status_code == status
            assert client.post(address, {"reason": REASON}).status_code == status
    assert readings() == []


@pytest.mark.parametrize("reason", ["", "because", "          "])
def test_nothing_is_shown_without_a_reason(officer, conversation, reason):
    client = factories.browser_of(officer)
    page, one = addresses(conversation)
    assert "A private title" not in client.get(page).content.decode()
    refused = client.post(page, {"reason": reason})
    assert refused.status_code == 422
    assert "A private title" not in refused.content.decode()
    assert client.get(one)["Location"] == page
    assert client.post(one, {"reason": reason})["Location"] == page
    assert readings() == []


def test_list_and_conversation_are_shown_and_written_down(officer, person, conversation):
    client = factories.browser_of(officer)
    page, one = addresses(conversation)
    assert "A private title" in client.post(page, {"reason": REASON}).content.decode()
    shown = client.post(one, {"reason": REASON}).content.decode()
    assert "How long is leave?" in shown
    assert "&lt;b&gt;&amp; more" in shown
    assert [(each.verb, each.person_id, each.concerns_id, each.note) for each in readings()] == [
        ("conversation.list", officer.pk, person.pk, REASON),
        ("conversation.read", officer.pk, person.pk, REASON),
    ]


def test_sources_follow_the_rights_of_who_reads(officer, person, conversation):
    group = Group.objects.create(name="Leave")
    person.groups.add(group)
    source = factories.make_source(groups=[group])
    answer = conversation.messages.get(text__startswith="18 weeks")
    factories.make_evidence(answer, source=source, title="Secret leave policy")
    shown = factories.browser_of(officer).post(addresses(conversation)[1], {"reason": REASON}).content.decode()
    assert "Secret leave policy" not in shown
    assert "a source that you may no longer read" in shown


def test_what_nobody_can_say_any_more_who_may_read_is_not_shown(officer, conversation):
    source = factories.make_source()
    answer = conversation.messages.get(text__startswith="18 weeks")
    factories.make_evidence(answer, source=source, title="Secret leave policy")
    source.delete()
    shown = factories.browser_of(officer).post(addresses(conversation)[1], {"reason": REASON}).content.decode()
    assert "Secret leave policy" not in shown


def test_what_an_answer_was_given_is_shown_with_verdicts_and_scores(officer, conversation):
    answer = conversation.messages.get(text__startswith="18 weeks")
    source = factories.make_source()
    facts = {"source": source, "content": "You may take 18 weeks.", "original_search_score": 7.25}
    given = factories.make_evidence(answer, **facts)
    given.citations.create(position=0, label=1, sentence="18 weeks.", verdict="weak")
    factories.make_evidence(answer, 0, source=source, content="Bread is baked daily.", filter_reason="score")
    shown = factories.browser_of(officer).post(addresses(conversation)[1], {"reason": REASON}).content.decode()
    for part in ("You may take 18 weeks.", "7.250", "weakly supported", "Bread is baked daily.", "score"):
        assert part in shown, part


def test_what_was_deleted_or_is_anothers_is_not_found(officer, stranger, conversation):
    client = factories.browser_of(officer)
    page, one = addresses(conversation)
    elsewhere = one.replace(f"/{conversation.owner_id}/", f"/{stranger.pk}/")
    assert client.post(elsewhere, {"reason": REASON}).status_code == 404
    conversation.throw_away()
    assert client.post(one, {"reason": REASON}).status_code == 404
    assert "A private title" not in client.post(page, {"reason": REASON}).content.decode()


def test_the_person_is_told_unless_the_company_does_not(officer, browser, stranger, conversation):
    assert "Nobody else has read your conversations" in browser.get("/account/").content.decode()
    factories.browser_of(officer).post(addresses(conversation)[1], {"reason": REASON})
    account = browser.get("/account/").content.decode()
    assert REASON in account
    assert "officer" in account
    assert REASON not in factories.browser_of(stranger).get("/account/").content.decode()
    Company.objects.create(tell_of_reading=False)
    assert "read your conversations" not in browser.get("/account/").content.decode()


def test_the_way_there_is_shown_to_who_may(officer, administrator, person):
    right = Permission.objects.get(codename="change_user")
    page = f"/admin/conversations/user/{person.pk}/change/"
    assert "Read conversations" in factories.browser_of(administrator).get(page).content.decode()
    stan = factories.make_person("stan", is_staff=True)
    stan.user_permissions.add(right)
    assert "Read conversations" not in factories.browser_of(stan).get(page).content.decode()
