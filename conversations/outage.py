"""An outage is noticed once, asked about only now and then, and told in two lines: when it began and when it ended."""

import logging
import threading
import time

from django import db

log = logging.getLogger(__name__)

SOON = 5.0  # seconds after which those who were told of an outage may try again


class Outage:
    """Of something that all threads of this process share. Whoever uses it says whether it answered."""

    def __init__(self, name: str, meanwhile: str, pause: float) -> None:
        self._name, self._meanwhile, self._pause = name, meanwhile, pause
        self._lock = threading.Lock()
        self._since: float | None = None
        self._until = 0.0  # of time.monotonic

    @property
    def away(self) -> bool:
        """Not to be asked now: it did not answer a moment ago, and not everybody must wait for that again."""
        return time.monotonic() < self._until

    def noticed(self, error: BaseException) -> None:
        """It did not answer."""
        with self._lock:
            self._until = time.monotonic() + self._pause
            begins, self._since = self._since is None, self._since or time.monotonic()
        if begins:
            log.warning("%s is gone (%s): %s", self._name, str(error) or type(error).__name__, self._meanwhile)

    def answered(self) -> None:
        """It answers: called often, and nearly always when nothing is new."""
        if self._since is None:
            return
        with self._lock:
            since, self._since, self._until = self._since, None, 0.0
        if since is not None:
            log.warning("%s is back, after %.0f s.", self._name, time.monotonic() - since)


REDIS = Outage(
    "Redis", "each process counts for itself, and pages learn of others' changes when it is back.", pause=5.0
)
DATABASE = Outage("The database", "nothing is read or saved until it is back, and answers go on meanwhile.", pause=2.0)

_OF_SQLITE = ("is locked", "disk", "unable to open", "readonly")  # its OperationalErrors that are no fault of a query


def no_database(error: BaseException | None) -> bool:
    """Does `error` say that the database could not be reached, or could not write? Then another try makes sense."""
    if not isinstance(error, db.OperationalError | db.InterfaceError):
        return False
    return db.connection.vendor != "sqlite" or any(words in str(error) for words in _OF_SQLITE)
