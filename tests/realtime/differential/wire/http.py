"""HTTP/1.1 by hand: a request is any bytes, a reply is read to its last one."""

import asyncio
import gzip
import ssl
import zlib
from dataclasses import dataclass

DECODERS = {"gzip": gzip.decompress, "deflate": zlib.decompress}


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Address:
    """Where a server listens on the loopback interface; with a context it speaks TLS."""

    port: int
    tls: ssl.SSLContext | None = None

    async def connect(self) -> Line:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls, limit=1 << 22)


@dataclass(frozen=True)
class Reply:
    """A status, the headers in lower case, and the body as it was before any transfer coding."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def get(self, name: str) -> str:
        """The values of a header, joined; empty without it."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def content(self) -> bytes:
        """The body without its content coding."""
        return DECODERS.get(self.get("content-encoding"), bytes)(self.body)


def request(
    method: str,
    target: str,
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes | None = None,
    *,
    chunked: bool = False,
) -> bytes:
    """Write a request down; a header given as empty is left out."""
    fields = {"Host": "127.0.0.1"}
    if chunked:
        fields["Transfer-Encoding"] = "chunked"
    elif body is not None:
        fields["Content-Length"] = str(len(body))
    fields |= dict(headers)
    head = [f"{method} {target} HTTP/1.1"]
    head += [f"{name}: {value}" for name, value in fields.items() if value]
    sent = chunks(body or b"") if chunked else body or b""
    return "\r\n".join([*head, "", ""]).encode("latin-1") + sent


def chunks(body: bytes, size: int = 7) -> bytes:
    """The chunked transfer coding (RFC 9112, 7.1) in small pieces."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def read_head(reader: asyncio.StreamReader) -> Reply:
    """Read as far as the empty line.

    Raises:
        EOFError: The peer closed instead.
    """
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1])
    fields = (line.partition(":") for line in lines[1:] if line)
    return Reply(status, tuple((name.lower(), value.strip()) for name, _, value in fields))


async def read_reply(reader: asyncio.StreamReader, method: str = "GET") -> Reply:
    """Read a whole reply, interim ones skipped."""
    head = await read_head(reader)
    while 100 <= head.status < 200 and head.status != 101:
        head = await read_head(reader)
    return Reply(head.status, head.headers, await _read_body(reader, head, method))


async def _read_body(reader: asyncio.StreamReader, head: Reply, method: str) -> bytes:
    if method == "HEAD" or head.status in {101, 204, 304}:
        return b""
    if head.get("transfer-encoding") == "chunked":
        return await _read_chunks(reader)
    if length := head.get("content-length"):
        return await reader.readexactly(int(length))
    return await reader.read()


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
