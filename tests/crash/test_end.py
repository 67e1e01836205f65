"""SIGTERM: sockets are told to come back, answers end within the grace period or are interrupted, exit code 0."""

import asyncio
import json
import re
import subprocess
import sys
from functools import partial

import httpx
import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from conversations.completions.offline.persona import reply
from tests.crash.rows import Rows
from tests.crash.visitor import Visitor
from tests.e2e.server import ROOT

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


async def test_programs_that_are_still_answered_after_the_grace_period_are_told_so(serve):
    server = serve(GRACE_PERIOD="0.5")
    await asyncio.to_thread(server.start)
    making = [sys.executable, "manage.py", "createapikey", "employee"]
    run = partial(subprocess.run, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True)
    made = await asyncio.to_thread(run, making)
    asked = {"model": "offline", "messages": [{"role": "user", "content": "write a long text of 600 words"}]}
    headers = {"api-key": re.search(r"chatapp_\S+", made.stdout)[0]}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, trust_env=False, timeout=20) as program:
        whole = asyncio.create_task(program.post("/v1/chat/completions", json=asked))
        async with program.stream("POST", "/v1/chat/completions", json={**asked, "stream": True}) as response:
            ending = asyncio.create_task(asyncio.to_thread(server.stop))
            lines = [line async for line in response.aiter_lines() if line]
        assert await ending == 0
    assert len(lines) > 2
    assert json.loads(lines[-1].removeprefix("data: "))["error"]["code"] == "server_restarting"
    assert (await whole).status_code == 503
    assert (await whole).headers["Retry-After"] == "5"
    assert "Traceback" not in (server.data / "server.log").read_text()
