"""A screen sends what changed and no more, and does no more work than that."""

import comrak
import pytest

from conversations.rendering import Frame, Screen, blocks, markdown


def test_the_first_frame_brings_everything():
    assert Screen().show("a\n\nb") == Frame(0, ["<p>a</p>", "<p>b</p>"])


def test_text_that_is_appended_resends_the_last_block_alone():
    screen = Screen()
    screen.show("a\n\nb\n\nc")
    assert screen.show("a\n\nb\n\nc d") == Frame(2, ["<p>c d</p>"])


def test_a_new_block_is_sent_without_the_one_before():
    screen = Screen()
    screen.show("a")
    assert screen.show("a\n\nb") == Frame(1, ["<p>b</p>"])


def test_nothing_new_is_no_frame():
    screen = Screen()
    assert screen.show("") is None
    screen.show("a")
    assert (
        screen.show("a") is screen.show("a\n") is screen.show("a", final=True) is screen.show("a", final=True) is None
    )


def test_text_taken_back_is_taken_from_the_page():
    screen = Screen()
    screen.show("a\n\nb\n\nc")
    assert screen.show("a\n\nb") == Frame(2, [])
    assert screen.show("a\n\nx") == Frame(1, ["<p>x</p>"])
    assert screen.show("") == Frame(0, [])


def test_a_definition_changes_the_blocks_that_refer_to_it_and_all_after_the_first():
    screen = Screen()
    screen.show("one\n\ntwo [x]\n\nthree\n\nfour")
    frame = screen.show("one\n\ntwo [x]\n\nthree\n\nfour\n\n[x]: https://a.example\n")
    assert frame is not None
    assert frame.start == 1
    assert screen.blocks == blocks("one\n\ntwo [x]\n\nthree\n\nfour\n\n[x]: https://a.example\n", open=True)


def test_a_definition_serves_what_follows_it():
    screen = Screen()
    screen.show("a\n\n[x]: https://a.example\n\nb\n\nc\n\n")
    screen.show("a\n\n[x]: https://a.example\n\nb\n\nc\n\n[x].")
    assert "https://a.example" in screen.blocks[-1]


def test_code_is_highlighted_when_the_next_block_begins():
    screen = Screen()
    screen.show("a\n\n```py\nx = 1\n```\n")
    assert screen.show("a\n\n```py\nx = 1\n```\n\nb") == Frame(1, blocks("```py\nx = 1\n```") + ["<p>b</p>"])


def test_the_end_highlights_code_that_was_never_closed():
    screen = Screen()
    screen.show("a\n\n```py\nx = 1")
    assert screen.show("a\n\n```py\nx = 1", final=True) == Frame(
        1, blocks("```py\nx = 1\n```")[:0] + blocks("```py\nx = 1")
    )


def test_a_table_that_takes_the_last_line_of_a_paragraph_keeps_doing_so():
    text = "/\n1.\n-\no"
    screen = Screen()
    for cut in range(len(text) + 1):
        screen.show(text[:cut])
        assert screen.blocks == blocks(text[:cut], open=True)


def test_a_screen_made_anew_shows_what_the_old_one_did():
    old, new = Screen(), Screen()
    old.show("a\n\nb")
    old.show("a\n\nb\n\n- c")
    assert new.show("a\n\nb\n\n- c") == Frame(0, old.blocks)


@pytest.fixture
def parsed(monkeypatch):
    """The lengths of the texts that comrak is given."""
    lengths: list[int] = []
    render = comrak.render_markdown

    def counting(text: str, *options: object) -> str:
        lengths.append(len(text))
        return render(text, *options)

    monkeypatch.setattr(markdown.comrak, "render_markdown", counting)
    return lengths


@pytest.mark.parametrize("start", ["", "$$ is left open\n\n", "echo `$$`\n\n"])
def test_the_work_does_not_grow_with_the_text(parsed, start):
    screen, text = Screen(), start
    for n in range(300):
        text += f"Paragraph {n} of a long answer.\n\n- with a list\n- of two\n\n"
        screen.show(text)
    assert max(parsed) < 400


def test_without_a_complete_line_nothing_is_searched_twice(parsed):
    screen = Screen()
    screen.show("a\n\nb\n\nc")
    parsed.clear()
    for cut in range(1, 21):
        screen.show("a\n\nb\n\nc" + "d" * cut)
    assert len(parsed) == 20
