"""An upstream that stamps every delta with its number and the time it left: `python -m tests.benchmarks.upstream PORT`.

The clock is CLOCK_MONOTONIC, which all processes of a machine share. The request's last message says how many
deltas, at what rate: "deltas 500 rate 50".
"""

import asyncio
import json
import sys
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def frame(delta: dict, reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    chunk = {"id": "chatcmpl-b", "object": "chat.completion.chunk", "created": 1, "model": "b", "choices": [choice]}
    return wrapped(f"data: {json.dumps(chunk)}\n\n".encode())


def wrapped(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
            )
            asked = json.loads(await reader.readexactly(length))["messages"][-1]["content"].split()
            count, rate = int(asked[1]), float(asked[3])
            writer.write(HEAD + frame({"role": "assistant", "content": ""}))
            due = time.monotonic()
            for number in range(count):
                due += 1 / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                words = "\n\n" if number % 60 == 59 else " "
                writer.write(frame({"content": f"{number}:{time.monotonic_ns()}{words}"}))
                await writer.drain()
            writer.write(frame({}, "stop") + wrapped(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
