"""Whatever a message holds, the page gets nothing but our own elements, attributes, classes and schemes:
for the finished text and for every prefix of it, as the stream shows it."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import Screen, blocks
from tests.rendering.markdownish import TEXTS
from tests.rendering.reading import Element, Page, read

ONLY = re.compile  # a pattern that a whole attribute value must match
ADDRESS = ONLY(r"https?://[a-z0-9._:\[\]-]+([/?#][^\s\"<>`\\]*)?|mailto:[^\s\"'<>?&@]+@[A-Za-z0-9.-]+")
TOKEN = {"class": ONLY("host|math|math math-display|task|[ksmcfid]")}
CELL = {"align": ONLY("left|center|right")}
BARE = "p h3 h4 h5 h6 ul li blockquote em strong del br hr code table thead tbody tr"
ALLOWED: dict[str, dict[str, re.Pattern[str]]] = {
    **dict.fromkeys(
        ["p", "h3", "h4", "h5", "h6", "ul", "li", "blockquote", "em", "strong", "del", "br", "hr", "code"], {}
    ),
    **dict.fromkeys(["table", "thead", "tbody", "tr"], {}),
    "ol": {"start": ONLY("[0-9]{1,9}")},
    "td": CELL,
    "th": {**CELL, "scope": ONLY("col")},
    "span": TOKEN,
    "a": {"href": ADDRESS, "target": ONLY("_blank"), "rel": ONLY("noopener noreferrer nofollow")},
    "pre": {"tabindex": ONLY("0"), "role": ONLY("region"), "aria-label": ONLY(r"Code(, [\w+#./ -]+)?")},
    "div": {
        "class": ONLY("code|code-head|table-scroll|math math-display"),
        "role": ONLY("region"),
        "aria-label": ONLY("Table"),
        "tabindex": ONLY("0"),
    },
    "button": {
        "class": ONLY("text-button"),
        "type": ONLY("button"),
        "data-copy-code": ONLY(""),
        "aria-label": ONLY("Copy code"),
    },
    **dict.fromkeys(
        [
            "mrow",
            "ms",
            "mtext",
            "msqrt",
            "mroot",
            "msub",
            "msup",
            "msubsup",
            "munder",
            "munderover",
            "mmultiscripts",
            "mprescripts",
            "mtr",
            "mpadded",
            "mphantom",
        ],
        {},
    ),
    "math": {"display": ONLY("inline|block")},
    "mo": dict.fromkeys(
        ["stretchy", "fence", "separator", "form", "largeop", "movablelimits", "symmetric", "minsize", "maxsize"],
        ONLY("[a-z0-9.% ]*"),
    ),
    "mi": {"mathvariant": ONLY("[a-z-]*")},
    "mn": {"mathvariant": ONLY("[a-z-]*")},
    "mfrac": {"linethickness": ONLY("[a-z0-9.]*"), "displaystyle": ONLY("true|false")},
    "mstyle": {"displaystyle": ONLY("true|false"), "scriptlevel": ONLY("[0-9+-]*")},
    "mspace": {"width": ONLY("[a-z0-9.-]*"), "linebreak": ONLY("newline")},
    "mtable": dict.fromkeys(["columnalign", "rowspacing", "columnspacing"], ONLY("[a-z0-9. ]*")),
    "mtd": {"columnalign": ONLY("[a-z ]*")},
    "menclose": {"notation": ONLY("[a-z ]*")},
    "mover": {"accent": ONLY("true|false")},
    "svg": {"class": ONLY("icon"), "aria-hidden": ONLY("true")},
    "use": {"href": ONLY(re.escape("/static/icons.svg#copy"))},
}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd1]")
SHOWN = str.maketrans("␤␉␀␍", "\n\t\0\r")


def attacks() -> list[str]:
    files = sorted((Path(__file__).parent / "attacks").glob("*.txt"))
    lines = [line for file in files for line in file.read_text().splitlines() if not line.startswith("## ")]
    return [line.translate(SHOWN) for line in lines]


def foreign(element: Element) -> list[str]:
    """What of this element is not ours."""
    if element.tag not in ALLOWED or element.duplicates:
        return [element.tag]
    allowed = ALLOWED[element.tag]
    return [
        f"{element.tag} {name}={value!r}"
        for name, value in element.attributes.items()
        if name not in allowed or not allowed[name].fullmatch(value or "")
    ]


def assert_harmless(page: Page, html: str) -> None:
    assert [problem for element in page.elements for problem in foreign(element)] == []
    assert page.odd == []
    assert page.loose == ""
    assert not UNSEEN.search(html)
    # Our controls are there as often as we put them there: once for each block of code.
    assert len(page.all("button")) == len(page.all("pre")) == len(page.all("use"))
    assert all({"target", "rel", "href"} == set(link.attributes) for link in page.all("a"))


@pytest.mark.parametrize("attack", attacks())
def test_an_attack_is_harmless_as_a_whole_and_at_every_prefix(attack):
    screen = Screen()
    for cut in range(len(attack) + 1):
        if frame := screen.show(attack[:cut]):
            assert_harmless(read(*frame.html), "".join(frame.html))
    html = blocks(attack)
    assert_harmless(read(*html), "".join(html))


@pytest.mark.parametrize(
    "around", ["{}", "- {}", "> {}", "**{}**", "# {}", "[{}](https://a.example)", "text\n{}", "`{}`"]
)
def test_an_attack_is_harmless_wherever_it_stands(around):
    for attack in attacks():
        html = blocks(around.format(attack))
        assert_harmless(read(*html), "".join(html))


def test_all_attacks_together_are_harmless():
    html = blocks("\n\n".join(attacks()))
    assert_harmless(read(*html), "".join(html))


def test_the_check_itself_sees_what_is_foreign():
    for html in ("<img src=x>", "<p onclick=x>a</p>", '<a href="javascript:x">y</a>', '<span class="cite">x</span>'):
        with pytest.raises(AssertionError):
            assert_harmless(read(html), html)


def test_raw_html_is_shown_letter_by_letter():
    html = '<div onclick="x">\n<b>hi</b> <!-- c --> <![CDATA[d]]> <?e?>\n</div>'
    page = read(*blocks(html))
    assert [root.tag for root in page.roots] == ["p"]
    assert page.roots[0].text == html


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS | st.sampled_from(attacks()), max_size=5))
def test_attacks_amid_any_markdown_are_harmless(texts):
    html = blocks("".join(texts))
    assert_harmless(read(*html), "".join(html))
