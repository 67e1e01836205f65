"""A person's own page: its parts, time zones by region, the company's name."""

import re

from conversations.models import Company
from tests import factories


def test_time_zones_are_grouped_by_region(browser, person):
    page = browser.get("/account/").content.decode()
    europe = re.search(r'<optgroup label="Europe">(.*?)</optgroup>', page, re.S)
    assert '<option value="Europe/Paris">Paris</option>' in europe[1]
    assert "America/" not in europe[1]
    assert '<option value="America/Argentina/Buenos_Aires">Argentina, Buenos Aires</option>' in page
    assert browser.post("/account/", {"time_zone": "Europe/Paris"}).status_code == 302
    person.refresh_from_db()
    assert person.time_zone == "Europe/Paris"
    assert browser.post("/account/", {"time_zone": "Europe"}).status_code == 422


def test_it_has_the_companys_name_and_its_parts(browser):
    Company.objects.create(name="Fernhollow")
    page = browser.get("/account/").content.decode()
    assert "<title>Account · Fernhollow</title>" in page
    assert "<span>Fernhollow</span>" in page
    parts = re.findall(r'<h2 id="(\w+)"', page)
    assert parts == ["profile", "appearance", "chat", "stored", "security", "leave"]


def test_it_says_what_is_stored(browser, person, stranger, offline):
    for owner in (person, person, stranger):
        factories.make_turn(factories.make_conversation(owner, deployment=offline))
    person.conversations.first().archive(True)
    stored = dict(browser.get("/account/").context["stored"])
    assert stored == {"Conversations": "1", "Archived conversations": "1", "Own system prompts": "0"}
