"""Who may use what: the same rules for everything that can be granted."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from conversations.models import Collection, Deployment, Feature, Granted, Owned, Prompt, User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

GRANTED = [model for model in apps.get_app_config("conversations").get_models() if issubclass(model, Granted)]
MADE = {
    "Assistant": lambda: factories.make_assistant(),
    "Collection": lambda: Collection.objects.create(name="Handbook"),
    "DataSource": lambda: factories.make_source(),
    "Deployment": lambda: factories.make_deployment(),
    "Feature": lambda: Feature.objects.get(name=Feature.Name.SHARING),
    "Prompt": lambda: Prompt.objects.create(name="Translator"),
}


@pytest.fixture(params=GRANTED, ids=lambda model: model.__name__)
def granted(request, person):
    return MADE[request.param.__name__]()


def used_by(person, thing):
    return type(thing).objects.granted(person.reader()).filter(pk=thing.pk).exists()


@pytest.fixture
def group():
    return Group.objects.create(name="Finance")


def test_without_grants_it_is_everybody_s(person, granted):
    assert used_by(person, granted)


def test_granted_it_is_that_group_s(person, granted, group):
    granted.groups.add(group)
    assert not used_by(person, granted)
    person.groups.add(group)
    assert used_by(person, granted)
    person.groups.remove(group)
    assert not used_by(person, granted)


def test_a_denial_wins(person, stranger, granted, group):
    mine = Group.objects.create(name="Mine")
    person.groups.add(mine, group)
    granted.groups.add(mine)
    granted.denied.add(group)
    assert not used_by(person, granted)
    granted.groups.clear()
    assert not used_by(person, granted)
    assert used_by(stranger, granted)


def test_who_is_suspended_uses_nothing_whenever_the_reader_was_made(person, granted):
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert not used_by(person, granted)


def test_the_people_of_a_feature_are_those_who_may_use_it(person, stranger, group):
    feature, other = Feature.objects.get(name=Feature.Name.SHARING), Group.objects.create(name="Other")
    Feature.objects.get(name=Feature.Name.UPLOAD).denied.add(group)

    def agreed():
        people = Feature.people(Feature.Name.SHARING)
        assert set(people) == {each for each in (person, stranger) if each.may(Feature.Name.SHARING)}
        return {each.username for each in people}

    assert agreed() == {"alice", "mallory"}
    person.groups.add(group, other)
    feature.groups.add(group)
    assert agreed() == {"alice"}
    feature.denied.add(other)
    assert agreed() == set()
    feature.denied.clear()
    person.is_active = False
    person.save()
    assert agreed() == set()


def test_a_deleted_group_opens_nothing(person, granted, group):
    granted.groups.add(group)
    group.delete()
    assert not used_by(person, granted)


def test_owners_need_no_grant_but_a_denial_wins_over_them_too(person, granted, group):
    if not isinstance(granted, Owned):
        assert not hasattr(granted, "owners")
        return
    granted.groups.add(group)
    granted.owners.add(person)
    assert used_by(person, granted)
    assert type(granted).objects.owned_by(person.reader()).get() == granted
    person.groups.add(group)
    granted.denied.add(group)
    assert not used_by(person, granted)
    assert not type(granted).objects.owned_by(person.reader()).exists()


def test_what_is_denied_to_its_owner_is_not_there_to_be_managed(person, browser, group):
    collection, source = Collection.objects.create(name="Handbook"), factories.make_source()
    assistant = factories.make_assistant()
    document = collection.documents.create(title="Leave", filename="leave.md", kind="md", file="x", size=1, sha256="")
    addresses = [
        f"/documents/{collection.pk}/",
        f"/documents/d/{document.pk}/",
        f"/sources/{source.pk}/",
        f"/assistants/{assistant.pk}/",
    ]
    for each in (collection, source, assistant):
        each.groups.add(Group.objects.create(name=f"Others of {each}"))
        each.owners.add(person)
    assert [browser.get(each).status_code for each in addresses] == [200, 200, 200, 200]
    for each in (collection, source, assistant):
        each.denied.add(group)
    person.groups.add(group)
    assert [browser.get(each).status_code for each in addresses] == [404, 404, 404, 404]


def test_what_takes_over_is_no_way_around_its_grants(person, group):
    second = factories.make_deployment("second")
    first = factories.make_deployment("first", fallback=second)
    assert first.line(person.reader()) == [first, second]
    second.groups.add(group)
    assert first.line(person.reader()) == [first]


def test_a_deployment_of_others_is_neither_offered_nor_asked(person, browser, group):
    factories.make_deployment("open")
    factories.make_deployment("closed").groups.add(group)
    page = browser.get("/").content.decode()
    assert 'value="open"' in page
    assert "closed" not in page
    pk, key = factories.new_chat(person)
    form = {"text": "Hello?", "key": key, "deployment": "closed"}
    assert browser.post(f"/c/{pk}/ask", form).status_code == 422
    assert not person.conversations.exists()
    assert Deployment.objects.for_reader(person.reader()).count() == 1


def test_a_prompt_of_others_is_not_there(person, browser, group):
    prompt = Prompt.objects.create(name="Secret wording")
    prompt.groups.add(group)
    assert browser.get(f"/prompts/{prompt.pk}/").status_code == 404
    assert "Secret wording" not in browser.get("/prompts/").content.decode()


def test_who_may_not_attach_is_not_offered_it(person, browser, offline, group):
    pk, key = factories.new_chat(person)
    assert 'type="file"' in browser.get("/").content.decode()
    Feature.objects.get(name=Feature.Name.UPLOAD).denied.add(group)
    person.groups.add(group)
    assert 'type="file"' not in browser.get("/").content.decode()
    assert browser.post(f"/c/{pk}/files", {"key": key}).status_code == 404
