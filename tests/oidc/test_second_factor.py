"""Whom the provider vouched for has shown a second factor there, unless the policy says otherwise."""

import pytest
from django.test import Client

from tests.oidc.conftest import sign_in
from tests.oidc.test_signing_in import ANN, who

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everybody(settings):
    settings.MFA_REQUIRED = "everybody"


def test_who_comes_through_the_provider_is_the_providers_to_ask(identity, settings):
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    assert client.get("/").status_code == 200
    settings.MFA_WITH_OIDC = True
    assert client.get("/")["Location"] == "/accounts/2fa/"


def test_a_password_of_somebody_the_provider_knows_is_asked_for_it(identity, settings):
    identity.people["ann"] = ANN
    client, _ = sign_in("ann")
    person = who(client)
    person.set_password("correct horse")
    person.save()
    local = Client()
    local.post("/accounts/login/", {"login": person.username, "password": "correct horse"})
    assert local.get("/")["Location"] == "/accounts/2fa/"
