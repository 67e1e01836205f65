"""What the served API adds to a stream, beside a direct one in the same run: `python -m tests.benchmarks.gateway`.

Every delta carries its number and the time it left the upstream (upstream.py). The two ways take turns, round by round;
server and upstream have a core each. At the end streams are added until chunks come too late: so many are carried.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from tests.benchmarks import drive
from tests.benchmarks.relay import Round, measure
from tests.benchmarks.servers import ROOT, port, product, upstream

KEY = """
from conversations.models import ApiKey, User
print("key:" + ApiKey(owner=User.objects.get(username="employee"), name="benchmark").issue())
"""
DELTA = re.compile(rb'"content": ?"(\d+):(\d{10,})')


def asking(at: int, waits: list[float], key: str = "none") -> drive.Way:
    """Chat completions of a port, read by a bare socket: a client's own work would be the slowest of all.

    `waits` gets the milliseconds from each question to its first delta.
    """

    async def way(number: int, question: str, start: drive.Start) -> drive.Arrivals:
        reader, writer = await asyncio.open_connection("127.0.0.1", at)
        body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": question}]}
        content = json.dumps(body).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        await start(number)
        asked = time.monotonic_ns()
        writer.write(head.encode() + content)
        arrivals: drive.Arrivals = []
        whole = rest = b""
        while b"[DONE]" not in whole:
            piece = await reader.read(65_536)
            now = time.monotonic_ns()
            assert piece, rest[:500]
            whole, _, rest = (rest + piece).rpartition(b"\n\n")
            arrivals += [(int(n), int(left), now) for n, left in DELTA.findall(whole)]
        writer.close()
        waits.append((arrivals[0][2] - asked) / 1e6)
        return arrivals

    return way


async def up(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(300):
            try:
                await client.get(f"{address}/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.2)


def new_key(data: Path) -> str:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", KEY]
    environment = {**os.environ, "DATA_DIR": str(data)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.partition("key:")[2].strip()


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--streams", type=int, nargs="+", default=[1, 10, 40])
    options.add_argument("--rate", type=float, default=50)
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--most", type=int, default=400, help="streams at which the search for the most ends")
    options.add_argument("--late", type=float, default=100, help="ms at p99: beyond that streams are not carried")
    options = options.parse_args()
    data = Path(tempfile.mkdtemp())
    source, served = port(), port()
    processes = [upstream(source), product(served, data, f"http://127.0.0.1:{source}/v1", 1)]
    try:
        await up(f"http://127.0.0.1:{served}")
        server = psutil.Process(processes[1].pid)
        waits: list[float] = []
        ways = {
            "direct": (asking(source, waits), psutil.Process(processes[0].pid)),
            "served": (asking(served, waits, new_key(data)), server),
        }
        deltas = int(options.rate * options.seconds)
        await measure(ways["served"][0], server, 2, 20, options.rate)  # what is loaded at first use
        rounds: dict[tuple[int, str], list[Round]] = {}
        for _ in range(options.rounds):
            for streams in options.streams:
                for name, (way, process) in ways.items():
                    waits.clear()
                    done = await measure(way, process, streams, deltas, options.rate, spread=1)
                    done.firsts = list(waits)
                    rounds.setdefault((streams, name), []).append(done)
        report(rounds, options)
        await search(ways["served"][0], server, options)
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        shutil.rmtree(data, ignore_errors=True)


def figures(rounds: list[Round]) -> list[float]:
    """Medians over rounds: first token and chunks in ms, CPU seconds per 1,000 chunks, streams that were wrong.

    The first token counts from the question (the upstream takes 1/rate seconds for it), chunks from their leaving.
    """
    rows = []
    for each in rounds:
        ordered = sorted(each.latencies)
        p99 = ordered[max(0, int(len(ordered) * 0.99) - 1)]
        rows.append([statistics.median(each.firsts), statistics.median(ordered), p99, each.cpu, float(each.wrong)])
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def report(rounds: dict[tuple[int, str], list[Round]], options: argparse.Namespace) -> None:
    load = os.getloadavg()[0]
    print(f"{options.rate:g} chunks/s for {options.seconds:g} s, {options.rounds} rounds, medians; load {load:.1f}\n")
    print("| streams | | first token ms | chunk p50 ms | p99 ms | CPU s per 1,000 | wrong |")
    print("|---|---|---|---|---|---|---|")
    for (streams, name), done in sorted(rounds.items()):
        print(f"| {streams} | {name} | " + " | ".join(f"{each:.3g}" for each in figures(done)) + " |")


async def search(way: drive.Way, server: psutil.Process, options: argparse.Namespace) -> None:
    """Add streams, a fifth more each time, until the 99th chunk of a hundred comes later than `late`."""
    streams, carried = 20, 0
    while streams <= options.most:
        done = await measure(way, server, streams, int(options.rate * options.seconds), options.rate, spread=2)
        _, middle, p99, cpu, wrong = figures([done])
        print(f"{streams} streams: p50 {middle:.0f} ms, p99 {p99:.0f}, CPU s per 1,000 {cpu:.2f}, wrong {wrong:g}")
        if wrong or p99 > options.late:
            break
        carried, streams = streams, streams * 6 // 5
    print(f"most streams at {options.rate:g} chunks/s with p99 under {options.late:g} ms on one core: {carried}")


if __name__ == "__main__":
    asyncio.run(main())
