"""What reading a file gives: blocks in their order, or the reason why there are none."""

from msgspec import Struct

REASONS = (
    "unsupported", "mislabelled", "encrypted", "scanned", "empty", "broken", "bomb", "too_large", "too_many_pages",
    "too_slow", "too_much_memory", "storage", "not_found_again", "embedding_failed", "lost",
)  # fmt: skip


class Block(Struct, omit_defaults=True):
    """A heading, a paragraph or list item, or a table as Markdown rows of which the first two lines are its head.

    `page` is a page's, or a slide's, number. A block with `level` is a heading; level 0 is text. `rows` names the rows
    of a sheet that a table was cut from, such as “2–40”.
    """

    text: str
    page: int | None = None
    level: int = 0
    table: bool = False
    sheet: str = ""
    row: int = 0  # of a sheet: the number of its first row below the head


Pages = tuple[int, int]
"""How many pages were read so far, and how many there are."""


class Unreadable(Exception):
    """`reason` is one of REASONS; people read it in words of their own language."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table; the first is its head."""
    width = max(len(row) for row in rows)
    lines = ["| " + " | ".join(_cell(each) for each in [*row, *[""] * (width - len(row))]) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
