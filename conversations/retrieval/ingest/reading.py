"""Reads a file in a child process with limits: what comes back is blocks, or the reason why there are none."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from conversations.retrieval.ingest.parsing.blocks import REASONS, Block, Pages, Unreadable

PATIENCE = 180.0  # seconds for one file
LARGEST = 100_000_000  # bytes of what comes back
LINE = 8_000_000  # bytes of one block
HOME = Path(__file__).parents[3]  # where the package can be imported from

Told = Callable[[int, int], Awaitable[None]]


async def read(path: Path, kind: str, told: Told) -> tuple[list[Block], int]:
    """The blocks of a file, and its number of pages; `told` hears pages so far and in all. Raises Unreadable."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "conversations.retrieval.ingest.parsing", str(path), kind,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=HOME, env=environment(), limit=LINE, start_new_session=True,
    )  # fmt: skip
    assert child.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            found = await _blocks(child.stdout, told)
            killed = await child.wait() == -signal.SIGXCPU
            if found is not None:
                return found
            raise Unreadable("too_slow" if killed else "broken")  # it ended without a word
    except TimeoutError as error:
        raise Unreadable("too_slow") from error
    except (ValueError, msgspec.MsgspecError) as error:  # a line that is too long, or half of one
        raise Unreadable("too_large") from error
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
        await child.wait()


async def _blocks(lines: asyncio.StreamReader, told: Told) -> tuple[list[Block], int] | None:
    """What the child says until it says how it ended; None if it did not."""
    found: list[Block] = []
    pages = size = 0
    async for line in lines:
        size += len(line)
        if size > LARGEST:
            raise Unreadable("too_large")
        each = msgspec.json.decode(line, type=Block | Pages | str)
        if isinstance(each, Block):
            found.append(each)
        elif isinstance(each, tuple):
            done, pages = each
            await told(done, pages)
        elif each in REASONS:
            raise Unreadable(each)
        elif not found:
            raise Unreadable("empty")
        else:
            return found, pages
    return None


def environment() -> dict[str, str]:
    """What a child may know: no key, no address of a database."""
    kept = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"}
