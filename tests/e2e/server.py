"""`manage.py serve` as a process of its own, with embedded defaults and a data folder of its own."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "correct horse battery"


def prepared(base: Path) -> Path:
    """A data folder as the first start leaves it, to be copied: made once for all processes of a test run.

    `base`: pytest's folder; those of the processes that run beside each other stand in one.
    """
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    folder.mkdir(exist_ok=True)
    data = folder / "data"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            data.mkdir(exist_ok=True)
            environment = Server(data).environment
            for command in (["migrate", "-v0"], ["demo"]):
                subprocess.run(
                    [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
                )
            (folder / "made").touch()
    return data


class Server:
    """`start`, `kill` and `stop` as often as a test likes; the data stays."""

    def __init__(self, data: Path, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.data = data
        cleared = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "PUBLIC_URL"}
        kept = {name: value for name, value in os.environ.items() if name not in cleared}
        mine = {"DATA_DIR": str(data), "DEMO_PASSWORD": PASSWORD, "PORT": str(self.port)}
        self.environment = {**kept, **mine, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Start and wait until it answers."""
        command = [sys.executable, "manage.py", "serve"]
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=1).close()
                return self
            except OSError:
                assert self.process.poll() is None, (self.data / "server.log").read_text()[-3000:]
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def without_handbook(self) -> "Server":
        """No source is on by default: answers come from the deployment alone."""
        code = "from conversations.models import DataSource as D; D.objects.update(on_by_default=False)"
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)
        return self

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is saved."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)
