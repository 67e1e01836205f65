"""What each construct of Markdown becomes on the page."""

import re
from html import escape

import pytest

from conversations.rendering import Labels, blocks, plain
from tests.rendering.reading import read


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "One *two* **three** ~~four~~ `five`",
            "<p>One <em>two</em> <strong>three</strong> <del>four</del> <code>five</code></p>",
        ),
        ("first line\nsecond line", "<p>first line\nsecond line</p>"),
        ("first line  \nsecond line", "<p>first line<br>second line</p>"),
        ("> quoted", "<blockquote><p>quoted</p></blockquote>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("***", "<hr>"),
        ("**안녕하세요**라고 **日本語。**です", "<p><strong>안녕하세요</strong>라고 <strong>日本語。</strong>です</p>"),
        ("It costs $5 and then $6.", "<p>It costs $5 and then $6.</p>"),
        ("[^1] is no footnote", "<p>[^1] is no footnote</p>"),
        ("heading\n---", "<h3>heading</h3>"),
    ],
)
def test_text(text, html):
    assert blocks(text) == [html]


def test_each_block_is_a_string_of_its_own_and_definitions_are_none():
    assert blocks("a\n\n[x]: https://a.example\n\n# b\n- c") == ["<p>a</p>", "<h3>b</h3>", "<ul><li>c</li></ul>"]
    assert blocks("") == blocks(" \n\n") == blocks("[x]: https://a.example") == []


def test_headings_come_below_those_of_the_page():
    tags = [read(block).roots[0].tag for block in blocks("\n".join(f"{'#' * n} h" for n in range(1, 7)))]
    assert tags == ["h3", "h3", "h4", "h5", "h6", "h6"]


@pytest.mark.parametrize("undecided", ["-", "- ", "  -", "=", "---", "|", "|--", "|:-:|-"])
def test_a_line_that_has_only_markers_waits_while_the_text_is_open(undecided):
    assert blocks(f"Intro:\n{undecided}", open=True) == ["<p>Intro:</p>"]
    assert blocks(f"Intro:\n{undecided}") != ["<p>Intro:</p>"]


def test_a_table_scrolls_on_its_own_and_names_its_columns():
    [html] = blocks("| a | b |\n|---|--:|\n| 1 | 2 |", Labels(table="Tableau"))
    region, table, *_ = read(html).elements
    assert region.attributes == {"class": "table-scroll", "role": "region", "aria-label": "Tableau", "tabindex": "0"}
    assert table.tag == "table"
    assert [th.attributes["scope"] for th in read(html).all("th")] == ["col", "col"]
    assert read(html).all("td")[1].attributes == {"align": "right"}


def test_tasks_are_characters_not_controls():
    tight, loose = blocks("- [ ] a\n- [x] b")[0], blocks("- [X] a\n\n- b")[0]
    assert tight == '<ul><li><span class="task">☐</span> a</li><li><span class="task">☑</span> b</li></ul>'
    assert loose == '<ul><li><p><span class="task">☑</span> a</p></li><li><p>b</p></li></ul>'


@pytest.mark.parametrize("tex", ["$a<b$", r"\(a<b\)"])
def test_math_in_a_line_is_drawn(tex):
    drawn = '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'
    assert blocks(tex) == [f'<p><span class="math">{drawn}</span></p>']


@pytest.mark.parametrize("tex", ["$$a<b$$", r"\[a<b\]"])
def test_math_on_display_is_drawn_as_such(tex):
    drawn = '<math display="block"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'
    assert blocks(tex) == [f'<p><span class="math math-display">{drawn}</span></p>']
    assert blocks("```math\na<b\n```") == [f'<div class="math math-display">{drawn}</div>']


@pytest.mark.parametrize("tex", ["x^x^x", r"\text{a<b}", "{" * 900, "a+" * 600, r"\left(" * 100])
def test_a_formula_that_is_none_stays_as_it_was_written(tex):
    assert blocks(f"a ${tex}$ b") == [f'<p>a <span class="math">{escape(tex)}</span> b</p>']


@pytest.mark.parametrize(
    "tex", [r"\href{javascript:alert(1)}{x}", r"\text{\&lt;b}", r"\color{red}{x}", r"\class{k}{x}", r"\style{a}{x}"]
)
def test_a_formula_can_do_nothing_but_be_one(tex):
    page = blocks(f"${tex}$")[0]
    assert not re.search(r"href|style=|color|class=\"(?!math)|<(?!/?(p|span|m\w+)\b)", page)


def test_html_keeps_the_markdown_between_its_tags():
    assert blocks("<b>\n*x*\n</b>") == ["<p>&lt;b&gt;\n<em>x</em>\n&lt;/b&gt;</p>"]
    assert blocks("<!-- never closed\n\n# h") == ["<p>&lt;!-- never closed</p>", "<h3>h</h3>"]


def test_characters_that_hide_or_reorder_are_replaced():
    assert blocks("a\ud800b\x00c\x1bd\u202ee\u2066f &#x202e;") == ["<p>a�b�c�d�e�f �</p>"]
    assert "\u202e" not in blocks("```c\n/*\u202e*/\n```")[0]


def test_plain_text_is_one_line_of_words():
    assert plain("# A *b*\n\n- c&amp;d\n- [e](https://a.example)\n\n| f | g |\n|---|---|\n\n<i>") == "A b c&d e f g <i>"
