"""Deployments sign in with a key, as an application or as this machine; a stored secret stays with whom it is for."""

import pytest

from conversations.completions.identity import Identity
from conversations.models import Deployment
from tests.admin.forms import ADD, CANARY, address, deployment_form, entra_form


def saved():
    return Deployment.objects.get()


def test_an_application_is_stored_with_its_secret_under_a_name_of_its_own(admin):
    assert admin.post(ADD, entra_form()).status_code == 302
    assert saved().secrets == {"/client_secret": CANARY}
    endpoint = saved().endpoint_at()
    assert (endpoint.identity, endpoint.key) == (Identity("tenant", "app", CANARY), "")


def test_a_managed_identity_has_no_secret_at_all(admin):
    admin.post(ADD, entra_form(authentication="managed_identity"))
    assert (saved().tenant_id, saved().client_id, dict(saved().secrets)) == ("", "app", {})
    assert saved().endpoint_at().identity == Identity(client="app")


@pytest.mark.parametrize("missing", ["tenant_id", "client_id"])
def test_an_application_needs_its_tenant_and_client_id(admin, missing):
    page = admin.post(ADD, entra_form(**{missing: ""})).content.decode()
    assert f"id_{missing}_error" in page
    assert CANARY not in page


def test_an_empty_secret_keeps_the_stored_one(admin):
    admin.post(ADD, entra_form())
    admin.post(address(saved()), entra_form(client_secret="", label="Renamed"))
    assert (saved().label, saved().key) == ("Renamed", CANARY)


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "https://elsewhere.openai.azure.com"},
        {"tenant_id": "another"},
        {"client_id": "another"},
        {"authentication": "managed_identity"},
        {"authentication": "api_key"},
        {"kind": "openai"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_secret_is_dropped_when_whom_it_was_for_changes(admin, changed):
    admin.post(ADD, entra_form())
    page = admin.post(address(saved()), entra_form(**{"client_secret": "", **changed}), follow=True).content.decode()
    assert dict(saved().secrets) == {}
    assert "what was stored was dropped" in page


def test_a_new_secret_replaces_that_of_another_way_to_sign_in(admin):
    admin.post(ADD, deployment_form(kind="azure_v1", authentication="api_key"))
    assert saved().secrets == {"/key": CANARY}
    admin.post(address(saved()), entra_form(client_secret="another"))
    assert saved().secrets == {"/client_secret": "another"}


def test_a_stored_secret_is_nowhere_to_be_read(admin):
    admin.post(ADD, entra_form())
    page = admin.get(address(saved())).content.decode()
    assert "A secret is stored" in page
    assert "No key is stored" in page
    assert CANARY not in page


@pytest.mark.parametrize("way", ["entra", "managed_identity"])
def test_a_token_is_sent_to_azure_alone(admin, way, settings):
    elsewhere = entra_form(authentication=way, endpoint="https://collects-tokens.example")
    page = admin.post(ADD, elsewhere).content.decode()
    assert "id_endpoint_error" in page
    assert "ALLOWED_UPSTREAMS" in page
    assert not Deployment.objects.exists()
    settings.ALLOWED_UPSTREAMS = ["collects-tokens.example"]
    assert admin.post(ADD, elsewhere).status_code == 302
