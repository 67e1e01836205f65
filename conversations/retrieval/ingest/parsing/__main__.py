"""The child process: `python -m conversations.retrieval.ingest.parsing PATH KIND`. JSON lines come out.

A pair says how many pages are read of how many, an object is a block, a string at the end the reason why there is no
more, or “done”.
It limits itself before it looks at the file: memory, CPU, no file is written.
"""

import resource
import sys
from pathlib import Path

import msgspec

from conversations.retrieval.ingest.parsing import kinds
from conversations.retrieval.ingest.parsing.blocks import Unreadable

MEMORY = 1_500_000_000  # bytes of address space
CPU = 120  # seconds


def main(path: Path, kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        kinds.check(path.read_bytes(), kind)
        kinds.check_archive(path, kind)
        for each in kinds.read(path, kind):
            out.write(msgspec.json.encode(each) + b"\n")
            if isinstance(each, tuple):
                out.flush()
        end = "done"
    except Unreadable as unreadable:
        end = unreadable.reason
    except MemoryError:
        end = "too_much_memory"
    except Exception as error:  # noqa: BLE001  whatever a library stumbles over: the file is to blame, and is told so
        print(f"{type(error).__name__}", file=sys.stderr)
        end = "broken"
    out.write(msgspec.json.encode(end) + b"\n")
    out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
