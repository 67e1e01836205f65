"""One question through, for whoever asks: admission, history, retry and fallback, around the completions client.

`stream` is the one entry, for the pages and for the served API alike.
"""

from conversations.answering.admission import Disabled
from conversations.answering.documents import Documents
from conversations.answering.notices import (
    Checked,
    FellBack,
    Found,
    Mention,
    Notice,
    Passage,
    Searching,
    Tried,
    Trimmed,
)
from conversations.answering.stream import stream

__all__ = [
    "Checked",
    "Disabled",
    "Documents",
    "FellBack",
    "Found",
    "Mention",
    "Notice",
    "Passage",
    "Searching",
    "Tried",
    "Trimmed",
    "stream",
]
