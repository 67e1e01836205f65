"""A new credential that does not work does not replace one that may, unless somebody says so."""

import pytest

from conversations.models import DataSource, Deployment
from tests import factories
from tests.admin.forms import CANARY, address, deployment_form
from tests.admin.test_source_form import CANARY as SOURCE_CANARY
from tests.admin.test_source_form import form as source_form
from tests.stores.elastic import Elastic
from tests.upstream import FakeUpstream


@pytest.fixture
def upstream():
    with FakeUpstream().threaded() as upstream:
        yield upstream


@pytest.fixture
def deployment(transactional_db, upstream):
    return factories.make_deployment("gpt", address=upstream.address, key=CANARY)


def save(admin, deployment, **fields):
    form = deployment_form(endpoint=deployment.endpoint, **fields)
    page = admin.post(address(deployment), form)
    return page.content.decode(), Deployment.objects.get().key


def test_a_key_that_works_replaces_the_old_one(admin, upstream, deployment):
    upstream.reply("one")
    _, key = save(admin, deployment, key="sk-new")
    assert key == "sk-new"
    assert [each.headers["authorization"] for each in upstream.requests] == ["Bearer sk-new"]


def test_one_that_is_refused_does_not(admin, upstream, deployment):
    upstream.fail(401)
    page, key = save(admin, deployment, key="sk-wrong")
    assert key == CANARY
    assert "It was tried and failed; what was stored stays" in page
    assert "it refuses the key" in page
    assert "sk-wrong" not in page


def test_unless_it_is_stored_all_the_same(admin, upstream, deployment):
    _, key = save(admin, deployment, key="sk-later", store_untested="on")
    assert key == "sk-later"
    assert not upstream.requests


def test_nothing_is_asked_when_no_key_is_replaced(admin, upstream, deployment):
    save(admin, deployment, key="", label="Renamed")
    save(admin, deployment, key=CANARY)
    assert not upstream.requests
    deployment.set_key("")
    deployment.save()
    assert save(admin, deployment, key="sk-first")[1] == "sk-first"
    assert not upstream.requests


def test_also_where_it_is_switched_off(admin, upstream, deployment):
    upstream.fail(401, message="Incorrect API key provided")
    assert save(admin, deployment, key="sk-off", enabled="")[1] == CANARY


def test_it_is_tried_outside_of_any_transaction(admin, upstream, deployment, monkeypatch):
    from django.db import connection

    from conversations.admin import trying

    inside = []
    real = trying.attempt

    async def attempt(*args, **kwargs):
        inside.append(connection.in_atomic_block)
        return await real(*args, **kwargs)

    monkeypatch.setattr(trying, "attempt", attempt)
    upstream.reply("one")
    save(admin, deployment, key="sk-new")
    assert inside == [False]


def test_a_data_source_keeps_its_key_likewise(admin):
    with Elastic().threaded() as store:
        source = DataSource(name="Handbook")
        key = {"type": "key_and_key_id", "key": "sk-old", "key_id": store.key_id}
        source.configure(
            "elasticsearch", {"endpoint": store.address, "index_name": "docs", "authentication": key}, draft=True
        )
        source.save()
        given = source_form(endpoint=store.address, index_name="docs", authentication__key_id=store.key_id)
        page = admin.post(f"/admin/conversations/datasource/{source.pk}/change/", given).content.decode()
        assert "It was tried and failed; what was stored stays" in page
        assert SOURCE_CANARY not in page
        assert stored_key() == "sk-old"
        right = {**given, "authentication__key": store.key}
        admin.post(f"/admin/conversations/datasource/{source.pk}/change/", right)
        assert stored_key() == store.key
        admin.post(f"/admin/conversations/datasource/{source.pk}/change/", {**given, "store_untested": "on"})
        assert stored_key() == SOURCE_CANARY


def stored_key():
    return DataSource.objects.get().secrets["/authentication/key"]
