"""Refuses request bodies over MAX_BODY before they are read: Django's ASGI handler would spool them whole.

Where documents are uploaded the limit is MAX_UPLOAD, where audio is MAX_AUDIO. Programs are told in the API's shape.
"""

import json
import re
from typing import Any

from django.conf import settings

from conversations.api import is_api, unread
from conversations.api.errors import too_large
from conversations.api.unread import Application, Receive, Send

UPLOAD = re.compile(r"/documents/\d+/upload|/c/[0-9a-f-]{36}/(?:files|ask)")


def limit_body(inner: Application) -> Application:
    async def application(scope: Any, receive: Receive, send: Send) -> None:
        length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        most = _most(scope.get("path", ""))
        if not length.isdigit() or int(length) > most:
            await _refuse(send, most, of_api=is_api(scope.get("path", "")))
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


def _most(path: str) -> int:
    """Bytes of a body; beside a file it may have as much as any other one."""
    if unread.UPLOAD.fullmatch(path):
        return int(settings.MAX_AUDIO + settings.MAX_BODY)
    return int(settings.MAX_UPLOAD if UPLOAD.fullmatch(path) else settings.MAX_BODY)


async def _refuse(send: Send, most: int, *, of_api: bool) -> None:
    error = too_large(most)
    body, kind = (json.dumps(error.body), "application/json") if of_api else (str(error), "text/plain; charset=utf-8")
    headers = [(b"content-type", kind.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
