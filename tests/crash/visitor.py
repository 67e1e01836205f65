"""A person at a real server: signs in, asks over HTTP, looks on over a websocket."""

import asyncio
import re
import uuid

import httpx
from websockets.asyncio.client import connect

from tests.e2e.server import PASSWORD
from tests.tab import Tab, query

HTMX = {"HX-Request": "true"}


class Visitor:
    """`async with Visitor(server) as visitor`; a server that was started again is `at` another address."""

    def __init__(self, server, username="employee"):
        self.username = username
        self.http = httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=20)

    async def __aenter__(self):
        await self.http.get("/accounts/login/")
        form = {"login": self.username, "password": PASSWORD}
        response = await self.post("/accounts/login/", form)
        assert response.status_code == 302, response.text
        return self

    async def __aexit__(self, *_):
        await self.http.aclose()

    async def post(self, path, form=None, **headers):
        token = {"X-CSRFToken": self.http.cookies["csrftoken"]}
        return await self.http.post(path, data=form or {}, headers={**token, **headers})

    async def ask(self, text):
        """Ask in a new chat; returns the conversation's uuid and the answer's."""
        page = (await self.http.get("/")).text
        conversation = uuid.UUID(re.search(r"/ws/c/([0-9a-f-]{36})/", page)[1])
        key = re.search(r'name="key" value="([^"]+)"', page)[1]
        return conversation, await self.ask_in(conversation, text, key=key)

    async def ask_in(self, conversation, text, **fields):
        """Ask in a conversation; returns the answer's uuid."""
        form = {"text": text, "client_id": str(uuid.uuid4()), **fields}
        response = await self.post(f"/c/{conversation}/ask", form, **HTMX)
        assert response.status_code == 200, response.text
        answer = re.findall(r'<article[^>]* id="m-([0-9a-f-]{36})"[^>]*data-role="assistant"', response.text)[0]
        return uuid.UUID(answer)

    async def command(self, name, conversation, answer):
        return await self.post(f"/c/{conversation}/m/{answer}/{name}", **HTMX)

    def tab(self, conversation, after=None):
        return RealTab(self, conversation, after)


class RealTab(Tab):
    """A tab at the end of a real websocket."""

    def __init__(self, visitor, conversation, after):
        base = visitor.http.base_url
        address = f"ws://{base.host}:{base.port}/ws/c/{conversation}/{query(after)}"
        self.wire = _Wire(address, visitor.http.cookies["sessionid"], str(base))
        self.drop = lambda event: False
        self.events, self.articles = [], []
        self.blocks, self.epochs, self.states = {}, {}, {}


class _Wire:
    """What Tab needs of channels' WebsocketCommunicator."""

    def __init__(self, address, session, origin):
        self.address = address
        self.headers = {"Cookie": f"sessionid={session}", "Origin": origin.rstrip("/")}

    async def connect(self, timeout):
        self.socket = await connect(self.address, additional_headers=self.headers, proxy=None, open_timeout=timeout)
        return True, None

    async def receive_from(self, timeout):
        async with asyncio.timeout(timeout):
            return await self.socket.recv()

    async def send_to(self, text):
        await self.socket.send(text)

    async def closed(self, within):
        """The code that the server closes it with; what is told before is not heard."""
        async with asyncio.timeout(within):
            await self.socket.wait_closed()
        return self.socket.close_code

    async def disconnect(self):
        await self.socket.close()
