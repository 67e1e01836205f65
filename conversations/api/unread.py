"""Leaves the body of an upload to its view: Django's ASGI handler would read all of it before the view is called."""

import asyncio
import contextvars
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any

from django.core.exceptions import RequestAborted
from django.http import HttpRequest

Receive = Callable[[], Coroutine[Any, Any, Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]
UPLOAD = re.compile(r"/(?:openai/deployments/[^/]+|openai/v1|v1)/audio/(?:transcriptions|translations)")


def leave_unread(inner: Application) -> Application:
    async def application(scope: Any, receive: Receive, send: Send) -> None:
        if not UPLOAD.fullmatch(scope.get("path", "")):
            await inner(scope, receive, send)
            return
        body = _Body(receive)
        await inner({**scope, "unread": body.pieces()}, body.receive, send)

    return application


def pieces(request: HttpRequest) -> AsyncGenerator[bytes, None]:
    """The body as it comes, once; raises RequestAborted if the caller goes away before its end."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    return scope.get("unread") or _read(request)


async def _read(request: HttpRequest) -> AsyncGenerator[bytes, None]:
    """Of a request that came by another way than `leave_unread`, such as Django's test client."""
    yield request.body


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._given = receive
        self._context = contextvars.copy_context()
        self._begun = False
        self._left = asyncio.Event()  # the view wants no more of it
        self._gone = False

    async def receive(self) -> Any:
        """What Django is told: an empty body, and later that the caller went away."""
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        while not self._gone:
            self._gone = (await self._receive())["type"] == "http.disconnect"
        return {"type": "http.disconnect"}

    async def _receive(self) -> Any:
        """In the server's own context: uvicorn begins to read again in whatever context asks for more, and the next
        request of the connection would then be answered in this one's, whose threads have gone by then."""
        return await asyncio.create_task(self._given(), context=self._context)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        try:
            more = True
            while more:
                event = await self._receive()
                if event["type"] == "http.disconnect":
                    self._gone = True
                    raise RequestAborted
                yield event.get("body", b"")
                more = event.get("more_body", False)
        finally:
            self._left.set()
