"""The administrators' first page says what is healthy, and what to do about what is not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from conversations.admin import troubles
from conversations.admin.health import standings
from conversations.completions.errors import CompletionError
from conversations.models import DataSource, Deployment, State
from conversations.models.secrets import LostSecrets
from conversations.views import health
from tests import factories


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)


def standing(deployment):
    return next(each for each in standings() if each.deployment == deployment)


def first_page(admin):
    return admin.get("/admin/").content.decode()


def test_all_is_well(admin, person, offline, settings):
    settings.PUBLIC_URL = "https://chat.example"
    factories.make_attempt(person, offline, first_token_ms=700)
    page = first_page(admin)
    assert "everything is well" in page
    assert "Healthy" in page
    assert "0.7 s" in page
    assert "reachable" in page


def test_a_failing_deployment_says_what_to_do(admin, person):
    locked = factories.make_deployment("locked")
    for error in ("bad_key", "bad_key", "timed_out", ""):
        factories.make_attempt(person, locked, error=error)
    found = standing(locked)
    assert (found.answers, found.failed, found.words) == (4, 3, "Failing")
    assert found.failures == "3 (75 %, key refused)"
    assert "Enter the key again." in first_page(admin)


def test_a_killed_server_is_told_in_words(admin, person, offline):
    factories.make_attempt(person, offline, error="server_lost")
    page = first_page(admin)
    assert "server_lost" not in page
    assert "1 (100 %, our server stopped)" in page
    assert "by a restart or for want of memory" in page


def codes(kind=CompletionError):
    return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))


@pytest.mark.parametrize("code", sorted(codes() - {"completion_error", "refused", "content_filter"}))
def test_every_error_has_a_name_and_a_way_out(code):
    assert troubles.name(code) != "another error"
    assert "It did not work" not in troubles.fix(code)


def test_rare_failures_and_filters_are_no_alarm(person, offline):
    for error in ("", "", "", "", "", "timed_out", "content_filter", "budget_exceeded", "budget_exceeded"):
        factories.make_attempt(person, offline, error=error)
    found = standing(offline)
    assert (found.words, found.failed, found.answers) == ("Healthy", 1, 9)


def test_yesterdays_failures_are_forgotten_but_not_its_last_answer(person, offline):
    long_ago = timezone.now() - timedelta(hours=25)
    factories.make_attempt(person, offline, started=long_ago - timedelta(hours=1))
    factories.make_attempt(person, offline, started=long_ago, error="timed_out")
    found = standing(offline)
    assert (found.words, found.answers) == ("Not asked lately", 0)
    assert found.last_success == long_ago - timedelta(hours=1)


def test_a_deployment_whose_fallback_answers_is_not_healthy(person, offline):
    busy = factories.make_deployment("busy")
    tries = [{"deployment": "busy", "error": "upstream_down", "wait": 0}] * 2
    factories.make_attempt(person, offline, tries=tries)
    assert (standing(busy).words, standing(busy).failed) == ("Failing", 1)
    assert standing(offline).words == "Healthy"


def test_a_lost_key_is_to_be_entered_again(admin, offline):
    deployment = factories.make_deployment("locked")
    Deployment.objects.filter(pk=deployment.pk).update(secrets=LostSecrets("v1:gAAAAABx"))
    page = first_page(admin)
    assert "Key lost" in page
    assert f'/admin/conversations/deployment/{deployment.pk}/change/">locked</a> The stored key cannot' in page


def test_lost_keys_of_a_data_source_too(admin, offline):
    DataSource.objects.create(name="Handbook", type="azure_search", secrets=LostSecrets("v1:gAAAAABx"))
    page = first_page(admin)
    assert "The stored keys of the data source “Handbook” cannot be decrypted" in page
    assert "everything is well" not in page


def test_a_failed_test_counts_until_somebody_is_answered(person):
    deployment = factories.make_deployment("locked")
    deployment.tested([], "bad_key", {})
    assert (standing(deployment).words, standing(deployment).mark) == ("Test failed", "bad")
    factories.make_attempt(person, deployment)
    assert standing(deployment).words == "Healthy"


def test_a_retirement_is_announced(admin):
    deployment = factories.make_deployment("old", retires_on=timezone.localdate() + timedelta(days=3))
    assert standing(deployment).mark == "warn"
    assert "Set up another one and let it take over." in first_page(admin)


def test_nobody_to_ask_is_said_first(admin):
    factories.make_deployment("off", enabled=False)
    page = first_page(admin)
    assert "nobody gets an answer" in page
    assert "Disabled" in page
    assert "everything is well" not in page


def test_what_is_out_of_reach_is_said(admin, offline, monkeypatch):
    monkeypatch.setattr(health, "get_channel_layer", lambda: None)
    page = first_page(admin)
    assert "The layer between processes cannot be used." in page
    assert admin.get("/readyz").json()["missing"] == ["layer"]


def test_checks_of_a_public_server_are_shown(admin, offline, settings):
    settings.PUBLIC_URL = "http://chat.example"
    assert "PUBLIC_URL is no https address." in first_page(admin)


def test_running_answers_are_counted_with_their_processes(admin, person, offline):
    for runner in ("one", "one", "two"):
        answer = factories.make_conversation(person, deployment=offline).ask("Hello?").answer
        type(answer).objects.filter(pk=answer.pk).update(state=State.STREAMING, runner=runner)
    assert admin.get("/admin/").context["running"] == {"answers": 3, "processes": 2}


def test_staff_without_permissions_see_no_figures(transactional_db, offline):
    staff = factories.make_person("stan", is_staff=True)
    client = factories.browser_of(staff)
    page = first_page(client)
    assert "What needs you" not in page
    assert "Ask an administrator" in page
    staff.user_permissions.add(Permission.objects.get(codename="view_deployment"))
    assert "What needs you" in first_page(client)


def test_the_first_page_costs_as_many_queries_however_many_deployments(
    admin, person, offline, django_assert_num_queries
):
    with django_assert_num_queries(13):
        first_page(admin)
    for each in range(5):
        factories.make_attempt(person, factories.make_deployment(f"d{each}"))
    with django_assert_num_queries(13):
        first_page(admin)
