"""Signing in and out, documents of collections, and many writers at once are written down in one whole chain."""

import subprocess
import sys
import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from conversations.models import AuditEntry, Collection, Document
from conversations.models.audit import walk
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
WRITER = """
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "chatapp.settings"
import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from conversations.models import AuditEntry

for at in range(25):
    AuditEntry.write("deployment.change", note=f"{sys.argv[2]} {at}")
"""


def last():
    return AuditEntry.objects.first()


def sign_in(client, name="alice", password="correct horse", **extra):
    return client.post("/accounts/login/", {"login": name, "password": password}, **extra)


def test_signing_in_and_out(person):
    client = Client()
    sign_in(client)
    assert (last().verb, last().person_name, last().address) == ("sign-in", "alice", "127.0.0.1")
    client.post("/accounts/logout/")
    assert (last().verb, last().person_id) == ("sign-out", person.pk)


def test_a_failed_sign_in_names_whom_it_concerns_and_keeps_nothing_of_what_was_typed(person):
    sign_in(Client(), password="wrong horse")
    assert (last().verb, last().concerns_id, last().person_id) == ("sign-in.failed", person.pk, None)
    sign_in(Client(), name="my secret password", password="alice")
    assert (last().verb, last().concerns_id, last().title) == ("sign-in.failed", None, "")
    assert "my secret" not in str(AuditEntry.objects.values_list())


def test_a_new_password_is_written_down_without_it(browser, person):
    new = "a much longer password"
    form = {"oldpassword": "correct horse", "password1": new, "password2": new}
    browser.post("/accounts/password/change/", form)
    entry = AuditEntry.objects.get(verb="password.change")
    assert (entry.person_id, entry.changes) == (person.pk, {"password": "changed"})


def test_the_administration_has_no_way_around_that(administrator):
    client = factories.browser_of(administrator)
    new = "a much longer password"
    form = {"old_password": "correct horse", "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", form)["Location"] == "/accounts/password/change/"
    administrator.refresh_from_db()
    assert not administrator.check_password(new)


def test_the_address_is_the_visitors_behind_a_trusted_proxy_alone(person, settings):
    sign_in(Client(), headers={"x-forwarded-for": "10.9.9.9"})
    assert last().address == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sign_in(Client(), headers={"x-forwarded-for": "1.1.1.1, 10.9.9.9"})
    assert last().address == "10.9.9.9"


def test_documents_of_collections(administrator):
    browser = factories.browser_of(administrator)
    collection = Collection.objects.create(name="Offers")
    upload = {"files": [SimpleUploadedFile("a.md", b"# A"), SimpleUploadedFile("b.exe", b"MZ")]}
    browser.post(f"/documents/{collection.pk}/upload", upload)
    document = Document.objects.get()
    assert (last().verb, last().title, last().note) == ("document.upload", "A", "new, in “Offers”")
    browser.post(f"/documents/d/{document.pk}/rename", {"title": "Alpha"})
    assert (last().verb, last().changes["title"]) == ("document.change", ["A", "Alpha"])
    for end in ("delete", "take-back"):
        browser.post(f"/documents/d/{document.pk}/{end}")
    for end in ("delete", "take-back"):
        browser.post(f"/documents/{collection.pk}/{end}")
    browser.post("/documents/", {"name": "New"})
    entries = AuditEntry.objects.exclude(verb="sign-in").order_by("number")
    assert list(entries.values_list("verb", flat=True)) == [
        *("document.upload", "document.change", "document.delete", "document.restore"),
        *("collection.delete", "collection.restore", "collection.add"),
    ]
    assert set(entries.values_list("person_id", flat=True)) == {administrator.pk}


def test_writers_in_threads_make_one_chain():
    failed = []

    def write():
        try:
            for _ in range(20):
                AuditEntry.write("deployment.change")
        except Exception as error:  # shown below, not lost in the thread
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    assert (walk().entries, walk().broken) == (120, None)


def test_writers_in_processes_make_one_chain():
    name, root = str(connection.settings_dict["NAME"]), Path(__file__).parent.parent
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name, str(at)], cwd=root) for at in range(4)]
    assert [each.wait(60) for each in writers] == [0] * 4
    assert (walk().entries, walk().broken) == (100, None)


def test_the_command_prints_a_head_and_fails_on_what_is_broken():
    out = StringIO()
    for _ in range(3):
        AuditEntry.write("x")
    call_command("auditverify", stdout=out)
    head = out.getvalue().split()[-1]
    call_command("auditverify", head=head, stdout=out)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_auditentry WHERE number = 3")
    call_command("auditverify", stdout=out)
    with pytest.raises(CommandError, match="Entry 3 is broken"):
        call_command("auditverify", head=head, stdout=out)
