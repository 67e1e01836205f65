"""Encryption keys are changed one after the other, without losing a secret, and what is lost is listed."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from conversations.management.commands import rotatekeys
from conversations.models import AuditEntry, DataSource, Deployment
from conversations.models.secrets import decrypt, encrypt
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keys(settings):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.FIELD_ENCRYPTION_KEYS = [old]
    factories.make_deployment("first")
    factories.make_deployment("second")
    factories.make_deployment("none", key="")
    factories.make_source()
    return old, new


def run():
    out = StringIO()
    call_command("rotatekeys", stdout=out)
    return out.getvalue().strip()


def test_all_is_readable_with_the_new_key_alone(keys, settings):
    old, new = keys
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert run() == "3 encrypted with the first key now, 1 had been already."
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert {each.key for each in Deployment.objects.exclude(name="none")} == {"sk-canary"}
    assert DataSource.objects.get().secrets == {"/authentication/encoded_api_key": "sk-canary"}
    assert AuditEntry.objects.get(verb="keys.rotate").note == "3 encrypted again, 1 left, 0 lost"


def test_what_was_broken_off_is_gone_on_with(keys, settings, monkeypatch):
    old, new = keys
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    real, seen = rotatekeys.rotate, []

    def breaks(model, field, pk):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(pk)
        return real(model, field, pk)

    monkeypatch.setattr(rotatekeys, "rotate", breaks)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert run() == "1 encrypted with the first key now, 3 had been already."
    assert run() == "0 encrypted with the first key now, 4 had been already."
    assert AuditEntry.objects.filter(verb="keys.rotate").count() == 1


def test_what_is_lost_is_listed_and_kept_as_it_is(keys, settings):
    old, new = keys
    settings.FIELD_ENCRYPTION_KEYS = [new]
    Deployment.objects.filter(name="second").delete()
    with pytest.raises(CommandError) as error:
        run()
    assert "deployment “first”" in str(error.value)
    assert "data source “Employee handbook”" in str(error.value)
    assert "none" not in str(error.value)
    settings.FIELD_ENCRYPTION_KEYS = [old]
    assert Deployment.objects.get(name="first").key == "sk-canary"


def test_second_factors_are_rotated_too(person, settings):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.FIELD_ENCRYPTION_KEYS = [old]
    row = Authenticator.objects.create(user=person, type="totp", data={"secret": encrypt("SEED"), "since": 1})
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert run() == "1 encrypted with the first key now, 0 had been already."
    settings.FIELD_ENCRYPTION_KEYS = [new]
    row.refresh_from_db()
    assert (decrypt(row.data["secret"]), row.data["since"]) == ("SEED", 1)
    assert run() == "0 encrypted with the first key now, 1 had been already."
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="authenticator"):
        run()
