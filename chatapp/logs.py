"""What an outage of the database leaves in the log: each line once a minute, and without the trace that all share."""

import logging
import time

from conversations.outage import no_database

QUIET = 60.0  # seconds in which a line is not written again
MOST = 1000  # lines that are remembered


class Outages(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self._written: dict[str, float] = {}  # when, by time.monotonic

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not no_database(error):
            return True
        said = (str(error).splitlines() or [type(error).__name__])[0]
        line = f"{record.name}: {record.getMessage()}: {said}"
        record.msg, record.args = line.removeprefix(f"{record.name}: "), ()
        record.exc_info = record.exc_text = None
        now = time.monotonic()
        if now - self._written.get(line, -QUIET) < QUIET:
            return False
        if len(self._written) >= MOST:
            self._written.clear()
        self._written[line] = now
        return True
