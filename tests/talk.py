"""One conversation as its owner's browser drives it: commands by POST, what became of them from the rows."""

import asyncio
import time
from datetime import timedelta

from django.utils import timezone

from conversations.models import Attempt, Message
from tests import factories
from tests.conftest import settled
from tests.tab import Tab

HTMX = {"HX-Request": "true"}


class Talk:
    """A new chat of `person`; `client` is signed in as that person."""

    def __init__(self, person, client):
        self.pk, self.key = factories.new_chat(person)
        self.person, self.client = person, client

    async def ask(self, text="Hello?", **fields):
        form = {"text": text, "key": self.key, **fields}
        return await self.client.post(f"/c/{self.pk}/ask", form, headers=HTMX)

    async def asked(self, text="Hello?", **fields):
        """Ask, wait until the answer has ended, and return it."""
        response = await self.ask(text, **fields)
        assert response.status_code == 200, response.content.decode()
        await settled()
        return await self.answer()

    async def command(self, name, message, **form):
        """Post stop, continue, regenerate or edit of a message."""
        return await self.client.post(f"/c/{self.pk}/m/{message.pk}/{name}", form, headers=HTMX)

    async def answer(self):
        """The newest answer, as its row is now."""
        return await Message.objects.filter(conversation_id=self.pk, role="assistant").order_by("-created").afirst()

    async def attempt(self, number=1):
        """That attempt at the newest answer."""
        return await Attempt.objects.aget(message=await self.answer(), number=number)

    async def writing(self, text=""):
        """Wait until the row of the newest answer holds text (that begins with `text`), and return it."""

        async def begun():
            answer = await self.answer()
            return answer if answer and answer.text and answer.text.startswith(text) else None

        return await eventually(begun)

    def tab(self, **options):
        return Tab(self.client, self.pk, **options)


async def eventually(check, within=5.0):
    """What the coroutine function `check` returns as soon as that is true."""
    end = time.monotonic() + within
    while not (found := await check()):
        assert time.monotonic() < end, f"still not so after {within} seconds"
        await asyncio.sleep(0.02)
    return found


async def make_lost():
    """Whoever writes an answer now has not been heard of for a minute."""
    await Message.objects.running().aupdate(beat_at=timezone.now() - timedelta(minutes=1))
