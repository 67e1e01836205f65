"""The central promise: the frames a tab has applied always make the page that a reload would show."""

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import Frame, Screen, blocks
from tests.rendering.markdownish import TEXTS
from tests.rendering.reading import read


def applied(page: list[str], frame: Frame | None) -> list[str]:
    return page if frame is None else page[: frame.start] + frame.html


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, data=st.data())
def test_whatever_the_text_and_its_cuts_the_page_equals_a_whole_rendering(text, data):
    screen, page = Screen(), []
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    for cut in cuts:
        page = applied(page, screen.show(text[:cut]))
        assert page == screen.blocks == blocks(text[:cut], open=True)
    page = applied(page, screen.show(text, final=True))
    assert page == screen.blocks == blocks(text)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_character_by_character_the_page_equals_a_whole_rendering(text):
    screen, page = Screen(), []
    for cut in range(len(text) + 1):
        page = applied(page, screen.show(text[:cut]))
        assert page == blocks(text[:cut], open=True)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXTS, max_size=4))
def test_a_text_that_changes_or_shrinks_is_followed_too(texts):
    screen, page = Screen(), []
    for text in texts:
        page = applied(page, screen.show(text))
        assert page == blocks(text, open=True)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, cut=st.integers(0, 200))
def test_no_frame_resends_a_block_the_page_has_or_says_nothing(text, cut):
    screen = Screen()
    screen.show(text[:cut])
    before = list(screen.blocks)
    frame = screen.show(text)
    if frame is None:
        assert screen.blocks == before
    else:
        assert before[frame.start : frame.start + 1] != frame.html[:1]


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_every_block_is_exactly_one_element(text):
    for block in blocks(text):
        page = read(block)
        assert (len(page.roots), page.loose, page.odd) == (1, "", [])
