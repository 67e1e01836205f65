"""What happens around an answer that is no chunk of it, yielded among the chunks in the order it happened."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """Something a person or a log may want to know; API callers never see it."""


@dataclass(frozen=True)
class Tried(Notice):
    """A try failed before the first token, and another follows after `wait` seconds (silently if `quiet`)."""

    deployment: str
    error: str
    detail: str
    request_id: str
    wait: float
    quiet: bool


@dataclass(frozen=True)
class FellBack(Notice):
    """The declared fallback takes over; `deployment` is its primary key."""

    deployment: int
    label: str


@dataclass(frozen=True)
class Trimmed(Notice):
    """The oldest `left_out` messages did not fit into the context window; `sent` did."""

    sent: int
    left_out: int
