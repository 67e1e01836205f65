"""Citation markers become small numbered links, whatever Markdown stands around them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import Cited, Screen, blocks
from tests.rendering.markdownish import PIECES
from tests.rendering.reading import read
from tests.rendering.test_promise import applied

CITED = Cited("/c/1/m/2/sources/", {1: "Leave policy, page 3", 3: "Travel", 7: 'A "quoted" <title>'})
MARKED = st.lists(
    PIECES | st.sampled_from(["[doc1]", "[doc3]", "[doc7]", "[doc9]", "\u2e3d\ue001\u2e3d", "\u2e3d"]), max_size=40
).map("".join)


def page(text: str, cited: Cited = CITED) -> str:
    return "".join(blocks(text, cited=cited))


def shown(text: str) -> list[str]:
    """The numbers on the page."""
    return re.findall(r'data-source="\d+" aria-label="[^"]*">(\d+)</a></sup>', page(text))


def test_a_number_stands_at_its_word_whether_the_model_wrote_a_space_or_not() -> None:
    assert page("18 weeks. [doc1] And [doc3].") == page("18 weeks.[doc1] And[doc3].")


def test_a_marker_is_a_link_with_a_name() -> None:
    assert page("18 weeks.[doc1]") == (
        '<p>18 weeks.<sup class="cite"><a href="/c/1/m/2/sources/1/" data-source="1" '
        'aria-label="Source 1: Leave policy, page 3">1</a></sup></p>'
    )


def test_numbers_are_dense_by_first_mention_over_all_blocks() -> None:
    assert shown("a [doc7] b [doc3]\n\n- c [doc7]\n- d [doc1]") == ["1", "2", "1", "3"]


def test_a_marker_that_points_at_nothing_is_dropped() -> None:
    assert page("a[doc2] b[doc99]") == "<p>a b</p>"


def test_a_title_is_escaped() -> None:
    assert "A &quot;quoted&quot; &lt;title&gt;" in page("a [doc7]")


@pytest.mark.parametrize(
    "text",
    ["`[doc1]`", "```\n[doc1]\n```", "    [doc1]", "$x = [doc1]$"],
)
def test_code_and_formulas_keep_what_they_say(text: str) -> None:
    assert "[doc1]" in re.sub(r"<[^>]*>", "", page(text))
    assert shown(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Yes.[doc1][doc3]\n\n[doc1]: https://evil.example\n",
        "Yes.[doc1](https://evil.example)[doc3]",
        "Yes.[doc1][x][doc3]\n\n[x]: https://evil.example",
        "![doc1](https://evil.example) [doc1] [doc3]",
    ],
)
def test_no_markdown_can_hijack_a_marker(text: str) -> None:
    found = page(text)
    assert "/c/1/m/2/sources/1/" in found
    assert not re.search(r'href="https://evil\.example[^"]*"[^>]*>\s*<?s?u?p?[^<]*\d</a></sup>', found)
    assert [each for each in re.findall(r'<sup class="cite"><a href="([^"]*)"', found) if "evil" in each] == []


def test_a_marker_in_a_link_stands_behind_it() -> None:
    assert re.search(
        r'<a href="https://a\.example"[^>]*>see</a>.*<sup class="cite">', page("[see[doc1]](https://a.example)")
    )


def test_an_address_followed_by_a_marker_leads_where_it_did() -> None:
    assert 'href="https://a.example/x"' in page("https://a.example/x[doc1]")


def test_bold_ends_before_a_marker() -> None:
    assert page("**18 weeks.**[doc1]").startswith("<p><strong>18 weeks.</strong><sup")


def test_verdicts_are_classes_and_words() -> None:
    cited = Cited("/s/", {1: "A"}, verdicts=("supported", "not_found"), words=(("not_found", "not found in it"),))
    found = page("a [doc1] b [doc1]", cited)
    assert 'class="cite supported"' in found
    assert 'class="cite not-found"' in found
    assert "Source 1: A (not found in it)" in found


def test_what_looks_like_a_placeholder_is_none() -> None:
    assert shown("a \u2e3d\ue001\u2e3d") == []


def test_without_sources_a_marker_is_text() -> None:
    assert blocks("a [doc1]") == ["<p>a [doc1]</p>"]


def test_verdicts_that_come_at_the_end_change_the_page_from_their_block_on() -> None:
    screen, text = Screen(), "a\n\nb [doc1]\n\nc"
    screen.show(text, cited=CITED)
    checked = Cited(CITED.address, CITED.names, verdicts=("weak",))
    frame = screen.show(text, final=True, cited=checked)
    assert frame is not None
    assert frame.start == 1
    assert screen.blocks == blocks(text, cited=checked)


@settings(max_examples=300, deadline=None)
@given(text=MARKED, data=st.data())
def test_whatever_the_text_and_its_cuts_the_page_equals_a_whole_rendering(text, data) -> None:
    screen, shown = Screen(), []
    for cut in data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted)):
        shown = applied(shown, screen.show(text[:cut], cited=CITED))
        assert shown == screen.blocks == blocks(text[:cut], open=True, cited=CITED)
    shown = applied(shown, screen.show(text, final=True, cited=CITED))
    assert shown == blocks(text, cited=CITED)


@settings(max_examples=300, deadline=None)
@given(text=MARKED)
def test_the_page_stays_safe_and_every_citation_leads_to_a_source(text) -> None:
    for block in blocks(text, cited=CITED):
        found = read(block)
        assert (len(found.roots), found.loose, found.odd) == (1, "", [])
        assert "\ue001" not in block or "\ue001" in text
    for address in re.findall(r'<sup class="cite"><a href="([^"]*)"', page(text)):
        assert re.fullmatch(r"/c/1/m/2/sources/[123]/", address)
