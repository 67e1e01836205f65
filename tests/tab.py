"""A browser tab without a browser: applies the socket's events by the page's rules (static/js/transcript.js)."""

import asyncio
import json
import re

from channels.testing import WebsocketCommunicator

from chatapp.asgi import application

STATES_AT_WORK = {"pending", "streaming"}


def query(after, state=""):
    return "" if after is None else f"?after={after}&state={state}"


class Tab:
    """`async with Tab(client, conversation)`; `blocks` and `states` hold what the page would show.

    `after` is the newest message that the page has ("" for none), in `state`, if it says so.
    """

    def __init__(self, client, conversation, *, after=None, state="", drop=lambda event: False):
        cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
        headers = [(b"cookie", cookie), (b"origin", b"http://localhost"), (b"host", b"localhost")]
        self.wire = WebsocketCommunicator(application, f"/ws/c/{conversation}/{query(after, state)}", headers=headers)
        self.drop = drop
        self.events = []
        self.blocks, self.epochs, self.states = {}, {}, {}
        self.articles = []

    async def __aenter__(self):
        self.connected, _ = await self.wire.connect(timeout=5)
        return self

    async def __aexit__(self, *_):
        await self.wire.disconnect()

    async def hear(self, timeout=5.0):
        """Apply the next event and return it."""
        event = json.loads(await self.wire.receive_from(timeout=timeout))
        self.events.append(event)
        if not self.drop(event):
            await self.apply(event)
        return event

    async def until(self, state, message=None, timeout=10.0):
        """Apply events until some message (or this one) is in `state`."""
        async with asyncio.timeout(timeout):
            while True:
                wanted = self.states.get(message) if message else set(self.states.values())
                if wanted == state or (not message and state in wanted):
                    return
                await self.hear(timeout)

    async def quiet(self, seconds=0.3):
        """Is nothing told within `seconds`?"""
        return await self.wire.receive_nothing(timeout=seconds)

    async def resync(self, message):
        await self.wire.send_to(json.dumps({"type": "resync", "message": str(message)}))

    async def apply(self, event):
        message = event.get("message")
        if event["type"] == "article":
            self.articles.append(message)
            if event["epoch"]:  # an answer, not a question
                self.states[message] = event["state"]
        elif event["type"] == "blocks":
            known = self.blocks.setdefault(message, [])
            start = event["from"]
            if start and (self.epochs.get(message) != event["epoch"] or len(known) < start):
                await self.resync(message)
                return
            self.epochs[message] = event["epoch"]
            self.blocks[message] = known[:start] + event["html"]
        elif event["type"] == "state":
            self.states[message] = event["state"]

    def html(self, message):
        return "".join(self.blocks.get(str(message), []))

    def words(self, message):
        return re.sub(r"<[^>]+>", "", self.html(message))
