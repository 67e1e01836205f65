"""A provider on loopback, and the way through it without a browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from chatapp.oidc import Provider
from tests.oidc.provider import CLIENT, SECRET, Identity


@pytest.fixture
def identity(settings):
    with Identity() as identity:
        settings.OIDC = Provider(issuer=identity.issuer, client_id=CLIENT, client_secret=SECRET, name="Contoso")
        yield identity


def begin(client):
    """The provider's page that the browser is sent to."""
    return client.post("/accounts/oidc/login/")["Location"]


def at_the_provider(page, name):
    """Where the provider sends the browser back to, as a path of ours."""
    address = urlsplit(page)
    form = {"query": address.query, "name": name}
    done = requests.post(f"{address.scheme}://{address.netloc}/authorize", data=form, allow_redirects=False, timeout=5)
    back = urlsplit(done.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(name, client=None):
    """The client that came back, and the answer to its coming back."""
    client = client or Client()
    return client, client.get(at_the_provider(begin(client), name))


def asked_for(page):
    return {key: values[0] for key, values in parse_qs(urlsplit(page).query).items()}
