"""What does not apply to the kind is neither asked for nor kept, with and without script."""

import json
import re

import pytest
from django.core.exceptions import ValidationError

from conversations.completions.endpoints import KINDS
from conversations.models import Deployment
from tests import factories
from tests.admin.forms import ADD, CANARY, address, deployment_form, entra_form


def errors(page):
    return set(re.findall(r'id="id_(\w+)_error"', page.content.decode()))


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("openai", {"endpoint"}),
        ("azure", {"endpoint", "api_version"}),
        ("azure_v1", {"endpoint"}),
        ("azure_inference", {"endpoint", "api_version"}),
    ],
)
def test_a_kind_asks_for_what_it_needs(admin, kind, missing):
    assert errors(admin.post(ADD, deployment_form(kind=kind, endpoint="", key=""))) == missing


def test_the_built_in_deployment_keeps_nothing_of_another_kind(admin):
    admin.post(ADD, entra_form(model="gpt", api_version="2024-10-21", reasoning="on"))
    before = Deployment.objects.get()
    admin.post(address(before), entra_form(kind="offline", endpoint="no address", model="gpt", reasoning="on"))
    after = Deployment.objects.get()
    assert (after.kind, after.endpoint, after.model, after.reasoning) == ("offline", "", "", False)
    assert (after.authentication, after.tenant_id, dict(after.secrets)) == ("api_key", "", {})


def test_a_key_sent_along_for_another_way_to_sign_in_is_not_stored(admin):
    admin.post(ADD, entra_form(key="sk-forgotten"))
    assert Deployment.objects.get().secrets == {"/client_secret": CANARY}


def test_a_way_to_sign_in_that_was_not_sent_is_the_key(admin):
    admin.post(ADD, deployment_form(kind="azure_v1"))
    assert Deployment.objects.get().secrets == {"/key": CANARY}


def test_the_page_says_to_its_script_what_follows_what(admin):
    page = admin.get(ADD).content.decode()
    field = next(each for each in re.findall(r"<input[^>]*>", page) if 'name="tenant_id"' in each)
    rule = json.loads(re.search(r'data-for="([^"]*)"', field)[1].replace("&quot;", '"'))
    assert rule == {"authentication": ["entra"]}
    assert 'js/admin/following.js" type="module"' in page


def test_every_kind_is_offered(admin):
    page = admin.get(ADD).content.decode()
    assert all(f'<option value="{kind}"' in page for kind in KINDS)


def test_a_kind_takes_no_way_to_sign_in_that_it_does_not_know(offline):
    deployment = factories.make_deployment("gpt", authentication="entra", tenant_id="t", client_id="c")
    with pytest.raises(ValidationError) as error:
        deployment.full_clean()
    assert set(error.value.message_dict) == {"authentication"}


def test_deployments_do_not_take_over_for_each_other_in_a_circle(admin):
    third = factories.make_deployment("third")
    second = factories.make_deployment("second", fallback=third)
    first = factories.make_deployment("first", fallback=second)
    response = admin.post(address(third), deployment_form(name="third", fallback=first.pk))
    assert "third → first → second → third" in response.content.decode()
    response = admin.post(address(third), deployment_form(name="third", fallback=third.pk))
    assert "third → third" in response.content.decode()
    assert admin.post(address(first), deployment_form(name="first", key="", fallback=second.pk)).status_code == 302
