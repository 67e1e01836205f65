"""The demo's people sign in by a button for whoever sits at the machine, and for nobody else."""

import pytest
from django.test import Client

from tests import factories

FORWARDED = [
    {"X-Forwarded-For": "192.0.2.1"},
    {"Forwarded": "for=192.0.2.1"},
    {"X-Real-IP": "192.0.2.1"},
    {"Via": "1.1 proxy"},
]


@pytest.fixture
def demo(db, settings):
    settings.EMBEDDED, settings.PUBLIC_URL, settings.TRUSTED_PROXY, settings.PASSWORDS = True, "", False, True
    return factories.make_person("employee", demo=True)


def enter(person="employee", address="127.0.0.1", **headers):
    return Client(headers=headers, REMOTE_ADDR=address).post("/demo/sign-in", {"person": person}).status_code


def test_on_the_same_machine_it_is_a_button(demo):
    factories.make_person("admin")  # somebody real has the name
    assert "Sign in as employee" in Client().get("/accounts/login/").content.decode()
    assert (enter(), enter("admin")) == (302, 404)


def test_from_elsewhere_there_is_none(demo):
    assert enter(address="192.0.2.1") == 404


@pytest.mark.parametrize("headers", FORWARDED)
def test_nor_through_a_proxy_on_the_same_machine(demo, headers):
    assert enter(**headers) == 404
    assert "Sign in as employee" not in Client(headers=headers).get("/accounts/login/").content.decode()
