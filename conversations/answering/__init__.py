"""One question through, for whoever asks: admission, history, retry and fallback, around the completions client.

`stream` is the one entry, for the pages and for the served API alike.
"""

from conversations.answering.documents import Documents, check, check_words
from conversations.answering.guessing import guess
from conversations.answering.limits import within_budget, within_limits
from conversations.answering.notices import (
    FellBack,
    Found,
    Notice,
    Passage,
    Searching,
    Tried,
    Trimmed,
)
from conversations.answering.stream import stream
from conversations.completions.errors import Disabled, LimitReached

__all__ = [
    "Disabled",
    "Documents",
    "FellBack",
    "Found",
    "LimitReached",
    "Notice",
    "Passage",
    "Searching",
    "Tried",
    "Trimmed",
    "check",
    "check_words",
    "guess",
    "stream",
    "within_budget",
    "within_limits",
]
