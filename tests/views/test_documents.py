"""Collections and documents on the page: who sees them, who changes them, what is said about each file."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Collection, Document, Stage
from conversations.retrieval.ingest import runner
from conversations.retrieval.ingest.adding import add
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collection(person):
    made = Collection.objects.create(name="Handbook")
    made.owners.add(person)
    return made


def send(browser, collection, *uploads, **headers):
    sent = [SimpleUploadedFile(name, content) for name, content in uploads]
    return browser.post(f"/documents/{collection.pk}/upload", {"files": sent}, follow=True, **headers)


def test_uploaded_is_queued_then_read_then_shown(browser, collection):
    page = send(browser, collection, ("leave.md", b"# Leave\n\nYou get 90 days."))
    assert "1 document received." in page.content.decode()
    assert 'hx-trigger="every 1s"' in page.content.decode()
    async_to_sync(runner.run_out)()
    rows = browser.get(f"/documents/{collection.pk}/?rows").content.decode()
    assert "ready" in rows
    assert "every 1s" not in rows
    document = Document.objects.get()
    assert "You get 90 days." in browser.get(f"/documents/d/{document.pk}/").content.decode()


def test_each_file_that_is_refused_says_why_and_the_others_go_on(browser, collection):
    sent = ("a.exe", b"MZ"), ("b.txt", b""), ("c.txt", b"Hello."), ("d.pdf", b"no pdf"), ("e.docx", b"PK\3\4 x")
    text = send(browser, collection, *sent).content.decode()
    assert "3 files were not taken." in text
    assert "a.exe: It cannot be read" in text
    assert "b.txt: There is no text in it." in text
    assert "d.pdf: The file is not what its name says" in text
    assert "2 documents received." in text
    assert {each.filename for each in Document.objects.all()} == {"c.txt", "e.docx"}
    async_to_sync(runner.run_out)()
    assert "The file is damaged." in browser.get(f"/documents/{collection.pk}/").content.decode()
    assert Document.objects.get(filename="c.txt").state == Stage.READY


def test_all_are_read_again_by_one_statement_however_many_there_are(browser, collection):
    def asked():
        with CaptureQueriesContext(connection) as said:
            browser.post(f"/documents/{collection.pk}/reindex")
        return len(said)

    kept = [factories.make_document(collection, "Leave")]
    before = asked()
    kept += [factories.make_document(collection, f"Leave {at}") for at in range(5)]
    thrown = factories.make_document(collection, "Gone")
    thrown.throw_away()
    Document.objects.update(state=Stage.READY, runner="somebody")
    assert asked() == before
    queued = Document.objects.filter(state=Stage.QUEUED, runner="")
    assert {each.pk for each in queued} == {each.pk for each in kept}


def test_the_same_file_again_changes_nothing_and_a_new_version_replaces(browser, collection):
    send(browser, collection, ("a.txt", b"One."))
    assert "has not changed" in send(browser, collection, ("a.txt", b"One.")).content.decode()
    assert "new version received" in send(browser, collection, ("a.txt", b"Two.")).content.decode()
    assert Document.objects.count() == 1


def test_a_pasted_text_is_a_document(browser, collection):
    browser.post(f"/documents/{collection.pk}/paste", {"title": "Parking / guests", "text": "Guests park free."})
    async_to_sync(runner.run_out)()
    document = Document.objects.get()
    assert (document.title, document.state) == ("Parking / guests", Stage.READY)


def test_a_version_that_fails_says_that_the_one_before_is_found(browser, collection):
    said = "The version before is still found."
    document = factories.make_document(collection, "Leave")
    send(browser, collection, ("new.docx", b"PK\3\4 x"), ("Leave.md", b"\xff\xfe"))
    async_to_sync(runner.run_out)()
    page = browser.get(f"/documents/{collection.pk}/").content.decode()
    assert page.count(said) == 1
    assert said in browser.get(f"/documents/d/{document.pk}/").content.decode()


def test_a_name_never_becomes_a_path(browser, collection):
    send(browser, collection, ("../../etc/passwd.txt", b"Hello."))
    document = Document.objects.get()
    assert document.filename == "passwd.txt"
    assert document.path.name == document.file


def test_deleted_with_undo(browser, collection):
    document = factories.make_document(collection, "Leave")
    page = browser.post(f"/documents/d/{document.pk}/delete", follow=True).content.decode()
    assert "“Leave” is deleted." in page
    assert browser.get(f"/documents/d/{document.pk}/").status_code == 404
    browser.post(f"/documents/d/{document.pk}/take-back")
    assert browser.get(f"/documents/d/{document.pk}/").status_code == 200


def test_one_taken_back_beside_a_new_one_of_its_name_gets_a_number(browser, collection):
    old = factories.make_document(collection, "Leave", "You get 90 days.")
    for _ in range(2):
        browser.post(f"/documents/d/{old.pk}/delete")
        send(browser, collection, ("Leave.md", b"# Leave\n\nYou get 99 days."))
        browser.post(f"/documents/d/{old.pk}/take-back")
    old.refresh_from_db()
    assert (old.title, old.filename) == ("Leave (2)", "Leave (2).md")
    send(browser, collection, ("Leave.md", b"# Leave\n\nYou get 100 days."))
    assert sorted(each.filename for each in Document.objects.all()) == ["Leave (2).md", "Leave.md"]
    assert old.chunks.get().content == "You get 90 days."


def test_a_deleted_collection_can_be_taken_back_under_its_name(browser, collection):
    page = browser.post(f"/documents/{collection.pk}/delete", follow=True).content.decode()
    assert "Undo" in page
    Collection.objects.create(name="Handbook")
    browser.post(f"/documents/{collection.pk}/take-back")
    collection.refresh_from_db()
    assert (collection.name, collection.deleted) == ("Handbook (2)", None)


def test_readers_read_and_do_not_change(collection, stranger):
    document = factories.make_document(collection)
    reader = factories.browser_of(stranger)
    assert "Upload" not in reader.get(f"/documents/{collection.pk}/").content.decode()
    assert reader.get(f"/documents/d/{document.pk}/").status_code == 200
    assert reader.post(f"/documents/d/{document.pk}/delete").status_code == 404
    assert send(reader, collection, ("a.txt", b"Hello.")).status_code == 404


def test_losing_a_group_ends_reading_at_once(collection, stranger):
    few = Group.objects.create(name="Few")
    collection.groups.add(few)
    document = factories.make_document(collection)
    reader = factories.browser_of(stranger)
    assert reader.get(f"/documents/d/{document.pk}/").status_code == 404
    stranger.groups.add(few)
    assert reader.get(f"/documents/d/{document.pk}/").status_code == 200
    stranger.groups.remove(few)
    assert reader.get(f"/documents/d/{document.pk}/original").status_code == 404
    assert document.title not in reader.get("/documents/").content.decode()


def test_the_permission_manages_all_collections_and_makes_new_ones(stranger, collection):
    stranger.user_permissions.add(Permission.objects.get(codename="manage_documents"))
    manager = factories.browser_of(stranger)
    assert "Upload" in manager.get(f"/documents/{collection.pk}/").content.decode()
    assert manager.post("/documents/", {"name": "Handbook"}).status_code == 422
    assert manager.post("/documents/", {"name": "Other"}).status_code == 302
    assert list(Collection.objects.get(name="Other").owners.all()) == [stranger]


def test_without_it_nobody_makes_one(browser):
    assert browser.post("/documents/", {"name": "Mine"}).status_code == 403


def test_the_original_is_only_ever_downloaded(browser, collection):
    added = add(collection, 'a"<b>.html', b"<script>alert(1)</script><p>Hello.", None)
    response = browser.get(f"/documents/d/{added.document.pk}/original")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_markup_in_a_document_is_text(browser, collection):
    document = factories.make_document(
        collection, "<b>x</b>", "<script>alert(1)</script>\n| <i>a</i> | b |\n| --- | --- |\n| 1 | 2 |"
    )
    page = browser.get(f"/documents/d/{document.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;i&gt;a&lt;/i&gt;" in page
    assert "---" not in page


def test_a_passage_is_opened_and_marked(browser, collection):
    document = factories.make_document(collection, "Leave", "You get 90 days. Ask early.", "More.")
    chunk = document.chunks.first()
    page = browser.get(f"/documents/d/{document.pk}/?chunk={chunk.pk}&mark=8-15").content.decode()
    assert "You get <mark>90 days</mark>. Ask early." in page
    assert f'id="chunk-{chunk.pk}" class="sought"' in page
    for odd in ("?chunk=x&mark=a-b", "?page=999", "?from=-1", "?mark=1-2", f"?chunk={chunk.pk}&mark=5-2"):
        assert browser.get(f"/documents/d/{document.pk}/{odd}").status_code == 200


def test_a_long_document_comes_in_parts(browser, collection):
    document = factories.make_document(collection, "Long", *[f"Passage {at}." for at in range(200)])
    page = browser.get(f"/documents/d/{document.pk}/").content.decode()
    assert "Passage 79." in page
    assert "Passage 80." not in page
    later = document.chunks.get(position=150)
    assert "Passage 150." in browser.get(f"/documents/d/{document.pk}/?chunk={later.pk}").content.decode()


def test_the_list_takes_as_many_queries_for_many_documents(browser, collection, django_assert_max_num_queries):
    for at in range(12):
        factories.make_document(collection, f"Document {at}")
    with django_assert_max_num_queries(22):
        assert browser.get(f"/documents/{collection.pk}/").status_code == 200


def test_files_of_a_conversation_are_its_owners_alone(person, stranger):
    made = Collection.objects.create(name="files", conversation=factories.make_conversation(person))
    assert made in Collection.objects.for_reader(person.reader())
    assert made not in Collection.objects.for_reader(stranger.reader())
    document = factories.make_document(made)
    document.path.parent.mkdir(parents=True, exist_ok=True)
    document.path.write_bytes(b"x")
    made.conversation.delete()
    assert not document.path.exists()


def test_a_suspended_person_reads_nothing(person, collection):
    person.is_active = False
    person.save()
    assert not Collection.objects.for_reader(person.reader()).exists()


def test_an_upload_may_be_larger_than_a_question(browser, collection, settings):
    settings.MAX_BODY = 2000
    settings.MAX_UPLOAD = 3000
    assert "is too large" in send(browser, collection, ("a.txt", b"a" * 3001)).content.decode()
    assert "1 document received." in send(browser, collection, ("b.txt", b"a" * 2500)).content.decode()
