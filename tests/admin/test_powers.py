"""Who may change people and groups, and is no superuser, gives nobody more than they have, nor takes over who has."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission

from tests import factories

PEOPLE, GROUPS = "/admin/conversations/user/", "/admin/auth/group/"
RIGHTS = ("change_user", "add_user", "delete_user", "view_user", "change_group", "delete_group", "view_group")


@pytest.fixture
def desk(transactional_db):
    """A browser of the helpdesk's."""
    person = factories.make_person("desk", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    return factories.browser_of(person)


def powerful():
    group = Group.objects.create(name="Readers of others")
    group.permissions.add(Permission.objects.get(codename="read_others"))
    return group


def save(client, person, **changes):
    form = {"username": person.username, "is_active": "on", "theme": person.theme, "date_joined_0": "2026-01-01"}
    form |= {"date_joined_1": "00:00:00", "is_staff": "on" if person.is_staff else ""}
    for inline in ("socialaccount_set", "authenticator_set"):
        form |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return client.post(f"{PEOPLE}{person.pk}/change/", {**form, **changes})


def test_what_the_helpdesk_is_for_goes_on(desk, person):
    group = Group.objects.create(name="Finance")
    assert save(desk, person, first_name="Alice", groups=[group.pk]).status_code == 302
    person.refresh_from_db()
    assert (person.first_name, list(person.groups.all())) == ("Alice", [group])


def test_no_right_is_given(desk, person):
    right = Permission.objects.get(codename="read_others")
    assert save(desk, person, is_superuser="on", user_permissions=[right.pk]).status_code == 302
    person.refresh_from_db()
    assert not person.is_superuser
    assert not person.user_permissions.exists()


def test_nor_a_group_that_carries_one(desk, person):
    group = powerful()
    refused = save(desk, person, groups=[group.pk])
    assert "may do more than you may" in refused.content.decode()
    person.groups.add(group)
    assert desk.post(f"{GROUPS}{group.pk}/change/", {"name": "Mine"}).status_code == 403
    plain = Group.objects.create(name="Plain")
    form = {"name": "Plain", "permissions": [each.pk for each in group.permissions.all()]}
    for inline in ("external", "retention"):
        form |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    assert desk.post(f"{GROUPS}{plain.pk}/change/", form).status_code == 302
    assert not plain.permissions.exists()


@pytest.mark.parametrize("how", ["superuser", "right", "group", "suspended"])
def test_who_has_more_is_not_taken_over(desk, person, how):
    if how == "superuser":
        person.is_superuser = True
    elif how == "right":
        person.user_permissions.add(Permission.objects.get(codename="read_others"))
    else:
        person.groups.add(powerful())
    person.is_active = how != "suspended"
    person.save()
    new = {"password1": "a much longer password", "password2": "a much longer password", "usable_password": "true"}
    assert desk.post(f"{PEOPLE}{person.pk}/password/", new).status_code == 403
    assert save(desk, person).status_code == 403
    assert desk.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    desk.post(PEOPLE, many)
    person.refresh_from_db()
    assert person.check_password("correct horse")


def test_who_may_only_look_verifies_no_address(person):
    address = EmailAddress.objects.create(user=person, email="alice@example.com")
    eve = factories.make_person("eve", is_staff=True)
    eve.user_permissions.set(Permission.objects.filter(codename="view_emailaddress"))
    many = {"action": "make_verified", "_selected_action": [address.pk]}
    factories.browser_of(eve).post("/admin/account/emailaddress/", many)
    address.refresh_from_db()
    assert not address.verified


def test_superusers_give_everything(administrator, person):
    client, group = factories.browser_of(administrator), powerful()
    right = Permission.objects.get(codename="view_usage")
    given = {"is_superuser": "on", "groups": [group.pk], "user_permissions": [right.pk]}
    assert save(client, person, **given).status_code == 302
    person.refresh_from_db()
    assert (person.is_superuser, list(person.groups.all()), list(person.user_permissions.all())) == (
        True,
        [group],
        [right],
    )
