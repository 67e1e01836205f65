"""API keys: only a hash is kept, none does more than its owner may, and revoking counts at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from conversations.models import ApiKey, DataSource, Deployment, Feature, User
from conversations.models.api_key import service_account
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(person):
    return ApiKey.objects.get(hash=_issued(person).hash)


def _issued(owner, **facts):
    made = ApiKey(owner=owner, name="report", **facts)
    made.issue()
    return made


def test_only_a_hash_of_it_is_stored(person):
    made = _issued(person)
    row = ApiKey.objects.values().get()
    assert made.secret.startswith(row["beginning"])
    assert len(made.secret) > len(row["beginning"]) + 30
    assert made.secret not in str(row)
    assert ApiKey.objects.find(made.secret) == made
    assert ApiKey.objects.get().secret == ""


@pytest.mark.parametrize("guess", ["", "chatapp_", "sk-something", "chatapp_" + "x" * 43])
def test_nothing_else_opens(person, guess):
    _issued(person)
    assert ApiKey.objects.find(guess) is None


def test_revoked_expired_or_suspended_it_opens_nothing(person):
    revoked, expired, fine = _issued(person), _issued(person), _issued(person)
    revoked.revoke()
    ApiKey.objects.filter(pk=expired.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert [bool(ApiKey.objects.find(each.secret)) for each in (revoked, expired, fine)] == [False, False, True]
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert ApiKey.objects.find(fine.secret) is None


def test_who_may_have_no_keys_has_none_that_work(person):
    made = _issued(person)
    group = Group.objects.create(name="Trainees")
    Feature.objects.get(name=Feature.Name.KEYS).denied.add(group)
    person.groups.add(group)
    assert ApiKey.objects.find(made.secret) is None


def test_its_use_is_noted_once_a_minute(person):
    made = _issued(person)
    ApiKey.objects.find(made.secret)
    first = ApiKey.objects.get().last_used
    ApiKey.objects.find(made.secret)
    assert first
    assert ApiKey.objects.get().last_used == first


def test_what_it_names_is_all_it_reaches_and_never_more_than_its_owner_may(person, key):
    mine, other = factories.make_deployment("mine"), factories.make_deployment("other")
    source = factories.make_source()
    assert set(Deployment.objects.for_reader(key.reader())) == {mine, other}
    key.deployments.add(mine)
    assert set(Deployment.objects.for_reader(key.reader())) == {mine}
    assert list(DataSource.objects.for_reader(key.reader())) == [source]
    mine.groups.add(Group.objects.create(name="Others"))
    assert not Deployment.objects.for_reader(key.reader()).exists()
    assert list(Deployment.objects.for_reader(person.reader())) == [other]


def test_what_it_named_and_was_deleted_leaves_it_with_nothing(key):
    mine, other = factories.make_deployment("mine"), factories.make_deployment("other")
    source, another = factories.make_source(), factories.make_source("Another")
    key.deployments.set([mine])
    key.sources.add(source)
    Deployment.objects.filter(pk=mine.pk).delete()
    DataSource.objects.filter(pk=source.pk).delete()
    assert not Deployment.objects.for_reader(key.reader()).exists()
    assert not DataSource.objects.for_reader(key.reader()).exists()
    key.deployments.set([])
    assert not Deployment.objects.for_reader(key.reader()).exists()
    key.deployments.set([other])
    key.deployments.set([])
    key.sources.add(another)
    key.sources.clear()
    key.save()
    assert list(Deployment.objects.for_reader(key.reader())) == [other]
    assert list(DataSource.objects.for_reader(key.reader())) == [another]


def test_a_service_account_has_keys_and_no_password():
    made = service_account("nightly")
    assert not made.has_usable_password()
    made.set_password("a password somebody set")
    made.save()
    assert not User.objects.get().has_usable_password()
    assert ApiKey.objects.find(_issued(made).secret)


def test_the_command_s_last_word_is_the_key(person, capsys):
    call_command("createapikey", "alice")
    key = capsys.readouterr().out.split()[-1]
    assert ApiKey.objects.find(key).owner == person
    with pytest.raises(CommandError, match="--service"):
        call_command("createapikey", "bob")
    call_command("createapikey", "robot", "--service")
    assert ApiKey.objects.find(capsys.readouterr().out.split()[-1]).owner.service
