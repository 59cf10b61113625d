"""The open port."""

import asyncio
import socket

from tertulia.runtime.server import open_port


async def test_small_answers_do_not_wait_for_each_other():
    """Nagle's algorithm is off for those who connect, on the loop of the standard library too."""
    options: asyncio.Queue[int] = asyncio.Queue()

    async def met(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        options.put_nowait(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with open_port("127.0.0.1", 0) as listener:
        server = await asyncio.start_server(met, sock=listener)
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        assert await options.get() != 0
        writer.close()
        server.close()
