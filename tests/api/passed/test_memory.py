"""Bodies of 50 MB go through a server of its own, both ways, and its memory hardly notices."""

import subprocess
import sys
import threading
import time

import httpx
import psutil
import pytest

from tests.api.passed.studio import Studio
from tests.e2e.server import ROOT, Server

SIZE = 50_000_000
ROOM = 12_000_000  # bytes of memory that such a body may cost: buffers of sockets, not the body
SETUP = """
from conversations.models import ApiKey, Deployment, User
Deployment.objects.create(name="media", kind="openai", endpoint="{address}/v1")
key = ApiKey(owner=User.objects.get(username="employee"), name="program")
print("key:" + key.issue())
"""


@pytest.fixture
def nothing_left_behind():
    """The asynchronous one of other tests has nothing to look after: the server is a process of its own."""


class Peak:
    """The most memory of a process while this is open, in bytes over what it had before."""

    def __init__(self, process):
        self._process = psutil.Process(process.pid)
        self._done = threading.Event()

    def __enter__(self):
        self.before = self.most = self._process.memory_info().rss
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._watch.join()

    def _look(self):
        while not self._done.wait(0.01):
            self.most = max(self.most, self._process.memory_info().rss)

    @property
    def more(self):
        return self.most - self.before


def form(size, *, model_first):
    """A multipart body in pieces, never whole here either."""
    disposition = "--b\r\nContent-Disposition: form-data; name="
    model = f'{disposition}"model"\r\n\r\nmedia\r\n'.encode()
    yield model if model_first else b""
    yield f'{disposition}"file"; filename="tape.wav"\r\n\r\n'.encode()
    for _ in range(size // 50_000):
        yield b"x" * 50_000
    yield b"\r\n" + (b"" if model_first else model) + b"--b--\r\n"


@pytest.mark.servers
def test_a_large_body_costs_no_memory_either_way(tmp_path):
    server = Server(tmp_path, MAX_AUDIO=str(SIZE + 1_000_000)).start()
    try:
        with Studio().threaded() as studio:
            code = SETUP.format(address=studio.address)
            command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
            out = subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True)
            key = out.stdout.partition("key:")[2].strip()
            headers = {"api-key": key, "Content-Type": "multipart/form-data; boundary=b"}
            with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
                warm = {"model": "media", "voice": "alloy", "input": "Hi"}
                client.post("/v1/audio/speech", json=warm, headers={"Content-Type": "application/json"})
                client.post("/v1/audio/transcriptions", content=form(50_000, model_first=True)).raise_for_status()
                for model_first in (True, False):
                    with Peak(server.process) as peak:
                        body = form(SIZE, model_first=model_first)
                        client.post("/v1/audio/transcriptions", content=body).raise_for_status()
                    assert studio.heard[-1].size > SIZE
                    print(f"upload, model {'before' if model_first else 'after'} the file: {peak.more / 1e6:.1f} MB")
                    assert peak.more < ROOM
                studio.speech = [b"x" * 50_000] * (SIZE // 50_000)
                with Peak(server.process) as peak:
                    asking = client.stream(
                        "POST", "/v1/audio/speech", json=warm, headers={"Content-Type": "application/json"}
                    )
                    with asking as response:
                        time.sleep(2)  # a slow listener: what was said meanwhile waits upstream
                        assert sum(len(piece) for piece in response.iter_bytes()) == SIZE
                print(f"speech: {peak.more / 1e6:.1f} MB")
                assert peak.more < ROOM
    finally:
        server.stop()
