"""N answers at once through the whole product, beside a direct stream and a bare relay (`make bench`).

Each answer is posted, stored, generated, rendered and sent over a socket; its page is open before. Every delta
carries its number and the time it left the upstream, so that arrival is measured, and loss, doubling and disorder
are seen.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.benchmarks import drive
from tests.benchmarks.servers import bare, port, product, upstream


@dataclass
class Round:
    """What one way of relaying cost. Milliseconds, CPU seconds per 1,000 deltas, MB."""

    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    cpu: float = 0.0
    idle: float = 0.0
    peak: float = 0.0
    wrong: int = 0

    def row(self, streams: int) -> list[float]:
        ordered = sorted(self.latencies)
        per_stream = max(0.0, (self.peak - self.idle) * 1000 / streams)
        p99 = ordered[int(len(ordered) * 0.99) - 1]
        middle, first = statistics.median(ordered), statistics.median(self.firsts)
        return [self.cpu, middle, p99, first, self.idle, per_stream, self.wrong]


async def measure(
    way: drive.Way, process: psutil.Process | None, streams: int, deltas: int, rate: float, spread: float = 0.0
) -> Round:
    """Run `streams` answers at once by `way`, begun within `spread` seconds, and account for `process`, if not us."""
    result = Round()
    result.idle = result.peak = memory(process)
    question = f"deltas {deltas} rate {rate:g}"
    ready = asyncio.Barrier(streams + 1)

    async def start(at: int) -> None:
        await ready.wait()
        await asyncio.sleep(spread * at / streams)

    asking = asyncio.gather(*[way(at, question, start) for at in range(streams)])
    await asyncio.wait([asyncio.ensure_future(ready.wait()), asking], return_when=asyncio.FIRST_COMPLETED)
    before = cpu(process)
    watching = asyncio.create_task(watch(process, result))
    outcomes = await asking
    watching.cancel()
    result.cpu = (cpu(process) - before) / (streams * deltas) * 1000
    for arrivals in outcomes:
        numbers = [number for number, _, _ in arrivals]
        result.wrong += numbers != list(range(deltas))
        result.latencies += [(arrived - left) / 1e6 for _, left, arrived in arrivals]
        result.firsts.append((arrivals[0][2] - arrivals[0][1]) / 1e6)
    return result


async def watch(process: psutil.Process | None, result: Round) -> None:
    while True:
        await asyncio.sleep(0.5)
        result.peak = max(result.peak, memory(process))


def cpu(process: psutil.Process | None) -> float:
    return sum(process.cpu_times()[:2]) if process else time.process_time()


def memory(process: psutil.Process | None) -> float:
    return process.memory_info().rss / 1e6 if process else 0.0


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--streams", type=int, default=20)
    options.add_argument("--rate", type=float, default=50)
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--spread", type=float, default=2, help="seconds within which the answers begin")
    options = options.parse_args()
    data = Path(tempfile.mkdtemp())
    source, relay, served = port(), port(), port()
    processes = [
        upstream(source),
        bare(relay, source),
        product(served, data, f"http://127.0.0.1:{source}/v1", options.streams),
    ]
    try:
        people = await drive.ready(served, relay, data)
        ways = {
            "direct": (drive.direct(source), None),
            "bare consumer on daphne": (drive.bare(relay), psutil.Process(processes[1].pid)),
            "chatapp": (drive.product(served, people), psutil.Process(processes[2].pid)),
        }
        rounds: dict[str, list[list[float]]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, (way, process) in ways.items():
                deltas = int(options.rate * options.seconds)
                done = await measure(way, process, options.streams, deltas, options.rate, options.spread)
                rounds[name].append(done.row(options.streams))
        report(rounds, options)
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        shutil.rmtree(data, ignore_errors=True)


def report(rounds: dict[str, list[list[float]]], options: argparse.Namespace) -> None:
    streams = f"{options.streams} streams × {options.rate:g} deltas/s for {options.seconds:g} s"
    streams += f", begun within {options.spread:g} s"
    print(f"{streams}, {options.rounds} rounds, medians; {os.cpu_count()} cores\n")
    print("| | CPU s per 1,000 | p50 ms | p99 ms | first token ms | idle MB | kB a stream | wrong |")
    print("|---|---|---|---|---|---|---|---|")
    for name, rows in rounds.items():
        cells = [statistics.median(column) for column in zip(*rows, strict=True)]
        print(f"| {name} | " + " | ".join(f"{cell:.3g}" for cell in cells) + " |")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
