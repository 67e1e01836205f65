"""The wire's JSON becomes drafts, whatever was pasted of it; what goes out again has no secrets."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from conversations.models import DataSource
from tests import factories
from tests.admin.wires import ENTRIES, KEY, body, entry

IMPORT = "/admin/conversations/datasource/import/"
MAP = "/admin/conversations/datasource/map/"


def paste(admin, text, **more):
    return admin.post(IMPORT, {"pasted": text, **more}, follow=True)


@pytest.mark.parametrize("name", ENTRIES)
def test_each_example_of_the_reference_becomes_a_draft_and_loses_nothing(admin, name):
    page = paste(admin, body(entry(name))).content.decode()
    source = DataSource.objects.get()
    assert (source.type, source.enabled) == (ENTRIES[name][0], False)
    expected = json.loads(json.dumps(ENTRIES[name][1]).replace("\\\\n", "\\n"))
    assert source.wire()["parameters"] == expected
    assert KEY not in page
    assert "is not known" not in page


def test_a_body_a_list_an_entry_and_a_whole_request_are_taken(admin):
    one = entry("elasticsearch")
    texts = [body(one), json.dumps([one, one]), json.dumps(one), f"POST https://{{endpoint}}/chat\n\n{body(one)}"]
    for text in texts:
        assert paste(admin, text).status_code == 200
    assert list(DataSource.objects.order_by("pk").values_list("name", flat=True)) == [
        "handbook",
        *(f"handbook ({number})" for number in range(2, 6)),
    ]


def test_a_file_is_taken_too(admin):
    file = SimpleUploadedFile("wire.json", "\ufeff".encode() + body(entry("pinecone")).encode())
    admin.post(IMPORT, {"file": file})
    assert DataSource.objects.get().type == "pinecone"


def test_what_was_left_out_is_listed(admin):
    page = paste(admin, json.dumps({**entry("elasticsearch", colour="blue"), "shade": 1})).content.decode()
    assert "“handbook”: colour is not known and left out" in page
    assert "“handbook”: shade is not known and left out" in page
    assert "colour" not in DataSource.objects.get().parameters


def test_secrets_in_unusual_places_are_found_and_encrypted(admin):
    odd = entry("pinecone", authentication={"api_key": KEY})
    page = paste(admin, json.dumps(odd)).content.decode()
    assert DataSource.objects.get().secrets == {"/authentication/key": KEY}
    assert KEY not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM conversations_datasource")
        assert KEY not in str(cursor.fetchall())


def test_a_wrong_entry_is_named_and_nothing_is_made(admin):
    wrong = entry("elasticsearch", index_name="")
    page = admin.post(IMPORT, {"pasted": json.dumps([entry("pinecone"), wrong])})
    assert page.status_code == 422
    assert "Entry 2: index_name is missing." in page.content.decode()
    assert not DataSource.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'{{"key": "{KEY}" oh', "This is no JSON: look at line 1"),
        ("[" * 100_000, "This is no JSON"),
        ('{"messages": []}', "There are no data sources in it"),
        ("[]", "There are no data sources in it"),
        ('[{"type": "pinecone", "parameters": []}]', "There are no data sources in it"),
        ("", "This is no JSON"),
        (json.dumps([{"type": "pinecone"}] * 51), "50 at most"),
        ('{"type": ["pinecone"], "parameters": {}}', "type must be one of"),
    ],
)
def test_what_is_no_data_source_is_said_and_not_echoed(admin, text, words):
    page = admin.post(IMPORT, {"pasted": text}).content.decode()
    assert words in page
    assert KEY not in page


def test_a_deployment_that_is_not_ours_is_mapped_in_every_source(admin, offline):
    response = admin.post(IMPORT, {"pasted": body(entry("pinecone"), entry("mongo_db"), entry("elasticsearch"))})
    assert response["Location"] == MAP
    page = admin.get(MAP).content.decode()
    assert "text-embedding-of-theirs" in page
    assert "Used by by-vector, handbook." in page
    admin.post(MAP, {"name0": "offline"})
    embeddings = [each.parameters.get("embedding_dependency") for each in DataSource.objects.all()]
    assert sorted(each["deployment_name"] for each in embeddings if each) == ["offline", "offline"]
    assert DataSource.objects.get(type="pinecone").wire()["parameters"]["authentication"]["key"] == KEY
    assert "is one of ours" in admin.get(MAP).content.decode()


def test_an_export_has_no_secrets_and_comes_back_as_a_draft(admin):
    paste(admin, json.dumps([entry("mongo_db"), entry("azure_search by identity")]))
    first, second = DataSource.objects.order_by("pk")
    response = admin.get(f"/admin/conversations/datasource/{first.pk}/export/")
    assert response["Content-Disposition"] == 'attachment; filename="by-vector.json"'
    (out,) = response.json()["data_sources"]
    assert out["parameters"]["authentication"] == {**ENTRIES["mongo_db"][1]["authentication"], "password": None}
    paste(admin, response.content.decode())
    again = DataSource.objects.latest("pk")
    assert (again.parameters, dict(again.secrets)) == (first.parameters, {})
    chosen = {"action": "export", "_selected_action": [first.pk, second.pk]}
    several = admin.post("/admin/conversations/datasource/", chosen)
    assert KEY not in several.content.decode()
    assert len(several.json()["data_sources"]) == 2


def test_whoever_may_not_add_or_change_sources_is_kept_out(transactional_db):
    source = factories.make_source()
    browser = factories.browser_of(factories.make_person("stan", is_staff=True))
    for end in ("import/", "map/", f"{source.pk}/export/", f"{source.pk}/ask/", f"{source.pk}/try/"):
        assert browser.get(f"/admin/conversations/datasource/{end}").status_code == 403
