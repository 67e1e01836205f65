"""What a group may do is a table of pages: a box gives what its page takes, and touches nothing else."""

import re

import pytest
from django.contrib.auth.models import Group, Permission

LINES = {f"{each}-{n}_FORMS": "0" for each in ("external", "retention") for n in ("TOTAL", "INITIAL")}


@pytest.fixture
def group(admin):
    return Group.objects.create(name="Helpers")


def right(codename):
    return Permission.objects.get(codename=codename)


def save(admin, group, *ticked):
    """Post the group's form as a browser does that shows what it has now."""
    before = ",".join(str(each.pk) for each in group.permissions.all())
    form = {"name": group.name, "permissions-before": before, "permissions": [each.pk for each in ticked], **LINES}
    assert admin.post(f"/admin/auth/group/{group.pk}/change/", form).status_code == 302
    return set(group.permissions.values_list("codename", flat=True))


def page(admin, group):
    return admin.get(f"/admin/auth/group/{group.pk}/change/").content.decode()


def test_a_box_gives_what_the_page_takes_and_takes_it_back(admin, group):
    prices = {f"{each}_price" for each in ("view", "add", "change", "delete")}
    change, view = right("change_deployment"), right("view_deployment")
    assert save(admin, group, change) == {"change_deployment", *prices}
    assert save(admin, group, change, view) == {"change_deployment", "view_deployment", *prices}
    assert save(admin, group, view) == {"view_deployment", "view_price"}, "what a box still gives stays"
    assert save(admin, group) == set()


def test_what_is_not_touched_stays_as_it_was(admin, group):
    group.permissions.add(right("change_deployment"), right("view_session"))  # without prices; without a page
    assert save(admin, group, right("change_deployment")) == {"change_deployment", "view_session"}
    assert save(admin, group, right("change_deployment"), right("view_usage")) == {
        *("change_deployment", "view_session", "view_usage")
    }


def test_it_shows_pages_and_only_what_they_let_one_do(admin, group):
    group.permissions.add(right("view_auditentry"))
    shown = page(admin, group)
    assert re.search(rf'value="{right("view_auditentry").pk}" aria-label="Audit: See" checked', shown)
    assert 'aria-label="Audit: Delete"' not in shown
    assert 'aria-label="Deployments: Change"' in shown
    assert "May manage the documents of all collections" in shown
    assert "content type" not in shown
    assert shown.count('name="permissions"') < 60


def test_people_have_the_same_table(admin, person):
    shown = admin.get(f"/admin/conversations/user/{person.pk}/change/").content.decode()
    assert 'aria-label="Deployments: Change"' in shown
