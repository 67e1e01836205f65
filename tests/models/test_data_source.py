"""Data sources: who may ask them, and what becomes of their secrets."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection

from conversations.models import DataSource

pytestmark = pytest.mark.django_db(transaction=True)
WIRE: dict[str, Any] = {
    "endpoint": "https://elastic.test",
    "index_name": "handbook",
    "authentication": {"type": "key_and_key_id", "key": "sk-canary", "key_id": "reader"},
}


def made(**fields: Any) -> DataSource:
    source = DataSource(name="Handbook", **fields)
    source.configure("elasticsearch", WIRE)
    source.save()
    return DataSource.objects.get(pk=source.pk)


def changed(source: DataSource, **members: Any) -> dict[str, Any]:
    source.configure(source.type, {**source.parameters, **members})
    key: dict[str, Any] = source.wire()["parameters"]["authentication"]
    return key


def test_secrets_are_apart_encrypted_and_joined_again() -> None:
    source = made()
    assert source.parameters["authentication"] == {"type": "key_and_key_id", "key": None, "key_id": "reader"}
    assert source.wire() == {"type": "elasticsearch", "parameters": WIRE}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM conversations_datasource")
        assert "canary" not in str(cursor.fetchall())


def test_null_keeps_a_stored_secret() -> None:
    assert changed(made(), strictness=5)["key"] == "sk-canary"


@pytest.mark.parametrize("endpoint", ["https://evil.test", "http://elastic.test"])
def test_a_stored_secret_is_never_sent_to_another_host(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="authentication.key is missing"):
        changed(made(), endpoint=endpoint)


def test_a_new_path_on_the_same_host_keeps_the_secret() -> None:
    assert changed(made(), endpoint="https://elastic.test/es")["key"] == "sk-canary"


def test_a_wrong_configuration_says_where_and_changes_nothing() -> None:
    source = made()
    with pytest.raises(ValidationError, match="strictness must be from 1 to 5"):
        changed(source, strictness=9)
    assert source.wire()["parameters"] == WIRE


def test_a_source_without_groups_is_everybody_s(person) -> None:
    source = made()
    assert list(DataSource.objects.for_reader(person.reader())) == [source]


def test_a_granted_source_is_its_groups_alone(person, stranger) -> None:
    source, group, second = made(), Group.objects.create(name="HR"), Group.objects.create(name="Legal")
    source.groups.set([group, second])
    person.groups.set([group, second])
    assert list(DataSource.objects.for_reader(person.reader())) == [source]
    assert not DataSource.objects.for_reader(stranger.reader()).exists()


def test_a_disabled_source_is_nobody_s(person) -> None:
    made(enabled=False)
    assert not DataSource.objects.for_reader(person.reader()).exists()
