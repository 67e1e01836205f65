"""Texts made to be expensive or to break a library come out as plain text, and nothing worse happens."""

import pytest

from conversations.rendering import Screen, blocks, clean, markdown
from tests.rendering.reading import read

TEXTS = {
    "brackets": "[" * 100_000,
    "stars": "*a " * 30_000,
    "quotes": ">" * 100_000,
    "lists": "- " * 50_000 + "a",
    "numbers": "1. " * 30_000,
    "nested list": "".join("  " * depth + "- a\n" for depth in range(300)),
    "emphasis in emphasis": "*a **b " * 10_000 + "c** d*" * 10_000,
    "backticks": "".join("`" * n + "a" for n in range(400)),
    "unclosed fences": "```\n~~~\n" * 10_000,
    "one line": "a " * 500_000,
    "entities": "&amp;" * 20_000,
    "images in images": "![" * 50_000,
    "links in links": "[a](" * 25_000,
    "tags": "<a " * 30_000,
    "wide table": "a|" * 20_000 + "\n" + "-|" * 20_000 + "\n",
    "hollow table": "|".join("a" * 32) + "\n" + "|".join("-" * 32) + "\n" + "x\n" * 2_000,
    "labels": "[x\n" * 30_000 + "]:",
    "definitions": "".join(f"[a{n}]: /b\n" for n in range(5_000)),
    "long host": "[a](http://" + "é." * 40_000 + ")",
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_shown_as_elements_of_bounded_depth(name):
    for block in blocks(TEXTS[name]):
        page = read(block)
        assert len(page.roots) == 1
        assert max(element.depth for element in page.elements) <= markdown.DEEPEST


def test_nesting_beyond_reason_is_shown_as_its_text():
    assert blocks(">" * 60_000 + " deep\n\nnext") == ["<p>deep</p>", "<p>next</p>"]
    assert blocks("> " * 20 + "deep")[0].count("<blockquote>") == 20


def test_a_table_of_too_many_columns_is_text():
    for columns, root in ((markdown.WIDEST, "div"), (markdown.WIDEST + 2, "p")):
        rows = "|" + "a|" * columns + "\n|" + "-|" * columns
        assert read(*blocks(rows)).roots[0].tag == root


@pytest.mark.parametrize("dashes", ["-", "-:"])
def test_a_table_of_mostly_empty_cells_is_text(dashes):
    rows = "|a" * 30 + "|\n" + f"|{dashes}" * 30 + "|\n" + "x\n" * 400
    assert [root.tag for root in read(*blocks(rows)).roots] == ["p"]


class PanicException(BaseException):  # noqa: N818 - what PyO3 calls it
    """Stands for a Rust panic, which is no Exception."""


@pytest.fixture
def panic(monkeypatch):
    """comrak panics on every text with the word "panic"."""
    render = markdown.comrak.render_markdown

    def panicking(text: str, *options: object) -> str:
        if "panic" in text:
            raise PanicException("index out of bounds")
        return render(text, *options)

    monkeypatch.setattr(markdown.comrak, "render_markdown", panicking)


@pytest.mark.usefixtures("panic")
def test_a_text_that_makes_comrak_panic_is_shown_plain():
    assert blocks("*a* <b> panic\n\n\ud800 c") == ["<p>*a* &lt;b&gt; panic\n\n� c</p>"]


@pytest.mark.usefixtures("panic")
def test_a_screen_survives_a_panic_and_what_follows():
    screen = Screen()
    for text in ("a\n\n*b*\n\nc", "a\n\n*b*\n\nc panic", "a\n\n*b*\n\nc panic\n\nd", "a\n\n*b*"):
        screen.show(text)
        assert screen.blocks == blocks(text, open=True)


def test_a_block_that_makes_the_sanitiser_panic_is_shown_plain(monkeypatch):
    class Gate:
        def clean(self, html: str) -> str:
            raise PanicException("unreachable")

    monkeypatch.setattr(clean, "_GATE", Gate())
    assert blocks('*a* <b onclick="x">') == ["<p>a &lt;b onclick=&quot;x&quot;&gt;</p>"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_other_interruptions_are_not_taken_for_panics(monkeypatch, error):
    def interrupted(*_: object) -> str:
        raise error

    monkeypatch.setattr(markdown.comrak, "render_markdown", interrupted)
    with pytest.raises(error):
        blocks("a")
