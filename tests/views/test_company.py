"""The company's own words on the pages; empty ones mean the product's."""

from conversations.models import Company
from tests import factories


def test_the_companys_words_take_the_place_of_ours(person, administrator, offline):
    admin, client = factories.browser_of(administrator), factories.browser_of(person)
    assert "What would you like to know?" in client.get("/").content.decode()
    form = {
        "name": "Lamp & Co",
        "welcome": "How can the lamp help?",
        "notice": "Our <rules>",
        "notice_link": "intranet.example/rules",
        "banner": "Closed on Monday.",
    }
    assert admin.post("/admin/conversations/company/add/", form).status_code == 302
    page = client.get("/").content.decode()
    for words in ("Lamp &amp; Co", "How can the lamp help?", "Our &lt;rules&gt;", "Closed on Monday."):
        assert words in page
    assert 'href="https://intranet.example/rules"' in page
    assert "What would you like to know?" not in page


def test_there_is_one_company(administrator):
    admin = factories.browser_of(administrator)
    Company.objects.create(name="One")
    assert admin.post("/admin/conversations/company/add/", {"name": "Two"}).status_code == 403
    assert admin.post("/admin/conversations/company/1/delete/", {"post": "yes"}).status_code == 403
    assert str(Company.current()) == "One"


def test_its_page_is_its_form(administrator):
    admin, listed = factories.browser_of(administrator), "/admin/conversations/company/"
    assert admin.get(listed)["Location"] == f"{listed}add/"
    one = Company.objects.create(name="One")
    assert admin.get(listed)["Location"] == f"{listed}{one.pk}/change/"
    page = admin.get(f"{listed}{one.pk}/change/").content.decode()
    assert "deleted for good a week later" in page.replace("\n", " ")


def test_a_link_that_is_none_is_refused(administrator):
    admin = factories.browser_of(administrator)
    page = admin.post("/admin/conversations/company/add/", {"notice_link": "javascript:alert(1)"})
    assert page.status_code == 200
    assert not Company.objects.exists()


def test_starters_of_ours_are_shown_in_the_readers_language_and_those_of_a_company_as_written(browser, offline):
    factories.make_source(starters=["What can you do?", "What is our motto?"], on_by_default=True)
    page = browser.get("/", headers={"Accept-Language": "fr"}).content.decode()
    assert 'value="Que savez-vous faire ?"' in page
    assert 'value="What is our motto?"' in page
