"""Durable answers: an answer is a row and a task of its own, whoever looks on or goes away.

`start`, `stop`, `revoke` and `watch` are the only door; `drain`, `keep_looking` and `keep_sweeping` belong to the
server process.
"""

from conversations.generation.pulse import keep_looking
from conversations.generation.revoking import revoke
from conversations.generation.runner import Draining, drain, keep_sweeping, mark_lost, must_be_open, start, stop, sweep
from conversations.generation.watch import View, hear, watch

__all__ = [
    "Draining",
    "View",
    "drain",
    "hear",
    "keep_looking",
    "keep_sweeping",
    "mark_lost",
    "must_be_open",
    "revoke",
    "start",
    "stop",
    "sweep",
    "watch",
]
