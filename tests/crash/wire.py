"""The way to a server that others use too: it can be cut, hang, and be mended, and only who goes this way notices."""

import asyncio
from contextlib import suppress


class Wire:
    """`async with Wire("host", port) as wire`: what connects to `wire.port` reaches that server."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.open = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.flowing.set()
        await self.cut()

    async def cut(self):
        """Every connection ends, and none is accepted."""
        self.server.close()
        for writer in list(self.open):
            writer.transport.abort()
        await asyncio.sleep(0)

    def hang(self):
        """Connections stay, and nothing comes through."""
        self.flowing.clear()

    async def mend(self):
        self.flowing.set()
        if not self.server.is_serving():
            self.server = await asyncio.start_server(self._join, "127.0.0.1", self.port)

    async def _join(self, reader, writer):
        self.open.add(writer)
        try:
            there, back = await asyncio.open_connection(*self.target)
            self.open.add(back)
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        except OSError:
            writer.transport.abort()

    async def _pump(self, source, target):
        with suppress(OSError):
            while data := await source.read(65536):
                await self.flowing.wait()
                target.write(data)
                await target.drain()
        target.close()
        self.open.discard(target)
