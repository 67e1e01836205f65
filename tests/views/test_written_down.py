"""What people change of what others use, or what opens doors, is in the audit: with who did it, and no secret."""

import pytest
from django.core.management import call_command

from conversations.models import ApiKey, Assistant, AuditEntry, Collection
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def acts():
    kept = AuditEntry.objects.exclude(verb="sign-in").order_by("number")
    return list(kept.values_list("verb", "object_id", "person_name"))


def test_purging_a_document_and_a_collection(browser, person):
    collection = Collection.objects.create(name="Handbook")
    collection.owners.add(person)
    document = factories.make_document(collection, "Leave")
    browser.post(f"/documents/d/{document.pk}/purge")
    browser.post(f"/documents/{collection.pk}/purge")
    expected = [("document.purge", str(document.pk), "alice"), ("collection.purge", str(collection.pk), "alice")]
    assert acts() == expected
    assert AuditEntry.objects.get(verb="document.purge").note == "in “Handbook”"


def test_a_key_made_and_revoked_by_its_owner(browser):
    page = browser.post("/account/keys/", {"name": "report", "operations": ["chat"], "days": "30"}).content.decode()
    key = ApiKey.objects.get()
    browser.post(f"/account/keys/{key.pk}/revoke")
    assert acts() == [("apikey.add", str(key.pk), "alice"), ("apikey.revoke", str(key.pk), "alice")]
    said = AuditEntry.objects.get(verb="apikey.add").changes
    assert (said["name"], said["operations"]) == ([None, "report"], [None, ["chat"]])
    shown = page.partition('id="new-key"')[2].partition('value="')[2].partition('"')[0]
    assert shown.startswith(key.beginning)
    for secret in (shown, key.hash):
        assert secret not in str(AuditEntry.objects.values_list())


def test_a_key_revoked_by_an_administrator_and_one_made_by_command(administrator, person):
    call_command("createapikey", "alice")
    key = ApiKey.objects.get()
    form = {"action": "revoke", "_selected_action": [key.pk]}
    factories.browser_of(administrator).post("/admin/conversations/apikey/", form)
    assert acts() == [("apikey.add", str(key.pk), ""), ("apikey.revoke", str(key.pk), "root")]


def test_a_source_changed_by_its_owner(browser, person):
    source = factories.make_source()
    source.owners.add(person)
    form = {"description": "", "role_information": "Be rude.", "strictness": "3", "top_n_documents": "5"}
    browser.post(f"/sources/{source.pk}/", form)
    assert acts() == [("datasource.change", str(source.pk), "alice")]
    changes = AuditEntry.objects.get(verb="datasource.change").changes
    assert changes["parameters.role_information"] == [None, "Be rude."]
    browser.post(f"/sources/{source.pk}/", form)
    assert len(acts()) == 1  # saved as it was


def test_an_assistant_made_changed_and_deleted_by_its_owner(browser, person):
    model = factories.make_deployment("gpt")
    form = {"name": "Travel", "deployment": model.pk, "instructions": "Be kind.", "starters": ""}
    browser.post("/assistants/", form)
    made = str(Assistant.objects.get().pk)
    browser.post(f"/assistants/{made}/", {**form, "instructions": "Be rude.", "temperature": "0.5"})
    changes = AuditEntry.objects.get(verb="assistant.change").changes
    assert changes == {"instructions": ["Be kind.", "Be rude."], "parameters.temperature": [None, "0.5"]}
    browser.post(f"/assistants/{made}/delete")
    assert acts() == [(f"assistant.{each}", made, "alice") for each in ("add", "change", "delete")]


def test_a_collection_made_by_the_command(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nYou get 90 days.")
    call_command("ingest", "Handbook", str(tmp_path))
    made = str(Collection.objects.get().pk)
    assert [each for each in acts() if each[0] == "collection.add"] == [("collection.add", made, "")]
    assert AuditEntry.objects.get(verb="collection.add").note == "manage.py ingest"
