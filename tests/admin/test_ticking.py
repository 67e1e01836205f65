"""Groups, permissions and people are chosen without two panes."""

import pytest
from django.contrib.auth.models import Group, Permission

from conversations.models import Collection, DataSource
from tests import factories

pytestmark = pytest.mark.django_db


def test_groups_and_permissions_are_boxes_everywhere(admin, person):
    group = Group.objects.create(name="Finance")
    source = DataSource(name="Ours")
    source.configure("local", {"collections": ["Rules"]})
    source.save()
    collection = Collection.objects.create(name="Rules")
    rows = {"collection": collection, "datasource": source, "user": person, "group": group}
    for model, row in rows.items():
        app = "auth" if model == "group" else "conversations"
        page = admin.get(f"/admin/{app}/{model}/{row.pk}/change/").content.decode()
        assert "selectfilter" not in page
        assert "Hold down" not in page
        name = "permissions" if model == "group" else "groups"
        assert f'type="checkbox" name="{name}"' in page


def test_boxes_that_were_ticked_are_kept(admin, person):
    finance, sales = Group.objects.create(name="Finance"), Group.objects.create(name="Sales")
    collection = Collection.objects.create(name="Rules")
    form = {"name": "Rules", "language": "en", "groups": [finance.pk, sales.pk], "owners": [person.pk]}
    assert admin.post(f"/admin/conversations/collection/{collection.pk}/change/", form).status_code == 302
    assert set(collection.groups.all()) == {finance, sales}
    assert set(collection.owners.all()) == {person}
    view = Permission.objects.get(codename="view_deployment")
    lines = {f"{each}-{n}_FORMS": "0" for each in ("external", "retention") for n in ("TOTAL", "INITIAL")}
    form = {"name": "Sales", "permissions": [view.pk], **lines}
    page = admin.post(f"/admin/auth/group/{sales.pk}/change/", form)
    assert page.status_code == 302, page.context["errors"]
    prices = Permission.objects.get(codename="view_price")  # the table on the same page
    assert set(sales.permissions.all()) == {view, prices}


def test_owners_are_found_by_typing(admin):
    factories.make_person("somebody")
    page = admin.get("/admin/conversations/collection/add/").content.decode()
    assert "admin-autocomplete" in page
    found = admin.get(
        "/admin/autocomplete/",
        {"term": "someb", "app_label": "conversations", "model_name": "collection", "field_name": "owners"},
    ).json()
    assert [each["text"] for each in found["results"]] == ["somebody"]
