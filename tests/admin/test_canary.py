"""The canary asks all that is enabled, keeps what came of it, and ends with 1 when something fails."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from conversations.models import Deployment
from tests import factories
from tests.upstream import FakeUpstream


@pytest.fixture
def upstream():
    with FakeUpstream().threaded() as upstream:
        yield upstream


@pytest.fixture
def deployment(transactional_db, upstream):
    return factories.make_deployment("gpt", address=upstream.address)


def sung(capsys, *args):
    with pytest.raises(SystemExit) as ended:
        call_command("canary", *args)
    assert ended.value.code == 1
    return capsys.readouterr().out


def test_what_works_is_fine(administrator, upstream, deployment, capsys):
    upstream.reply("one ", "two")
    factories.make_deployment("off", enabled=False)
    call_command("canary")
    out = capsys.readouterr().out
    assert out.startswith("fine ")
    assert "“gpt”" in out
    assert "off" not in out
    deployment.refresh_from_db()
    assert (deployment.test_error, deployment.tested_at is not None) == ("", True)


def test_what_fails_is_named_and_ends_with_1(administrator, upstream, deployment, capsys):
    upstream.reply("one")
    factories.make_source("Nowhere")
    out = sung(capsys)
    assert "failed" in out
    assert "data source “Nowhere”" in out
    assert "1 fine, 1 failed" in out


def test_what_has_retired_fails_too(administrator, upstream, deployment, capsys):
    upstream.reply("one")
    Deployment.objects.update(retires_on=timezone.localdate() - timedelta(days=1))
    assert "has retired" in sung(capsys)
    Deployment.objects.update(retires_on=timezone.localdate() + timedelta(days=9))
    upstream.reply("one")
    call_command("canary")
    assert "retires in 9 days" in capsys.readouterr().out


def test_on_nobody_s_behalf_nothing_is_asked(deployment):
    with pytest.raises(CommandError, match="--as"):
        call_command("canary")


def test_the_overview_tests_everything_and_names_what_failed(admin, upstream, deployment):
    factories.make_source("Nowhere")
    upstream.reply("one")
    page = admin.post("/admin/canary/", follow=True).content.decode()
    assert "These failed" in page
    assert "Nowhere</a> failed its last test" in page


def test_it_is_no_business_of_other_staff(deployment, upstream):
    staff = factories.make_person("stan", is_staff=True)
    assert factories.browser_of(staff).post("/admin/canary/").status_code == 403
    assert not upstream.requests
