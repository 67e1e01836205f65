"""Owners manage how their data source answers, without being administrators, and cannot aim it elsewhere."""

import pytest

from conversations.models import DataSource
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"description": "Rules", "role_information": "Be brief.", "strictness": "5", "top_n_documents": "7"}


@pytest.fixture
def source(person):
    made = factories.make_source()
    made.owners.add(person)
    return made


def test_an_owner_sets_how_it_answers_and_its_keys_stay(browser, source):
    assert "Employee handbook" in browser.get("/sources/").content.decode()
    form = {**FORM, "starters": "Who approves leave?", "endpoint": "http://evil.example", "enabled": ""}
    assert browser.post(f"/sources/{source.pk}/", form).status_code == 302
    changed = DataSource.objects.get()
    expected = {"role_information": "Be brief.", "strictness": 5, "top_n_documents": 7, "in_scope": False}
    assert {name: changed.parameters[name] for name in expected} == expected
    assert (changed.parameters["endpoint"], changed.enabled) == (source.parameters["endpoint"], True)
    assert changed.secrets == source.secrets
    assert (changed.starters, changed.description) == (["Who approves leave?"], "Rules")


def test_its_page_shows_no_key(browser, source):
    assert "sk-canary" not in browser.get(f"/sources/{source.pk}/").content.decode()


def test_a_wrong_value_changes_nothing(browser, source):
    response = browser.post(f"/sources/{source.pk}/", {**FORM, "strictness": "9"})
    assert response.status_code == 422
    assert DataSource.objects.get().parameters == source.parameters


def test_a_test_says_where_it_fails(browser, source):
    browser.post(f"/sources/{source.pk}/test")
    assert DataSource.objects.get().test_error
    assert "did not pass" in browser.get(f"/sources/{source.pk}/").content.decode()


def test_who_owns_none_is_told_so_and_finds_none(browser, person):
    source = factories.make_source()
    assert "owner of none" in browser.get("/sources/").content.decode()
    assert browser.get(f"/sources/{source.pk}/").status_code == 404
