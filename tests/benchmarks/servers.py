"""The processes of a measurement, each on a port of its own; those that are measured on one core."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SETUP = """
from conversations.models import DataSource, Deployment
DataSource.objects.update(on_by_default=False)  # the plain road is measured: retrieval.py has the grounded one
Deployment.objects.filter(kind="offline").update(position=100)
Deployment.objects.create(name="bench", kind="openai", endpoint="{address}", position=1, context_window=10_000_000)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from conversations.models import User
with open("{data}/sessions", "w") as file:
    for number in range({people}):
        person = User.objects.create_user(f"person{{number}}")
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session.save()
        print(session.session_key, file=file)
"""


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def upstream(at: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.benchmarks.upstream", str(at)], cwd=ROOT)


def bare(at: int, source: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "daphne", "-p", str(at), "tests.benchmarks.bare:application"]
    environment = {**os.environ, "UPSTREAM": f"http://127.0.0.1:{source}/v1/chat/completions"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, preexec_fn=one_core, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def product(at: int, data: Path, address: str, people: int) -> subprocess.Popen[bytes]:
    """`manage.py serve` with a deployment at `address` and `people` signed in, on its embedded defaults."""
    environment = {**os.environ, "DATA_DIR": str(data), "PORT": str(at), "DEMO_PASSWORD": "benchmark"}
    manage = [sys.executable, "manage.py"]
    quiet = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run([*manage, "migrate", "-v0"], check=True, **quiet)
    subprocess.run([*manage, "demo"], check=True, **quiet)
    subprocess.run(
        [*manage, "shell", "-v0", "-c", SETUP.format(address=address, data=data, people=people)], check=True, **quiet
    )
    return subprocess.Popen([*manage, "serve"], preexec_fn=one_core, **quiet)
