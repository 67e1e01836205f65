"""`manage.py serve`: set up what is missing, then serve until told to stop."""

import asyncio
import json
import math
import signal
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandParser, call_command
from django.core.signals import request_finished
from django.db import connection, connections

from conversations.api import lasting


class Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(settings.GRACE_PERIOD, lasting.end_all)
        await super().shutdown(sockets)


class Command(BaseCommand):
    help = "Migrate, fill the demo on an empty embedded database, collect static files, and serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        self._collect_static()
        people = get_user_model().objects
        if settings.EMBEDDED and (not people.exists() or people.filter(demo=True).exists()):
            call_command("demo", stdout=self.stdout)
        elif not people.exists():
            self.stdout.write("There is nobody yet: make an administrator with manage.py createsuperuser.")
        address = settings.PUBLIC_URL or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self.stdout.write(f"\nServing on {address} (stop with Ctrl-C)")
        self.stdout.flush()
        if connection.vendor == "sqlite":
            _keep_connection()
        # WhiteNoise reads its files in a thread, which is what Django warns of; people would take it for a fault.
        warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
        config = uvicorn.Config(
            "chatapp.asgi:application",
            host=host,
            port=port,
            # websockets-sansio gives backpressure towards slow sockets; deflating each frame costs 1.4 times the CPU.
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            lifespan="on",
            log_level="warning",
            access_log=False,
            proxy_headers=settings.TRUSTED_PROXY,
            forwarded_allow_ips="*" if settings.TRUSTED_PROXY else None,
            server_header=False,
            timeout_keep_alive=75,  # longer than proxies keep theirs: none may find it closed just as it asks
            timeout_graceful_shutdown=math.ceil(settings.GRACE_PERIOD) + 2,  # what has no end by then is cut off
        )
        # uvicorn raises the signal again once everything has ended in order: that is a success, not a death.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            Server(config).run()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        except SystemExit as end:
            sys.exit(end.code)

    def _collect_static(self) -> None:
        """Collect only what changed since the last start: it takes seconds, a start should not."""
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        seen = json.dumps(_fingerprint())
        if not stamp.exists() or stamp.read_text() != seen:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(seen)


def _keep_connection() -> None:
    """Let the thread that sockets and answers share keep its connection: opening SQLite takes three queries' time.

    A page has a thread of its own, with a connection that nobody could use again.
    """
    connection.settings_dict["CONN_MAX_AGE"] = None
    request_finished.connect(lambda **_: connections.close_all(), weak=False)


def _fingerprint() -> list[list[Any]]:
    """Every static file with its size and time."""
    found = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.append([name, status.st_size, status.st_mtime_ns])
    return sorted(found)
