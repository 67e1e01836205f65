"""How to ask from a program: with one's own deployments and this server's address, never with a key."""

import pytest
from django.contrib.auth.models import Group

from conversations.models import ApiKey, Feature
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def page(browser, **query):
    return browser.get("/account/api/", query).content.decode()


def test_the_examples_have_ones_own_deployments_and_no_key(browser, person):
    factories.make_deployment("first")
    factories.make_deployment("second")
    factories.make_deployment("closed").groups.add(Group.objects.create(name="Others"))
    key = ApiKey(owner=person, name="report")
    key.issue()
    shown = page(browser)
    assert shown.count("data-copy-code") == 4
    assert "http://testserver/v1/chat/completions" in shown
    assert shown.count("&quot;first&quot;") + shown.count('"first"') >= 4
    assert "closed" not in shown
    assert key.secret not in shown
    assert key.beginning not in shown


def test_another_deployment_can_be_chosen_but_none_of_others(browser):
    factories.make_deployment("first")
    factories.make_deployment("second")
    factories.make_deployment("closed").groups.add(Group.objects.create(name="Others"))
    assert '<option value="second" selected>' in page(browser, deployment="second")
    assert '<option value="first" selected>' in page(browser, deployment="closed")


def test_the_address_is_the_one_people_type(browser, settings):
    factories.make_deployment("first")
    settings.PUBLIC_URL = "https://chat.example.com"
    assert "https://chat.example.com/v1/chat/completions" in page(browser)


def test_without_a_deployment_it_says_so(browser):
    assert "There is no deployment that you may ask" in page(browser)


def test_it_is_not_there_for_who_may_have_no_keys(browser, person):
    Feature.complete()
    group = Group.objects.create(name="Interns")
    person.groups.add(group)
    Feature.objects.get(name="keys").denied.add(group)
    assert browser.get("/account/api/").status_code == 404


def test_the_page_of_keys_leads_to_it(browser):
    assert 'href="/account/api/"' in browser.get("/account/keys/").content.decode()
