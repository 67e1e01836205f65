"""Starts what is measured, each in its own process, and reads what it costs."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def upstream() -> Iterator[str]:
    """The fake upstream's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.upstream"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        ended(process)


class Server:
    """A measured process and its children. Times are CPU seconds, memory is in bytes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def _all(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    @property
    def cpu(self) -> float:
        times = [each.cpu_times() for each in self._all()]
        return sum(each.user + each.system for each in times)

    @property
    def memory(self) -> int:
        return sum(each.memory_info().rss for each in self._all())


@contextmanager
def bare(address: str) -> Iterator[Server]:
    """The bare Channels consumer."""
    port = free_port()
    with _serving([sys.executable, "-m", "tests.benchmarks.bare", str(port), address], port, {}) as server:
        yield server


@contextmanager
def product(data: Path, log: Path | None = None) -> Iterator[Server]:
    """`manage.py serve` on the database in `data`."""
    port = free_port()
    command = [sys.executable, *wrapper(), "manage.py", "serve", "--port", str(port)]
    with _serving(command, port, environment(data), log) as server:
        yield server


def wrapper() -> list[str]:
    """BENCH_PYTHON: options of Python for the product, such as `-m cProfile -o FILE`."""
    return os.environ.get("BENCH_PYTHON", "").split()


def fill(data: Path, address: str, people: int, chats: int) -> list[dict[str, Any]]:
    """Make the people and the deployment; returns what world.py prints."""
    command = [sys.executable, "-m", "tests.benchmarks.world", address, str(people), str(chats)]
    made = subprocess.run(command, cwd=ROOT, env=environment(data), check=True, stdout=subprocess.PIPE)
    return list(json.loads(made.stdout))


def environment(data: Path) -> dict[str, str]:
    """The embedded defaults, whatever this shell has set."""
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return {**kept, "DATA_DIR": str(data)}


@contextmanager
def _serving(command: list[str], port: int, env: dict[str, str], log: Path | None = None) -> Iterator[Server]:
    out = log.open("wb") if log else None
    process = subprocess.Popen(command, cwd=ROOT, env=env or None, stdout=out or subprocess.DEVNULL, stderr=out)
    try:
        pin(process.pid)
        await_port(process, port)
        yield Server(process, port)
    finally:
        ended(process)
        if out:
            out.close()


def pin(pid: int) -> None:
    """The server on the last core, where the system can do that; all measured servers share it, by turns."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})


def await_port(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"{process.args} ended with {process.returncode}")


def ended(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def fetch(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as response:
        return json.loads(response.read())
