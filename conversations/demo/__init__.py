"""The demo's *Employee handbook*: documents of an invented company, and what makes them of their Markdown sources."""

from pathlib import Path

HANDBOOK = Path(__file__).parent / "handbook"
NAME = "Employee handbook"
DESCRIPTION = "Leave, pay, travel, IT and how we work at Fernhollow, an invented company"
FILES = (
    "Time away.pdf",
    "Working here.pdf",
    "Pay and benefits.pdf",
    "Travel and expenses.docx",
    "IT and security.md",
    "Allowances.xlsx",
)
STARTERS = (
    "How many days of parental leave do I get, and who approves it?",
    "How much may a hotel in Paris cost?",
    "How many days a week may I work remotely?",
)
