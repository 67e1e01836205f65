"""SIGTERM: sockets are told to come back, answers end within the grace period or are interrupted, exit code 0."""

import asyncio

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from conversations.completions.offline.persona import reply
from tests.crash.rows import Rows
from tests.crash.visitor import Visitor

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the run on embedded defaults has proven it"),
]


@pytest.mark.parametrize(
    ("question", "grace", "state"),
    [("write a long text of 300 words", "0.5", "interrupted"), ("write a table", "8", "complete")],
)
async def test_on_sigterm_sockets_close_with_1012_and_answers_end_in_order(serve, question, grace, state):
    server = serve(GRACE_PERIOD=grace)
    await asyncio.to_thread(server.start)
    async with Visitor(server) as visitor:
        conversation, answer = await visitor.ask(question)
        async with visitor.tab(conversation) as tab:
            await tab.until("streaming")
            ending = asyncio.create_task(asyncio.to_thread(server.stop))
            with pytest.raises(ConnectionClosed) as closed:
                await tab.until("never", timeout=20)
        assert closed.value.rcvd.code == 1012
        assert await ending == 0
    row = Rows(server.data).answer(answer)
    whole = reply([{"role": "user", "content": question}])
    assert row.state == state
    assert row.text
    assert (row.text == whole) if state == "complete" else whole.startswith(row.text)
