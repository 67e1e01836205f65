"""The screen where a conversation is shared: whom, with what words, and taking it back."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from conversations.models import Feature, Share
from tests import factories


@pytest.fixture
def group(person):
    made = Group.objects.create(name="Finance")
    person.groups.add(made)
    return made


@pytest.fixture
def bob(transactional_db):
    return factories.make_person("bob", email="bob@example.org")


@pytest.fixture
def conversation(person, offline):
    made = factories.make_conversation(person, deployment=offline)
    factories.make_turn(made)
    return made


@pytest.fixture
def address(conversation):
    return f"/c/{conversation.pk}/share"


def test_it_is_in_the_conversation_s_menu(person, browser, group, conversation, address):
    menu = f"/c/{conversation.pk}/menu"
    assert address in browser.get(menu).content.decode()
    Feature.objects.get(name=Feature.Name.SHARING).denied.add(group)
    assert address not in browser.get(menu).content.decode()
    assert browser.get(address).status_code == 404
    assert browser.post(address, {"everybody": "on"}).status_code == 404
    assert not Share.objects.exists()


def test_people_and_groups_are_named_and_the_address_is_shown(browser, bob, group, address):
    response = browser.post(address, {"people": "bob", "groups": [group.pk]}, follow=True)
    made = Share.objects.get()
    assert (list(made.people.all()), list(made.groups.all()), made.everybody) == ([bob], [group], False)
    page = response.content.decode()
    assert f'value="http://testserver/s/{made.token}/"' in page
    assert "Answers can quote documents that your colleagues cannot open." in page
    assert "Finance (group)" in page


@pytest.mark.parametrize("typed", ["bob", "BOB@example.org", " bob ,\nbob@example.org;"])
def test_a_colleague_is_named_by_user_name_or_e_mail_address(browser, bob, address, typed):
    assert browser.post(address, {"people": typed}).status_code == 302
    assert list(Share.objects.get().people.all()) == [bob]


def refusal(browser, address, **form):
    response = browser.post(address, form)
    assert response.status_code == 422
    assert not Share.objects.exists()
    return re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)


def test_who_is_not_here_and_who_is_suspended_are_answered_alike(browser, bob, person, address):
    factories.make_person("rob", email="rob@example.org", is_active=False)
    factories.make_person("bot", service=True)
    unknown = refusal(browser, address, people="nobody")
    assert unknown
    for name in ("rob", "rob@example.org", "bot", "bo", "b%", "*", person.username):
        assert refusal(browser, address, people=name) == [each.replace("nobody", name) for each in unknown]
    assert "bob" not in "".join(refusal(browser, address, people="bob, nobody"))


def test_an_e_mail_address_that_somebody_gave_themselves_is_no_name_of_theirs(browser, bob, stranger, address):
    stranger.email = "bob@example.org"
    stranger.save()
    EmailAddress.objects.create(user=stranger, email="bob@example.org", primary=True, verified=False)
    browser.post(address, {"people": "bob@example.org"})
    assert list(Share.objects.get().people.all()) == [bob]


def test_nor_one_that_two_people_have(browser, bob, address):
    factories.make_person("bobby", email="bob@example.org")
    assert refusal(browser, address, people="bob@example.org")


def test_groups_are_those_that_the_owner_is_in(browser, group, address):
    other = Group.objects.create(name="Board")
    assert "Board" not in browser.get(address).content.decode()
    assert "Board" not in "".join(refusal(browser, address, groups=[other.pk]))


def test_somebody_must_be_chosen_and_not_too_many(browser, address):
    assert refusal(browser, address) == refusal(browser, address, people=" , ")
    assert "50" in refusal(browser, address, people=" ".join(f"p{at}" for at in range(51)))[0]


def test_not_while_an_answer_is_being_written(browser, conversation, address):
    conversation.ask("More?")
    assert "still being written" in refusal(browser, address, everybody="on")[0]


def test_what_was_not_asked_yet_cannot_be_shared(person, browser):
    made = factories.make_conversation(person)
    made.title = ""
    made.save()
    assert browser.get(f"/c/{made.pk}/share").status_code == 404


def test_a_revoked_one_is_gone_and_the_others_stay(browser, bob, conversation, address):
    kept, taken = Share.make(conversation, people=[bob]), Share.make(conversation, everybody=True)
    reader = factories.browser_of(bob)
    assert reader.get(f"/s/{taken.token}/").status_code == 200
    assert browser.post(f"/s/{taken.token}/revoke")["Location"] == address
    assert reader.get(f"/s/{taken.token}/").status_code == 404
    assert reader.get(f"/s/{kept.token}/").status_code == 200
    page = browser.get(address).content.decode()
    assert kept.token in page
    assert taken.token not in page
    assert browser.post(f"/s/{taken.token}/revoke").status_code == 404


def test_only_its_owner_revokes_it(bob, conversation):
    share = Share.make(conversation, people=[bob])
    assert factories.browser_of(bob).post(f"/s/{share.token}/revoke").status_code == 404
    for ask in (factories.browser_of(bob).get, factories.browser_of(bob).post):
        assert ask(f"/c/{conversation.pk}/share", {"everybody": "on"}).status_code == 404
    share.refresh_from_db()
    assert share.revoked is None
    assert Share.objects.count() == 1


def test_while_it_is_shared_the_bar_says_so(browser, conversation):
    page = f"/c/{conversation.pk}/"
    assert "shared-sign" not in browser.get(page).content.decode()
    share = Share.make(conversation, everybody=True)
    assert "shared-sign" in browser.get(page).content.decode()
    share.revoke()
    assert "shared-sign" not in browser.get(page).content.decode()


def test_what_is_shared_with_somebody_is_listed_for_them_alone(browser, bob, conversation):
    reader = factories.browser_of(bob)
    assert "/shared/" not in reader.get("/").content.decode()
    share = Share.make(conversation, people=[bob])
    assert share.token in reader.get("/shared/").content.decode()
    assert "/shared/" in reader.get("/").content.decode()
    assert share.token not in browser.get("/shared/").content.decode()
    share.revoke()
    assert share.token not in reader.get("/shared/").content.decode()
