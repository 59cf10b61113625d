"""A reverse proxy on this machine, as an operator might set one up: it adds headers and passes on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

CHUNK = 65536


@asynccontextmanager
async def proxied(upstream_port: int, headers: Mapping[str, str]) -> AsyncIterator[str]:
    """The address of a proxy that sets these headers on each request to a local port."""

    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(pass_on(reader, writer, upstream_port, headers)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pass_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    upstream_port: int,
    headers: Mapping[str, str],
) -> None:
    """One connection: its first request with the headers, then whatever both sides say."""
    up_reader, up_writer = await asyncio.open_connection("127.0.0.1", upstream_port)
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        up_writer.write(with_headers(head, headers))
        await asyncio.gather(pump(reader, up_writer), pump(up_reader, writer))
    finally:
        for each in (up_writer, writer):
            each.close()
            with suppress(OSError):
                await each.wait_closed()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes on until the end. An upgraded connection lives as long as either side wants."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


def with_headers(head: bytes, headers: Mapping[str, str]) -> bytes:
    """The head of a request with these headers in place of those of the same name.

    One request a connection: what comes next is not looked into.
    """
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    upgrades = any(line.lower().startswith("upgrade:") for line in lines)
    headers = headers if upgrades else {**headers, "Connection": "close"}
    replaced = {name.lower() for name in headers}
    kept = [line for line in lines if line.partition(":")[0].lower() not in replaced]
    added = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([first, *kept, *added, "", ""]).encode("latin-1")
