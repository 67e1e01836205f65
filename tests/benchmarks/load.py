"""Many answers at once, many idle sockets, and a second start: `python -m tests.benchmarks.load`.

Fails if a page or a stored answer holds another text than the upstream sent.
"""

import argparse
import asyncio
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
import psutil
import websockets

from tests.benchmarks import drive
from tests.benchmarks.relay import measure
from tests.benchmarks.servers import ROOT, bare, one_core, port, product, upstream

GAPS = (" ", "\n\n")  # after a delta, and after the last one of a paragraph: see upstream.py


async def main(options: argparse.Namespace) -> None:
    data, source, relay, served = Path(tempfile.mkdtemp()), port(), port(), port()
    processes = [upstream(source), bare(relay, source)]
    try:
        processes.append(product(served, data, f"http://127.0.0.1:{source}/v1", options.answers))
        people = await drive.ready(served, relay, data)
        server = psutil.Process(processes[-1].pid)
        await sockets(served, people[0], options.sockets, server)
        await answers(drive.product(served, people), options, server, data)
        stop(processes.pop())
        began = time.monotonic()
        processes.append(again(served, data))
        print(f"a second start answers /healthz after {answering(served, began):.1f} s")
    finally:
        for process in processes:
            stop(process)
        shutil.rmtree(data, ignore_errors=True)


async def sockets(served: int, person: httpx.AsyncClient, count: int, server: psutil.Process) -> None:
    """What idle sockets of pages that were opened keep in memory."""
    before = server.memory_info().rss
    headers = {"Cookie": f"sessionid={person.cookies['sessionid']}"}
    options = {"additional_headers": headers, "origin": f"http://127.0.0.1:{served}", "compression": None}
    async with AsyncExitStack() as stack:
        for _ in range(count):
            address = f"ws://127.0.0.1:{served}/ws/c/{uuid.uuid4()}/"
            await stack.enter_async_context(websockets.connect(address, **options))
        after = server.memory_info().rss
    print(
        f"{count} idle sockets: {before / 1e6:.0f} → {after / 1e6:.0f} MB, {(after - before) / count / 1e3:.0f} kB each"
    )


async def answers(way: drive.Way, options: argparse.Namespace, server: psutil.Process, data: Path) -> None:
    deltas = round(options.rate * options.seconds)
    texts: set[str] = set()

    async def kept(at: int, question: str, start: drive.Start) -> drive.Arrivals:
        arrivals = await way(at, question, start)
        texts.add("".join(f"{number}:{left}{GAPS[number % 60 == 59]}" for number, left, _ in arrivals))
        return arrivals

    await measure(kept, server, 1, 5, 50)  # what is loaded on first use
    done = await measure(kept, server, options.answers, deltas, options.rate, options.spread)
    await asyncio.sleep(5)
    first = statistics.quantiles(done.firsts, n=20)[-1]
    memory = f"{done.idle:.0f} → {done.peak:.0f} MB, {server.memory_info().rss / 1e6:.0f} MB afterwards"
    print(f"{options.answers} answers at {options.rate:g}/s: first fragment p95 {first:.0f} ms; {memory}")
    with closing(sqlite3.connect(data / "chatapp.sqlite3")) as database:
        rows = database.execute("SELECT text FROM conversations_message WHERE role = 'assistant'").fetchall()
    exact = sum(text in texts for (text,) in rows)
    print(f"pages that were wrong: {done.wrong}; stored answers that are exact: {exact} of {len(rows)}")


def again(served: int, data: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DATA_DIR": str(data), "PORT": str(served)}
    command = [sys.executable, "manage.py", "serve"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=one_core, stdout=subprocess.DEVNULL)


def answering(served: int, began: float) -> float:
    """Seconds from `began` until the server answers."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{served}/healthz", timeout=5).close()
            return time.monotonic() - began
        except OSError:
            time.sleep(0.02)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--spread", type=float, default=0, help="seconds within which the answers begin")
    asyncio.run(main(parser.parse_args()))
