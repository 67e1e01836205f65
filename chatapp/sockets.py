"""A socket that cannot be served without the database is closed as one that a restart closes: its page comes again."""

import logging
from contextlib import suppress
from typing import Any

from conversations.api.unread import Application, Receive, Send
from conversations.outage import no_database

log = logging.getLogger(__name__)

COME_AGAIN = 1012


def come_again(inner: Application) -> Application:
    async def application(scope: Any, receive: Receive, send: Send) -> None:
        try:
            await inner(scope, receive, send)
        except Exception as error:
            if not no_database(error):
                raise
            log.exception("A page is told to connect again")
            with suppress(OSError, RuntimeError):  # it has gone by itself
                await send({"type": "websocket.close", "code": COME_AGAIN})

    return application
