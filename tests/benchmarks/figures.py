"""One run of one candidate, and what many of them come to."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from statistics import median

from tests.benchmarks.clients import Asking, Reader
from tests.benchmarks.processes import Server

LOOK = 0.25  # seconds between two looks at the memory


@dataclass
class Figures:
    """Milliseconds, megabytes, CPU seconds. `direct` has no server, so neither CPU nor memory."""

    cpu_per_1000: float
    p50: float
    p99: float
    first_p50: float
    first_p95: float
    idle_mb: float
    peak_mb: float
    client_cpu: float  # cores that the measuring process itself took: near 1 it measures itself


async def run(ask: Asking, server: Server | None, *, streams: int, rate: float, seconds: float) -> Figures:
    """`streams` people, who begin one after the other within `seconds`/4; raises Wrong if a delta went wrong."""
    count = round(rate * seconds)
    idle = server.memory if server else 0
    cpu, mine, began = server.cpu if server else 0.0, time.process_time(), time.monotonic()
    peaks = [idle]
    looking = asyncio.create_task(_look(server, peaks)) if server else None
    try:
        async with asyncio.TaskGroup() as group:
            waits = sorted(random.uniform(0, seconds / 4) for _ in range(streams))
            readers = [group.create_task(_later(wait, ask, n, count, rate)) for n, wait in enumerate(waits)]
    finally:
        if looking:
            looking.cancel()
    took = time.monotonic() - began
    spent = server.cpu - cpu if server else 0.0
    late = [each for reader in readers for each in reader.result().late]
    first = [reader.result().late[0] for reader in readers]
    return Figures(
        cpu_per_1000=spent / len(late) * 1000,
        p50=percentile(late, 50),
        p99=percentile(late, 99),
        first_p50=percentile(first, 50),
        first_p95=percentile(first, 95),
        idle_mb=idle / 1e6,
        peak_mb=max(peaks) / 1e6,
        client_cpu=(time.process_time() - mine) / took,
    )


async def _later(wait: float, ask: Asking, person: int, count: int, rate: float) -> Reader:
    await asyncio.sleep(wait)
    return await ask(person, count, rate)


async def _look(server: Server, peaks: list[int]) -> None:
    while True:
        peaks.append(server.memory)
        await asyncio.sleep(LOOK)


def percentile(values: Sequence[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def medians(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure by itself."""
    return Figures(**{each.name: median(getattr(r, each.name) for r in rounds) for each in fields(Figures)})


def table(rows: dict[str, Figures]) -> str:
    """Markdown."""
    head = "| | CPU s per 1,000 deltas | p50 ms | p99 ms | first p50 / p95 ms | memory idle → peak MB |"
    lines = [head, "|---|---|---|---|---|---|"]
    for name, f in rows.items():
        memory = f"{f.idle_mb:.0f} → {f.peak_mb:.0f}" if f.peak_mb else "–"
        cpu = f"{f.cpu_per_1000:.3f}" if f.cpu_per_1000 else "–"
        first = f"{f.first_p50:.1f} / {f.first_p95:.1f}"
        lines.append(f"| {name} | {cpu} | {f.p50:.2f} | {f.p99:.1f} | {first} | {memory} |")
    return "\n".join(lines)


def plain(rows: dict[str, Figures]) -> dict[str, dict[str, float]]:
    return {name: asdict(figures) for name, figures in rows.items()}
