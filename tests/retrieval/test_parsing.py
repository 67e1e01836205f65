"""Files of every kind become blocks that know their page, headings, sheet; what cannot be read says why."""

import csv
import io

import pytest

from conversations.retrieval.ingest import reading
from conversations.retrieval.ingest.chunks import LONGEST, pack
from conversations.retrieval.ingest.parsing import kinds
from conversations.retrieval.ingest.parsing.blocks import Block, Unreadable
from tests.retrieval import files

PAGE = "The office opens at eight.\nParking is free for visitors of all departments and their guests.\nAsk at the desk."


@pytest.fixture
def read(tmp_path):
    async def read(content, name):
        path = tmp_path / "stored"
        path.write_bytes(content)
        return await reading.read(path, kinds.of(name), nothing)

    return read


async def nothing(done, total):
    """Nobody is told."""


async def refused(read, content, name):
    with pytest.raises(Unreadable) as found:
        await read(content, name)
    return found.value.reason


async def test_a_pdf_keeps_its_pages(read):
    blocks, pages = await read(files.pdf(PAGE, PAGE.replace("office", "canteen")), "a.pdf")
    assert pages == 2
    assert [each.page for each in blocks if "canteen" in each.text] == [2]


async def test_lines_of_a_pdf_become_paragraphs_without_running_heads(read):
    page = (
        "Handbook 2026 page {0}\nIn chapter {0} a hyphen-\nated word goes on over a line that is long enough\n"
        "and ends here.\nEnd {0}{0}"
    )
    blocks, _ = await read(files.pdf(*[page.format(at) for at in range(1, 6)]), "a.pdf")
    assert blocks[0].text.startswith("In chapter 1 a hyphenated word goes on over")
    assert not [each for each in blocks if "Handbook" in each.text]


async def test_word_keeps_headings_and_tables_in_their_order(read):
    content = files.word(("Heading 1", "Leave"), ("Normal", "Ask early."), [["Kind", "Days"], ["Annual", "30"]])
    blocks, _ = await read(content, "a.docx")
    assert blocks[0] == Block("Leave", level=1)
    assert blocks[1].text == "Ask early."
    assert blocks[2].table
    assert "| Annual | 30 |" in blocks[2].text


async def test_slides_are_pages_with_their_notes(read):
    blocks, pages = await read(files.slides(("One", "First.", "Say hello."), ("Two", "Second.", "")), "a.pptx")
    assert pages == 2
    assert [(each.text, each.page, each.level) for each in blocks] == [
        ("One", 1, 1),
        ("First.", 1, 0),
        ("Say hello.", 1, 0),
        ("Two", 2, 1),
        ("Second.", 2, 0),
    ]


async def test_a_sheet_says_which_rows(read):
    rows = [["City", "Rate"], *[[f"City {at}", at] for at in range(2, 300)]]
    blocks, _ = await read(files.sheets(Rates=rows), "a.xlsx")
    pieces = pack(blocks)
    assert pieces[0].heading.startswith("Rates › 2–")
    assert all(each.content.startswith("| City | Rate |") and len(each.content) <= LONGEST for each in pieces)
    assert "| City 299 | 299 |" in pieces[-1].content


async def test_a_csv_file_of_another_country_is_a_table(read):
    blocks, _ = await read("Stadt;Satz\nKöln;28,50\nZürich;64\n".encode("cp1252"), "a.csv")
    assert blocks[0].text.splitlines()[2] == "| Köln | 28,50 |"


async def test_quoted_cells_may_have_several_lines(read):
    out = io.StringIO()
    csv.writer(out).writerows([["City", "Note"], ["Oslo", "one\ntwo"]])
    blocks, _ = await read(out.getvalue().encode(), "a.csv")
    assert "| Oslo | one two |" in blocks[0].text


async def test_a_web_page_is_read_without_what_is_around_it(read):
    html = (
        "<title>x</title><nav>Home</nav><script>alert(1)</script><h2>Leave</h2>Loose <b>text</b>.<p>First.</p>"
        "<ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>"
    )
    blocks, _ = await read(html.encode(), "a.html")
    assert [each.text for each in blocks] == ["Leave", "Loose text.", "First.", "• one", "two", "• deep"]
    assert blocks[0].level == 2


async def test_markdown_gives_headings_and_plain_text(read):
    blocks, _ = await read(b"# Top\n\nSome **bold** text.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "a.md")
    assert [(each.text, each.level) for each in blocks[:2]] == [("Top", 1), ("Some bold text.", 0)]
    assert blocks[2].table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
async def test_plain_text_of_any_encoding(read, encoding):
    text = "육아휴직은 팀장이 승인합니다. 자세한 내용은 인사팀에 문의하세요.\n\n두 번째 문단입니다."
    blocks, _ = await read(text.encode(encoding), "a.txt")
    assert [each.text for each in blocks] == text.split("\n\n")


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (files.pdf(PAGE, encrypted=True), "a.pdf", "encrypted"),
        (files.pdf("", "x", ""), "a.pdf", "scanned"),
        (files.pdf(PAGE)[:200], "a.pdf", "broken"),
        (b"hello", "a.pdf", "mislabelled"),
        (files.pdf(PAGE), "a.txt", "mislabelled"),
        (files.sheets(A=[["a", "b"]]), "a.docx", "mislabelled"),
        (b"PK\3\4 not really", "a.docx", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (files.bomb(), "a.docx", "bomb"),
        (b"", "a.txt", "empty"),
        (b" \n\n ", "a.md", "empty"),
        (b"abc\0def", "a.txt", "mislabelled"),
        (files.word(), "a.docx", "empty"),
    ],
)
async def test_what_cannot_be_read_says_why(read, content, name, reason):
    assert await refused(read, content, name) == reason


async def test_what_takes_too_long_is_stopped(read, monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    assert await refused(read, files.pdf(PAGE), "a.pdf") == "too_slow"


async def test_the_child_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    assert "canary" not in reading.environment().values()


def test_passages_are_about_as_long_as_each_other_and_cross_no_heading():
    sentence = "This sentence is there to be counted, and nothing else. "
    blocks = [Block("A", level=1), Block(sentence * 22), Block("B", level=2), Block("Short.")]
    pieces = pack(blocks)
    assert [each.heading for each in pieces] == ["A", "A", "A › B"]
    assert abs(len(pieces[0].content) - len(pieces[1].content)) < 100
    assert all(each.content.endswith(".") for each in pieces)


def test_a_heading_with_nothing_under_it_is_still_found():
    assert [each.content for each in pack([Block("Alone", level=1), Block("Next", level=1)])] == ["Alone", "Next"]


def test_nothing_is_lost_in_packing():
    texts = [f"Paragraph {at} has a few words." for at in range(100)]
    whole = " ".join(each.content for each in pack([Block(text) for text in texts]))
    assert whole.replace("\n", " ") == " ".join(texts)


async def test_progress_is_told_while_pages_are_read(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(files.pdf(*[f"{PAGE} Page {at}." for at in range(50)]))
    heard = []

    async def told(done, total):
        heard.append((done, total))

    await reading.read(path, "pdf", told)
    assert heard == [(0, 50), (20, 50), (40, 50), (50, 50)]
