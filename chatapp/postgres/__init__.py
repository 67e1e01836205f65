"""Django's PostgreSQL as this product sets it up: a server that is gone, or was started anew, fails few and soon."""

from typing import Any

SEATS = 14  # pages that use the database at once
PATIENCE = 30.0  # seconds that a page waits for one of them
# A server that vanished without a word is noticed within half a minute.
NETWORK = {"connect_timeout": 5, "tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5}
# Persistent connections are never returned under ASGI; a pool is. There is always one to be had, or none at all.
POOL = {"min_size": 1, "max_size": SEATS + 2, "timeout": 5.0}


def settings(options: dict[str, Any]) -> dict[str, Any]:
    """For Django's DATABASES; `options` of the address win."""
    return {"ENGINE": "chatapp.postgres", "OPTIONS": {**NETWORK, **options, "pool": POOL}}
