"""Administrators write keys and never read them."""

from decimal import Decimal

import pytest
from django.db import connection

from conversations.models import Deployment
from tests import factories
from tests.admin.forms import ADD, CANARY
from tests.admin.forms import deployment_form as form


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)


def test_a_deployment_is_added_by_name_address_and_key(admin):
    assert admin.post(ADD, form()).status_code == 302
    deployment = Deployment.objects.get(name="gpt")
    assert deployment.key == CANARY
    assert deployment.endpoint_at().model == "gpt"


def test_a_deployment_has_a_price_list(admin):
    line = {"since": "2026-01-01", "prompt": "2.5", "cached": "", "completion": "10"}
    lines = {f"prices-0-{name}": value for name, value in line.items()}
    admin.post(ADD, form(**{"prices-TOTAL_FORMS": "1"}, **lines))
    price = Deployment.objects.get(name="gpt").prices.get()
    assert (price.prompt, price.cached, price.completion) == (Decimal("2.5"), None, Decimal(10))
    page = admin.post(ADD, form(name="second", **{"prices-TOTAL_FORMS": "1"}, **{**lines, "prices-0-prompt": "-1"}))
    assert "greater than or equal to 0" in page.content.decode()


def test_a_stored_key_is_nowhere_to_be_read(admin):
    admin.post(ADD, form())
    deployment = Deployment.objects.get()
    page = admin.get(f"/admin/conversations/deployment/{deployment.pk}/change/").content.decode()
    assert CANARY not in page
    assert "A key is stored" in page
    assert CANARY not in repr(deployment.secrets)
    assert CANARY not in repr(deployment.endpoint_at())
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM conversations_deployment")
        assert CANARY not in cursor.fetchone()[0]


def test_a_refused_form_does_not_echo_the_key(admin):
    page = admin.post(ADD, form(endpoint="ftp://nowhere")).content.decode()
    assert "Enter a base URL" in page
    assert CANARY not in page


def test_a_new_deployment_is_not_asked_what_becomes_of_a_stored_key(admin):
    page = admin.get(ADD).content.decode()
    assert "id_remove_key" not in page
    assert "id_store_untested" not in page
    admin.post(ADD, form())
    assert (
        "id_remove_key"
        in admin.get(f"/admin/conversations/deployment/{Deployment.objects.get().pk}/change/").content.decode()
    )


def test_an_empty_key_keeps_the_stored_one_unless_the_host_changes(admin):
    admin.post(ADD, form())
    change = f"/admin/conversations/deployment/{Deployment.objects.get().pk}/change/"
    admin.post(change, form(key="", endpoint="http://vllm:8000/v2"))
    assert Deployment.objects.get().key == CANARY
    page = admin.post(change, form(key="", endpoint="http://elsewhere:8000/v1"), follow=True).content.decode()
    assert Deployment.objects.get().key == ""
    assert "what was stored was dropped" in page


def test_lost_encryption_keys_are_said_and_lose_nothing_else(admin, settings):
    from cryptography.fernet import Fernet

    admin.post(ADD, form())
    kept = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    deployment = Deployment.objects.get()
    assert deployment.key_lost
    page = admin.get(f"/admin/conversations/deployment/{deployment.pk}/change/").content.decode()
    assert "cannot be decrypted" in page
    deployment.label = "renamed"
    deployment.save()
    settings.FIELD_ENCRYPTION_KEYS = kept
    assert Deployment.objects.get().key == CANARY


def test_a_deployment_in_use_is_not_deleted(admin, person):
    deployment = factories.make_deployment()
    factories.make_conversation(person, deployment=deployment)
    response = admin.post(f"/admin/conversations/deployment/{deployment.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert Deployment.objects.filter(pk=deployment.pk).exists()


def test_the_admin_has_the_same_door(client, transactional_db):
    response = client.get("/admin/", follow=False)
    assert response.status_code == 302
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_who_is_no_administrator_is_told_so_in_one_line_of_the_log(browser, caplog):
    response = browser.get("/admin/", follow=True)
    page = response.content.decode()
    assert response.status_code == 403
    assert "These pages are for administrators" in page
    assert 'href="/"' in page
    assert "session" not in page
    assert [(each.levelname, each.exc_info) for each in caplog.records] == [("WARNING", None)]


@pytest.mark.parametrize(
    "wrong", [{"name": "no blanks"}, {"prices-TOTAL_FORMS": "1", "prices-0-since": "soon"}], ids=["form", "prices"]
)
def test_a_typed_key_is_asked_for_again_when_the_form_comes_back(admin, wrong):
    page = admin.post(ADD, form(**wrong)).content.decode()
    assert "id_key_error" not in page, "the key was not what is wrong"
    assert '<strong class="warned">Enter it again' in page
    assert CANARY not in page
    assert "Enter it again" not in admin.post(ADD, form(**wrong, key="")).content.decode()


def test_a_prompt_keeps_its_versions(admin):
    from conversations.models import Prompt

    admin.post("/admin/conversations/prompt/add/", {"name": "House style", "text": "Answer for {{team}}."})
    prompt = Prompt.objects.get()
    admin.post(f"/admin/conversations/prompt/{prompt.pk}/change/", {"name": "House style", "text": "Plain words."})
    first, second = prompt.versions.order_by("number")
    assert first.render({"team": "sales"}) == "Answer for sales."
    assert second.text == "Plain words."
