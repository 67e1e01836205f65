"""Groups and rights from claims: given, taken, and never more than the provider gave."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group

from conversations.models import NOBODY, ExternalGroup, GivenMembership, User
from tests.oidc.conftest import sign_in
from tests.oidc.test_signing_in import ANN, who

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked(identity, settings):
    settings.OIDC = replace(settings.OIDC, groups_claim="groups")
    for name in ("Finance", "Travel", "Board"):
        Group.objects.create(name=name)
    ExternalGroup.objects.create(group=Group.objects.get(name="Board"), external_id="0b-1")


def comes(identity, **claims):
    """Ann, signed in with these claims, and the names of her groups."""
    identity.people["ann"] = {**ANN, **claims}
    client, response = sign_in("ann")
    assert response.status_code == 302, response.content
    person = who(client)
    return person, set(person.groups.values_list("name", flat=True))


def test_groups_are_given_by_name_or_id_and_taken_again(identity):
    assert comes(identity, groups=["Finance", "0b-1", "unknown"])[1] == {"Finance", "Board"}
    assert comes(identity, groups=["Travel"])[1] == {"Travel"}
    assert comes(identity, groups=[])[1] == set()
    assert not GivenMembership.objects.exists()


def test_a_claim_that_is_not_there_takes_nothing_and_is_warned_of(identity, caplog):
    comes(identity, groups=["Finance"])
    assert comes(identity)[1] == {"Finance"}
    assert "No claim groups in the token" in caplog.text
    assert comes(identity, groups=[])[1] == set()


def test_what_was_given_by_hand_stays(identity):
    person, _ = comes(identity, groups=["Finance"])
    person.groups.add(Group.objects.get(name="Travel"))
    assert comes(identity, groups=["Finance", "Travel"])[1] == {"Finance", "Travel"}
    assert comes(identity, groups=[])[1] == {"Travel"}


def test_what_was_taken_by_hand_and_given_by_hand_is_by_hand(identity):
    person, _ = comes(identity, groups=["Finance"])
    finance = Group.objects.get(name="Finance")
    person.groups.remove(finance)
    finance.user_set.add(person)
    assert comes(identity, groups=[])[1] == {"Finance"}


def test_another_issuers_gifts_are_left_alone(identity):
    person, _ = comes(identity, groups=["Finance"])
    GivenMembership.objects.update(issuer="https://elsewhere.example")
    assert comes(identity, groups=[])[1] == {"Finance"}
    assert person.groups.count() == 1


def test_a_name_does_not_stand_for_an_id(identity):
    assert comes(identity, groups=["Board"])[1] == set()


def test_nobody_is_put_among_the_nobodies(identity):
    Group.objects.create(name=NOBODY)
    assert comes(identity, groups=[NOBODY])[1] == set()


def test_where_no_claim_is_asked_for_groups_are_the_administrators(identity, settings):
    settings.OIDC = replace(settings.OIDC, groups_claim="")
    person, _ = comes(identity, groups=["Finance"])
    person.groups.add(Group.objects.get(name="Travel"))
    assert comes(identity, groups=["Finance"])[1] == {"Travel"}


@pytest.mark.parametrize(("path", "claims"), [("roles", {"roles": "boss"}), ("a.b", {"a": {"b": ["boss"]}})])
def test_staff_is_given_and_taken_by_a_role(identity, settings, path, claims):
    settings.OIDC = replace(settings.OIDC, roles_claim=path, staff="boss")
    assert comes(identity, **claims)[0].is_staff
    person, _ = comes(identity, roles=["bossy"], a={"b": "x"})
    assert not person.is_staff
    assert not person.is_superuser


def test_staff_is_given_and_taken_by_a_group(identity, settings):
    settings.OIDC = replace(settings.OIDC, staff="admins")
    assert comes(identity, groups=["admins"])[0].is_staff
    assert not comes(identity, groups=[])[0].is_staff


def test_a_superuser_is_one_as_long_as_the_provider_says_so(identity, settings):
    settings.OIDC = replace(settings.OIDC, staff="admins", superuser="root")
    person, _ = comes(identity, groups=["root"])
    assert person.is_superuser
    assert person.is_staff
    person, _ = comes(identity, groups=["admins"])
    assert person.is_staff
    assert not person.is_superuser


def test_what_came_with_being_a_superuser_goes_with_it(identity, settings):
    settings.OIDC = replace(settings.OIDC, superuser="root")
    assert comes(identity, groups=["root"])[0].is_staff
    assert not comes(identity, groups=[])[0].is_staff
    User.objects.update(is_staff=True)
    assert comes(identity, groups=[])[0].is_staff


def test_without_a_setting_rights_are_the_administrators(identity):
    comes(identity, groups=[])
    User.objects.update(is_staff=True)
    assert comes(identity, groups=[], roles=[])[0].is_staff


@pytest.mark.parametrize("claims", [{"groups": "Finance"}, {"groups": ["Finance", 7, None, {"a": 1}]}])
def test_odd_shapes_are_read_for_what_they_say(identity, claims):
    assert comes(identity, **claims)[1] == {"Finance"}


OVERAGE = [
    {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net/x"}}},
    {"hasgroups": True},
    {"hasgroups": "true"},
]


class TestTooManyGroups:
    @pytest.mark.parametrize("hint", OVERAGE)
    def test_they_are_read_from_the_directory(self, identity, settings, hint):
        settings.OIDC = replace(settings.OIDC, graph=f"{identity.issuer}/graph")
        identity.member_of["a-1"] = ["0b-1", "ff-9"]
        assert comes(identity, **hint)[1] == {"Board"}

    @pytest.mark.parametrize("hint", OVERAGE)
    def test_where_they_may_not_be_read_nobody_is_let_in_without_them(self, identity, settings, hint, caplog):
        person, _ = comes(identity, groups=["Finance"])
        identity.people["ann"] = {**ANN, **hint}
        client, response = sign_in("ann")
        assert response.status_code == 401
        assert "set OIDC_GRAPH" in response.content.decode()
        assert "groups overage" in caplog.text
        assert who(client) is None
        assert person.groups.count() == 1
        assert not any("graph" in each for each in identity.asked)

    def test_a_refusal_of_the_directory_is_one(self, identity, settings, caplog):
        settings.OIDC = replace(settings.OIDC, graph=f"{identity.issuer}/graph")
        identity.member_of["a-1"] = None
        identity.people["ann"] = {**ANN, **OVERAGE[0]}
        client, response = sign_in("ann")
        assert response.status_code == 401
        assert who(client) is None
        assert "403" in caplog.text

    def test_groups_that_are_there_are_believed(self, identity):
        assert comes(identity, groups=["Finance"], hasgroups=True)[1] == {"Finance"}
