"""The words and the one address that rendered HTML needs from outside: translations and hashed
static addresses belong to the caller, so that this package stays free of Django."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Words in the viewer's language; plain text, escaped where they are used."""

    copy: str = "Copy"
    copy_code: str = "Copy code"  # accessible name: an answer has a "Copy" button of its own
    code: str = "Code"
    table: str = "Table"
    image: str = "Image"  # stands for an image that has neither a description nor a web address
    icons: str = "/static/icons.svg"  # address of the sprite that holds the symbol "copy"


ENGLISH = Labels()
