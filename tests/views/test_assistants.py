"""Assistants: one choice that sets what answers, for whom it is granted, as it is at the next question."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import Assistant, Attempt, Conversation, DataSource, Feature, Prompt
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"name": "Travel desk", "description": "Trips", "instructions": "You book trips.", "temperature": "0.5"}


@pytest.fixture
def model():
    return factories.make_deployment()


@pytest.fixture
def helper(model):
    source = factories.make_source()
    made = factories.make_assistant(deployment=model, instructions="Be brief.", sources=[source])
    made.parameters, made.starters = {"temperature": 0.2}, ["Where to?"]
    made.save()
    return made


def started(browser, person, helper, text="Hello?", **fields):
    pk, key = factories.new_chat(person)
    response = browser.post(f"/c/{pk}/ask", {"text": text, "key": key, "assistant": helper.pk, **fields})
    return response, Conversation.objects.filter(pk=pk).first()


def test_it_is_offered_and_its_page_has_its_starters(browser, helper):
    assert f"?assistant={helper.pk}" in browser.get("/").content.decode()
    page = browser.get(f"/?assistant={helper.pk}").content.decode()
    assert "Where to?" in page
    assert f'name="assistant" value="{helper.pk}"' in page
    assert 'name="settings"' not in page


def test_it_sets_deployment_words_parameters_and_sources(browser, person, helper, model):
    response, found = started(browser, person, helper)
    assert response.status_code == 302
    attempt = Attempt.objects.get()
    assert (found.assistant, attempt.deployment, attempt.system_text) == (helper, model, "Be brief.")
    assert attempt.parameters == {"temperature": 0.2}
    assert list(attempt.sources.all()) == list(DataSource.objects.all())


def test_a_change_counts_from_the_next_question(browser, person, helper):
    _, found = started(browser, person, helper)
    found.messages.update(state="complete")
    helper.write("Be long.")
    browser.post(f"/c/{found.pk}/ask", {"text": "And now?"})
    texts = list(Attempt.objects.order_by("started").values_list("system_text", flat=True))
    assert texts == ["Be brief.", "Be long."]


def test_the_form_of_an_assistant_s_conversation_sets_nothing_else(browser, person, helper):
    _, found = started(browser, person, helper)
    found.messages.update(state="complete")
    browser.post(f"/c/{found.pk}/ask", {"text": "And now?", "settings": "1", "temperature-1": "1.5"})
    assert Attempt.objects.order_by("started").last().parameters == {"temperature": 0.2}


def test_of_others_it_is_neither_offered_nor_asked(browser, person, helper):
    helper.groups.add(Group.objects.create(name="Others"))
    assert "?assistant=" not in browser.get("/").content.decode()
    assert browser.get(f"/?assistant={helper.pk}").status_code == 404
    response, found = started(browser, person, helper)
    assert (response.status_code, found) == (422, None)


def test_it_lends_nobody_its_deployment_or_sources(browser, person, helper, model):
    DataSource.objects.get().groups.add(Group.objects.create(name="Others"))
    _, found = started(browser, person, helper)
    assert not found.sources.exists()
    page = browser.get(f"/?assistant={helper.pk}").content.decode()
    assert "Some of its data sources are not open to you" in page
    assert str(helper.sources.get()) not in page
    model.groups.add(Group.objects.get())
    assert browser.get(f"/?assistant={helper.pk}").status_code == 404


def test_who_lost_it_reads_on_but_asks_no_more(browser, person, helper):
    _, found = started(browser, person, helper)
    found.messages.update(state="complete")
    helper.denied.add(group := Group.objects.create(name="Leavers"))
    person.groups.add(group)
    page = browser.get(f"/c/{found.pk}/")
    assert (page.status_code, "assistant is not available" in page.content.decode()) == (200, True)
    assert browser.post(f"/c/{found.pk}/ask", {"text": "And now?"}).status_code == 422
    assert found.messages.count() == 2


def test_what_was_typed_for_one_that_is_gone_can_be_taken_to_a_new_chat(browser, person, helper):
    _, found = started(browser, person, helper)
    found.messages.update(state="complete")
    helper.groups.add(Group.objects.create(name="Others"))
    asked = {"text": "And now?"}
    refused = browser.post(f"/c/{found.pk}/ask", asked, headers={"HX-Request": "true"}).content.decode()
    assert "assistant is not available" in refused
    assert "data-anew" in refused


def test_a_new_one_has_the_deployment_of_a_new_chat_chosen(browser, model):
    page = browser.get("/assistants/").content.decode()
    assert f'<option value="{model.pk}">' in page
    assert "---------" not in page


def test_one_of_one_s_own_is_one_s_own_alone(browser, person, stranger, model):
    response = browser.post("/assistants/", {**FORM, "deployment": model.pk})
    assert response.status_code == 302
    made = Assistant.objects.get()
    assert (made.instructions, made.parameters) == ("You book trips.", {"temperature": 0.5})
    assert list(Assistant.objects.for_reader(person.reader())) == [made]
    assert not Assistant.objects.for_reader(stranger.reader()).exists()
    browser.post(f"/assistants/{made.pk}/", {**FORM, "deployment": model.pk, "instructions": "You book trains."})
    assert Assistant.objects.get().instructions == "You book trains."
    assert made.prompt.versions.count() == 2


def test_one_that_cannot_be_closed_is_not_made(browser, model, monkeypatch):
    monkeypatch.setattr(Assistant, "keep_to", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        browser.post("/assistants/", {**FORM, "deployment": model.pk})
    assert not Assistant.objects.exists()
    assert not Prompt.objects.exists()


def test_its_owner_s_changes_leave_the_sources_that_were_not_offered(browser, person, helper, model):
    theirs, mine = DataSource.objects.get(), factories.make_source("Mine")
    theirs.groups.add(Group.objects.create(name="Others"))
    helper.owners.add(person)
    form = {**FORM, "deployment": model.pk}
    for chosen in ([mine.pk], []):
        assert browser.post(f"/assistants/{helper.pk}/", {**form, "sources": chosen}).status_code == 302
        assert set(helper.sources.values_list("pk", flat=True)) == {theirs.pk, *chosen}


def test_its_instructions_are_no_shared_prompt(browser, person, helper):
    assert helper.prompt not in Prompt.objects.for_user(person)
    assert browser.get(f"/prompts/{helper.prompt_id}/").status_code == 404


def test_its_instructions_are_in_no_export_but_its_owners(browser, person, stranger, helper, offline):
    for owner, shown in ((stranger, False), (person, True)):
        helper.owners.set([owner])
        conversation = factories.make_conversation(person, deployment=offline, assistant=helper)
        factories.make_turn(conversation).answer.attempts.update(system_text="Be brief.")
        assert ("Be brief." in browser.get(f"/c/{conversation.pk}/export.json").content.decode()) is shown


def test_a_value_that_its_deployment_does_not_take_is_refused(browser, model):
    response = browser.post("/assistants/", {**FORM, "deployment": model.pk, "temperature": "7"})
    assert response.status_code == 422
    assert "Enter a number from" in response.content.decode()
    assert not Assistant.objects.exists()
    assert not Prompt.objects.exists()


def test_what_one_may_not_use_cannot_be_put_into_one(browser, model):
    closed = factories.make_deployment("closed")
    closed.groups.add(Group.objects.create(name="Others"))
    assert browser.post("/assistants/", {**FORM, "deployment": closed.pk}).status_code == 422


def test_who_may_not_make_any_is_not_offered_it(browser, person, model):
    Feature.objects.get(name=Feature.Name.ASSISTANTS).groups.add(Group.objects.create(name="Makers"))
    assert "<form" not in browser.get("/assistants/").content.decode()
    assert browser.post("/assistants/", {**FORM, "deployment": model.pk}).status_code == 404


def test_deleted_it_goes_with_its_words_unless_conversations_were_held_with_it(browser, person, helper):
    helper.owners.add(person)
    _, found = started(browser, person, helper)
    browser.post(f"/assistants/{helper.pk}/delete")
    helper.refresh_from_db()
    assert (helper.enabled, helper.owners.exists()) == (False, False)
    assert browser.get(f"/c/{found.pk}/").status_code == 200
    found.delete()
    helper.owners.add(person)
    browser.post(f"/assistants/{helper.pk}/delete")
    assert not Assistant.objects.exists()
    assert not Prompt.objects.exists()


def test_an_administrator_makes_and_grants_one(administrator, model):
    browser = factories.browser_of(administrator)
    group = Group.objects.create(name="Sales")
    form = {
        **FORM,
        "deployment": model.pk,
        "groups": [group.pk],
        "position": "10",
        "enabled": "on",
        "starters": "A?\nB?",
    }
    response = browser.post("/admin/conversations/assistant/add/", form)
    assert response.status_code == 302, response.content.decode()
    made = Assistant.objects.get()
    assert (made.instructions, made.starters, list(made.groups.all())) == ("You book trips.", ["A?", "B?"], [group])
    assert browser.post(f"/admin/conversations/assistant/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Prompt.objects.exists()
