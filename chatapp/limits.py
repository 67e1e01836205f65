"""Refuses request bodies over MAX_BODY before they are read: Django's ASGI handler would spool them whole.

Where documents are uploaded the limit is MAX_UPLOAD.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]
UPLOAD = re.compile(r"/documents/\d+/upload|/c/[0-9a-f-]{36}/(?:files|ask)")


def limit_body(inner: Application) -> Application:
    async def application(scope: Any, receive: Receive, send: Send) -> None:
        length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        most = settings.MAX_UPLOAD if UPLOAD.fullmatch(scope.get("path", "")) else settings.MAX_BODY
        if not length.isdigit() or int(length) > most:
            await _refuse(send, most)
            return
        left = most

        async def counted() -> Any:
            nonlocal left
            event = await receive()
            if event["type"] == "http.request":
                left -= len(event.get("body", b""))
                if left < 0:  # sent in chunks without a length: the connection ends here
                    return {"type": "http.disconnect"}
            return event

        await inner(scope, counted, send)

    return application


async def _refuse(send: Send, most: int) -> None:
    body = f"The request is larger than {most:,} bytes. Send less at once.".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
