"""The demo's *Employee handbook*: documents of an invented company, and what makes them of their Markdown sources."""

from pathlib import Path

HANDBOOK = Path(__file__).parent / "handbook"
NAME = "Employee handbook"
DESCRIPTION = "Leave, pay, travel, IT and how we work at Fernhollow, an invented company"
CLOSED = "Pay bands"  # a second source, which one group alone may ask
CLOSED_DESCRIPTION = "Bands and hiring, for the people team"
CLOSED_FILES = ("Pay bands.md",)
FILES = (
    "Time away.pdf",
    "Working here.pdf",
    "Pay and benefits.pdf",
    "Travel and expenses.docx",
    "IT and security.md",
    "Allowances.xlsx",
    "Guide du personnel.md",
    "직원 안내.md",
)
