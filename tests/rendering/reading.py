"""Reads rendered HTML with the standard library's parser, which shares no code with the renderer."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "use"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    depth: int  # 0: a root
    text: str = ""
    duplicates: bool = field(default=False)  # an attribute was given twice


class Page(HTMLParser):
    """Every element of a piece of HTML, in order; `loose` is text outside any element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.loose = ""
        self.odd: list[str] = []  # comments, declarations, end tags that fit no start tag
        self.feed(html)
        self.close()
        self.odd += [f"unclosed {each.tag}" for each in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), len(self.open), duplicates=len(dict(attrs)) != len(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
        elif tag not in VOID:
            self.odd.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
        self.loose += "" if self.open else data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    @property
    def roots(self) -> list[Element]:
        return [each for each in self.elements if each.depth == 0]

    def all(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]


def read(*blocks: str) -> Page:
    return Page("".join(blocks))
