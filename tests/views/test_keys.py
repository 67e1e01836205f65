"""The page of one's API keys: shown once, revoked at once, nothing offered that is not one's own."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import ApiKey, Feature
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"name": "report", "operations": ["chat"], "days": "30"}


def made(browser, **form):
    page = browser.post("/account/keys/", {**FORM, **form}).content.decode()
    return page.partition('id="new-key"')[2].partition('value="')[2].partition('"')[0]


def test_a_key_is_shown_once_and_works(browser, person):
    key = made(browser)
    assert ApiKey.objects.find(key).owner == person
    page = browser.get("/account/keys/").content.decode()
    assert key not in page
    assert ApiKey.objects.get().beginning in page
    assert (ApiKey.objects.get().operations, ApiKey.objects.get().expires is None) == (["chat"], False)


def test_revoked_it_stays_listed_and_opens_nothing(browser):
    key = made(browser, days="")
    assert "Works until it is revoked" in browser.get("/account/keys/").content.decode()
    browser.post(f"/account/keys/{ApiKey.objects.get().pk}/revoke")
    assert ApiKey.objects.find(key) is None
    assert "Revoked on" in browser.get("/account/keys/").content.decode()


def test_what_belongs_to_others_cannot_be_named(browser, person):
    closed = factories.make_deployment("closed")
    closed.groups.add(Group.objects.create(name="Others"))
    assert "closed" not in browser.get("/account/keys/").content.decode()
    response = browser.post("/account/keys/", {**FORM, "deployments": [closed.pk]})
    assert response.status_code == 422
    assert not ApiKey.objects.exists()


def test_without_a_use_there_is_no_key(browser):
    assert browser.post("/account/keys/", {**FORM, "operations": []}).status_code == 422
    assert not ApiKey.objects.exists()


def test_who_may_not_have_keys_finds_no_page(browser, person):
    Feature.objects.get(name=Feature.Name.KEYS).groups.add(Group.objects.create(name="Developers"))
    assert browser.get("/account/keys/").status_code == 404
    assert "/account/keys/" not in browser.get("/account/").content.decode()


def test_an_administrator_makes_one_for_a_service_account_and_sees_it_once(administrator, person):
    browser = factories.browser_of(administrator)
    form = {"owner": person.pk, "name": "nightly", "operations": ["chat", "embeddings"]}
    response = browser.post("/admin/conversations/apikey/add/", form)
    key = response.content.decode().partition('id="new-key"')[2].partition('value="')[2].partition('"')[0]
    assert ApiKey.objects.find(key).name == "nightly"
    pages = [
        "/admin/conversations/apikey/",
        f"/admin/conversations/apikey/{ApiKey.objects.get().pk}/change/",
        "/admin/",
    ]
    assert all(key not in browser.get(each).content.decode() for each in pages)
    action = {"action": "revoke", "_selected_action": [ApiKey.objects.get().pk]}
    browser.post("/admin/conversations/apikey/", action)
    assert ApiKey.objects.find(key) is None
