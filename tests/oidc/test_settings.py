"""What the environment says of the provider: where forms may lead, and what could not work."""

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatapp.oidc import Provider, read

EXAMPLE = Provider(issuer="https://login.example.com:8443/realms/us", client_id="x")


def test_forms_may_lead_to_the_provider_and_nowhere_else(settings):
    there = replace(EXAMPLE, through=("https://sso.example.com",))
    assert there.origins == ["https://login.example.com:8443", "https://sso.example.com"]
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_ISSUER": "http://login.example.com"},
        {"OIDC_ISSUER": "login.example.com"},
        {"OIDC_CLIENT_ID": ""},
        {"OIDC_SCOPES": "profile"},
        {"OIDC_STAFF": "boss"},
        {"OIDC_GRAPH": "http://graph.example.com"},
    ],
)
def test_what_could_not_work_is_said_at_the_start(monkeypatch, wrong):
    for name, value in ({"OIDC_ISSUER": EXAMPLE.issuer, "OIDC_CLIENT_ID": "x"} | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        read()
