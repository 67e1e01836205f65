"""Durable answers: an answer is a row and a task of its own, whoever looks on or goes away.

`start`, `stop` and `watch` are the only door; `drain`, `keep_looking` and `keep_sweeping` belong to the server process.
"""

from conversations.generation.pulse import keep_looking
from conversations.generation.runner import drain, keep_sweeping, mark_lost, must_be_open, start, stop, sweep
from conversations.generation.watch import View, hear, watch

__all__ = [
    "View",
    "drain",
    "hear",
    "keep_looking",
    "keep_sweeping",
    "mark_lost",
    "must_be_open",
    "start",
    "stop",
    "sweep",
    "watch",
]
