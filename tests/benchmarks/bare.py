"""The baseline: a Channels consumer that relays each delta as a frame, on daphne, and nothing else.

`UPSTREAM=http://… daphne -p PORT tests.benchmarks.bare:application`; the client's frame is the question.
"""

import json
import os

import django
import httpx
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from django.conf import settings
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
django.setup()
client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))


class Relay(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        body = {"messages": [{"role": "user", "content": text_data}], "stream": True}
        async with client.stream("POST", os.environ["UPSTREAM"], json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    choice = json.loads(line[6:])["choices"][0]
                    await self.send(json.dumps({"text": choice["delta"].get("content", "")}))
        await self.send(json.dumps({"end": True}))


application = URLRouter([path("", Relay.as_asgi())])
