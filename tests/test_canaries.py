"""Secrets are planted, everything is used and goes wrong, and then they are looked for everywhere.

On every page as every kind of person, in the log at DEBUG, in the audit, exports, errors and the database itself.
"""

import json
import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from cryptography.fernet import Fernet
from django.contrib import admin
from django.db import connection
from django.test import AsyncClient
from django.urls import reverse

from conversations.models import Attempt, AuditEntry, DataSource, Deployment, Message, User
from tests import factories
from tests.admin.forms import ADD, address, deployment_form, entra_form
from tests.admin.test_source_form import ADD as ADD_SOURCE
from tests.admin.test_source_form import change as change_source
from tests.admin.test_source_form import form as source_form
from tests.conftest import settled
from tests.test_strangers import OWN, SOURCE, addresses, make_staff, reach
from tests.test_strangers import turn as turn  # noqa: PLC0414  a fixture, used by its name

CANARIES = {
    "deployment": "sk-canary-deployment-1f0b",
    "replaced": "sk-canary-replaced-77aa",
    "entra": "canary-client-secret-2c9d",
    "source": "canary-source-key-3e8f",
    "string": "canary-in-a-connection-string-4d7a",
    "imported": "canary-imported-5b6c",
    "password": "canary-password-6a5b",
    "oidc": "canary-oidc-client-secret-7c4d",
    "secret key": "canary-secret-key-8d3e-0123456789-0123456789-0123456789",
}


@pytest.fixture
def planted(settings):
    settings.SECRET_KEY = CANARIES["secret key"]
    key = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [key]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [{"client_id": "x", "secret": CANARIES["oidc"]}]}}
    return {**CANARIES, "encryption key": key}


def found_in(text, planted, where):
    for name, value in planted.items():
        for form in {value, quote(value, safe=""), json.dumps(value)[1:-1]}:
            assert form not in text, f"{name} is in {where}"


class Looker:
    """A client whose every answer is looked through."""

    def __init__(self, client, planted, who):
        self.client, self.planted, self.who = client, planted, who

    async def get(self, place):
        return await self.looked(await self.client.get(place), place)

    async def post(self, place, form=None):
        response = await self.client.post(place, form or {})
        if response.status_code == 302 and place.startswith("/admin/"):
            await self.get(response["Location"])
        return await self.looked(response, place)

    async def looked(self, response, place):
        parts = [part async for part in response.streaming_content] if response.streaming else [response.content]
        text = b"".join(parts).decode("utf-8", "replace") + str(response.headers) + str(response.cookies)
        found_in(text, self.planted, f"{place} for {self.who}")
        return response


def desk():
    """Every page of the administration, with an object where there is one."""
    yield from ("/admin/", "/admin/usage/", "/admin/conversations/auditentry/audit.csv")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        for row in model._base_manager.all()[:5]:
            for verb in ("change", "history", "delete"):
                yield reverse(f"{name}_{verb}", args=[row.pk])
    for source in DataSource.objects.all():
        for verb in ("ask/?question=x&strictness=3&top=3", "export/", "unanswered/"):
            yield f"/admin/conversations/datasource/{source.pk}/{verb}"
    yield from (f"/admin/conversations/datasource/{verb}/" for verb in ("import", "map"))


async def plant(root, upstream):
    """Enter every secret as administrators do: rightly, wrongly, and again."""
    here = f"{upstream.address}/v1"
    await root.post(ADD, deployment_form(key=CANARIES["replaced"], endpoint="ftp://nowhere"))
    await root.post(ADD, deployment_form(key=CANARIES["replaced"], endpoint=here))
    await root.post(ADD, entra_form(name="entra", client_secret=CANARIES["entra"]))
    first = await Deployment.objects.aget(name="gpt")
    refusal = {"status": 401, "message": f"Incorrect API key provided: {CANARIES['deployment']}"}
    upstream.fail(**refusal)
    replacing = deployment_form(key=CANARIES["deployment"], endpoint=here)
    await root.post(address(first), replacing)
    await root.post(address(first), {**replacing, "store_untested": "on"})
    upstream.fail(**refusal)
    await root.post(address(first, "try"))
    given = source_form(endpoint=upstream.address, authentication__key=CANARIES["source"])
    await root.post(ADD_SOURCE, {**given, "index_name": ""})
    await root.post(ADD_SOURCE, given)
    source = await DataSource.objects.exclude(pk=SOURCE).aget()
    upstream.fail(401, message=f"ApiKey {CANARIES['source']} is wrong")
    await root.post(change_source(source).replace("change", "try"))
    string = f"mongodb+srv://reader:{CANARIES['string']}@c.mongocluster.cosmos.azure.com/?tls=true"
    mongo = {"type": "connection_string", "connection_string": string}
    entries = [
        {"type": "azure_search", "parameters": {"authentication": {"type": "api_key", "key": CANARIES["imported"]}}},
        {"type": "azure_cosmos_db", "parameters": {"authentication": mongo, "database_name": "d"}},
    ]
    for pasted in (json.dumps(entries), json.dumps(entries)[:-3], json.dumps({"wrong": CANARIES["imported"]})):
        await root.post("/admin/conversations/datasource/import/", {"pasted": pasted})
    new = {"username": "carol", "password1": CANARIES["password"], "password2": CANARIES["password"]}
    lines = ("socialaccount_set", "authenticator_set")
    new |= {f"{each}-{n}_FORMS": "0" for each in lines for n in ("TOTAL", "INITIAL")}
    await root.post("/admin/conversations/user/add/", {**new, "password2": "another"})
    await root.post("/admin/conversations/user/add/", {**new, "usable_password": "true"})
    return first


async def test_a_planted_secret_is_found_nowhere(planted, administrator, upstream, turn, person, stranger, caplog):
    for logger in ("", "django", "conversations", "chatapp"):
        caplog.set_level(logging.DEBUG, logger)
    root = Looker(await factories.aclient_of(administrator), planted, "an administrator")
    first = await plant(root, upstream)
    owner = Looker(await factories.aclient_of(person), planted, "its owner")
    for answer in ("fail", "reply"):
        where, form = await sync_to_async(factories.question)(person, deployment="gpt")
        if answer == "fail":
            upstream.fail(401, message=f"Bearer {CANARIES['deployment']} was refused")
        else:
            upstream.reply("Here you are.")
        await owner.post(where, form)
        await settled()
    assert await Attempt.objects.filter(deployment=first, error="bad_key").aexists()
    carol = Looker(AsyncClient(), planted, "who signs in")
    # In the wrong field it is shown again to who typed it; nowhere else.
    await carol.client.post("/accounts/login/", {"login": CANARIES["password"], "password": "carol"})
    await carol.post("/accounts/login/", {"login": "carol", "password": f"{CANARIES['password']}x"})
    response = await carol.post("/accounts/login/", {"login": "carol", "password": CANARIES["password"]})
    assert response.status_code == 302
    people = {
        "nobody": AsyncClient(),
        "a stranger": await factories.aclient_of(stranger),
        "plain staff": await factories.aclient_of(await make_staff()),
    }
    places = [*addresses(turn), *[(name, reverse(name)) for name in OWN], ("login", "/accounts/login/")]
    pages = await sync_to_async(lambda: list(desk()))()
    lookers = [root, owner, carol, *(Looker(client, planted, who) for who, client in people.items())]
    for looker in lookers:
        for place in pages:
            await looker.get(place)
        for name, place in places:
            if looker is not owner or not name.startswith(("delete", "remove")):
                await looker.looked(await reach(looker.client, name, place), place)
    assert len(pages) > 40
    await settled()
    found_in(caplog.text, planted, "the log")
    assert "DEBUG" in caplog.text
    await sync_to_async(look_into_the_database)(planted)


def look_into_the_database(planted):
    """The rows as text; on SQLite also the files, with what was deleted."""
    assert Deployment.objects.get(name="gpt").key == CANARIES["deployment"]
    assert User.objects.get(username="carol").check_password(CANARIES["password"])
    assert AuditEntry.objects.filter(verb="deployment.change").exists()
    assert Message.objects.filter(state="failed").exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found_in(repr(cursor.fetchall()), planted, table)
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-journal"):
            path = Path(f"{connection.settings_dict['NAME']}{ending}")
            if path.exists():
                content = path.read_bytes()
                assert not [name for name, value in planted.items() if value.encode() in content], path


def test_a_canary_would_be_found(planted):
    with pytest.raises(AssertionError, match="deployment is in a page"):
        found_in(f"<p>{CANARIES['deployment']}", planted, "a page")
