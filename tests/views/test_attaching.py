"""Files are attached to a conversation, listed, sent with a question and removed; what is wrong is said in words."""

import io

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from conversations.models import Chunk, Collection, Conversation, Document, Evidence
from conversations.models.conversation_set import KEPT, UNASKED
from conversations.retrieval.ingest import runner
from tests import factories

HTMX = {"HX-Request": "true"}
SHED = b"# Bicycles\n\nThe bicycle shed closes at ten."


def text_file(name="shed.md", content=SHED):
    return SimpleUploadedFile(name, content)


def image_file(name="face.png", size=(30, 20)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


@pytest.fixture
def chat(person, offline):
    """Address and proof of a new chat."""
    pk, key = factories.new_chat(person)
    return f"/c/{pk}/", {"key": key}


def attach(browser, chat, *files, **fields):
    return browser.post(f"{chat[0]}files", {**chat[1], "files": list(files), **fields}, headers=HTMX)


def ask(browser, chat, text="When does the shed close?", **fields):
    files = [each.pk for each in Document.objects.all()]
    return browser.post(f"{chat[0]}ask", {**chat[1], "text": text, "file": files, **fields}, headers=HTMX)


def read():
    async_to_sync(runner.run_out)()


def test_a_file_waits_for_the_first_question_of_a_new_chat(browser, chat):
    assert "shed.md" in attach(browser, chat, text_file()).content.decode()
    assert "shed.md" in browser.get(chat[0]).content.decode()
    assert 'data-new="yes"' in browser.get(chat[0]).content.decode()


def test_a_chat_with_files_and_no_question_is_not_listed(browser, chat):
    attach(browser, chat, text_file())
    assert chat[0] not in browser.get("/conversations/").content.decode()
    assert chat[0] not in browser.get("/search", headers=HTMX).content.decode()


def test_the_first_question_begins_the_chat_and_takes_its_files(browser, chat):
    attach(browser, chat, text_file())
    response = ask(browser, chat)
    assert response["HX-Push-Url"] == chat[0]
    assert Conversation.objects.get().title == "When does the shed close?"
    question = Conversation.objects.get().messages.get(role="user")
    assert [each.filename for each in question.attached.all()] == ["shed.md"]
    assert 'name="file"' not in browser.get(chat[0]).content.decode()


def test_a_new_chat_with_files_begins_with_the_sources_that_are_on(browser, chat):
    source = factories.make_source(on_by_default=True)
    attach(browser, chat, text_file())
    ask(browser, chat)
    assert list(Conversation.objects.get().sources.all()) == [source]


def test_without_scripts_a_file_comes_with_its_question(browser, chat):
    form = {**chat[1], "text": "When does it close?", "files": [text_file()]}
    assert browser.post(f"{chat[0]}ask", form).status_code == 302
    assert "shed.md" in browser.get(chat[0]).content.decode()
    assert Document.objects.get().questions.count() == 1


def test_without_scripts_a_bad_file_holds_the_question_up_and_keeps_the_good_one(browser, chat):
    form = {**chat[1], "text": "When does it close?", "files": [text_file(), text_file("a.exe")]}
    response = browser.post(f"{chat[0]}ask", form)
    assert response.status_code == 422
    assert "a.exe: It cannot be read." in response.content.decode()
    assert "When does it close?" in response.content.decode()
    assert "shed.md" in browser.get(chat[0]).content.decode()


@pytest.mark.parametrize(
    ("file", "words"),
    [("tool.exe", "It cannot be read."), ("empty.txt", "There is no text in it.")],
)
def test_a_file_that_can_be_seen_to_be_wrong_says_why_at_once(browser, chat, file, words):
    response = attach(browser, chat, text_file(file, b" "))
    assert words in response.content.decode()
    assert response.status_code == 422


def test_a_file_that_turns_out_to_be_bad_says_why_and_is_not_sent(browser, chat):
    attach(browser, chat, text_file("broken.pdf", b"%PDF-1.4 nothing more"))
    read()
    assert "The file is damaged." in browser.get(f"{chat[0]}files").content.decode()
    ask(browser, chat)
    assert not Document.objects.get().questions.exists()


def test_every_file_that_failed_says_why_and_is_not_named_in_the_form(browser, chat):
    attach(browser, chat, text_file("broken.md"))
    read()
    Document.objects.update(state="failed")
    for kind, reason in (("pdf", "damaged"), ("pdf", "of another version"), ("png", "damaged")):
        Document.objects.update(kind=kind, reason=reason)
        page = browser.get(f"{chat[0]}files").content.decode()
        assert "#alert" in page
        assert "<img" not in page
        assert 'name="file"' not in page
        assert 'aria-label="Remove broken.md"' in page


def test_limits_are_each_persons(browser, chat, settings):
    settings.MAX_ATTACHED = 1
    assert attach(browser, chat, text_file()).status_code == 200
    assert "as many files" in attach(browser, chat, text_file("b.md")).content.decode()
    settings.MAX_ATTACHED, settings.MAX_ATTACHED_BYTES = 10, len(SHED) + 5
    assert "all the room" in attach(browser, chat, text_file("b.md")).content.decode()
    settings.MAX_UPLOAD = 5
    assert "It is too large" in attach(browser, chat, text_file("b.md")).content.decode()


def test_where_nothing_may_be_attached_nothing_offers_it(browser, chat, settings):
    assert "Attach files" in browser.get("/").content.decode()
    settings.MAX_ATTACHED = 0
    assert "Attach files" not in browser.get("/").content.decode()


def test_removing_a_file_takes_its_words_everywhere(browser, chat):
    attach(browser, chat, text_file())
    read()
    ask(browser, chat)
    document = Document.objects.get()
    answer = Conversation.objects.get().messages.get(role="assistant")
    factories.make_evidence(answer, document=str(document.pk), collection=document.collection)
    browser.post(f"{chat[0]}files/{document.pk}/remove", headers=HTMX)
    assert not Document.objects.exists()
    assert not Chunk.objects.exists()
    assert not document.path.exists()
    assert (Evidence.objects.get().content, Evidence.objects.get().purged) == ("", True)


def test_a_deleted_conversation_takes_its_files_along_and_brings_them_back(browser, chat):
    attach(browser, chat, text_file())
    read()
    ask(browser, chat)
    document = Document.objects.get()
    address = f"/documents/d/{document.pk}/"
    assert browser.get(address).status_code == 200
    browser.post(f"{chat[0]}delete")
    assert browser.get(address).status_code == 404
    browser.post(f"{chat[0]}take-back")
    assert browser.get(address).status_code == 200
    Conversation.objects.update(deleted=timezone.now() - 2 * KEPT)
    Conversation.objects.all().purge()
    assert not Collection.objects.exists()
    assert not Chunk.objects.exists()
    assert not document.path.exists()


def test_files_whose_question_never_came_are_purged(browser, chat):
    attach(browser, chat, text_file())
    assert not Conversation.objects.all().purge()
    Conversation.objects.update(updated=timezone.now() - 2 * UNASKED)
    assert Conversation.objects.all().purge() == 1
    assert not Document.objects.exists()


def test_an_edited_question_keeps_its_files(browser, chat):
    attach(browser, chat, text_file())
    ask(browser, chat)
    conversation = Conversation.objects.get()
    question = conversation.messages.get(role="user")
    conversation.messages.filter(role="assistant").update(state="complete", runner="")
    browser.post(f"{chat[0]}m/{question.pk}/edit", {f"edit-{question.pk}": "And when does it open?"})
    assert Document.objects.get().questions.count() == 2


def test_the_page_of_an_attached_file_leads_back_to_its_conversation(browser, chat):
    attach(browser, chat, text_file())
    read()
    page = browser.get(f"/documents/d/{Document.objects.get().pk}/").content.decode()
    assert f'href="{chat[0]}"' in page
    assert "The bicycle shed closes at ten." in page


class TestPictures:
    @pytest.fixture
    def seeing(self, offline):
        type(offline).objects.filter(pk=offline.pk).update(capabilities={"images": True})

    @pytest.mark.usefixtures("seeing")
    def test_one_is_redrawn_and_served_as_what_we_made_of_it(self, browser, chat):
        page = attach(browser, chat, image_file("<b>.png")).content.decode()
        assert 'alt="&lt;b&gt;.png"' in page
        response = browser.get(f"{chat[0]}files/{Document.objects.get().pk}/picture")
        assert response["Content-Type"] == "image/png"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(response.content)).size == (30, 20)

    @pytest.mark.usefixtures("seeing")
    def test_what_only_says_that_it_is_one_is_refused(self, browser, chat):
        response = attach(browser, chat, text_file("face.png", b"<svg onload=alert(1)>"))
        assert response.status_code == 422
        assert "not what its name says" in response.content.decode()

    def test_a_document_is_not_served_as_one(self, browser, chat):
        attach(browser, chat, text_file())
        assert browser.get(f"{chat[0]}files/{Document.objects.get().pk}/picture").status_code == 404

    def test_a_deployment_that_cannot_see_refuses_it_and_names_one_that_can(self, browser, chat):
        factories.make_deployment("sharp", label="Sharp eyes", capabilities={"images": True})
        refused = attach(browser, chat, image_file(), deployment="offline").content.decode()
        assert "does not see images. Choose “Sharp eyes”" in refused
        assert attach(browser, chat, image_file(), deployment="sharp").status_code == 200
        assert ask(browser, chat, deployment="offline").status_code == 422
        assert not Conversation.objects.begun().exists()
