"""Requests that try to be two, to be endless, or to be read in two ways (security.md, I2, J1, J5)."""

import asyncio

import pytest

from tests.gateway.house import House
from tests.gateway.site import Site

HEAD = b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /api/v1/server HTTP/1.1\r\nHost: localhost\r\n"

BAD = {
    "content length and chunks": HEAD
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
    "two encodings": HEAD
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "an unknown encoding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "a signed length": HEAD + b"Content-Length: +1\r\n\r\n1",
    "a space before the colon": b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "two hosts": GET + b"Host: evil.example\r\n\r\n",
    "no host": b"GET /api/v1/server HTTP/1.1\r\n\r\n",
    "a null character": GET + b"X: a\0b\r\n\r\n",
    "no request": b"\x16\x03\x01\x00garbage\r\n\r\n",
}
LARGE = {
    "one large header": GET + b"X: " + b"a" * 65_536 + b"\r\n\r\n",
    "many headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(10_000)) + b"\r\n",
}


async def answer_to(site: Site, request: bytes) -> bytes:
    """All that comes until the server closes."""
    reader, writer = await asyncio.open_connection(*site.host.split(":"))
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 3)
    finally:
        writer.close()


@pytest.mark.parametrize("request_bytes", BAD.values(), ids=BAD.keys())
async def test_what_can_be_read_in_two_ways_is_refused_and_closed(
    site: Site, house: House, request_bytes: bytes
):
    answer = await answer_to(site, request_bytes)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    assert not house.asked


@pytest.mark.parametrize("request_bytes", LARGE.values(), ids=LARGE.keys())
async def test_an_endless_head_is_refused_and_closed(
    site: Site, house: House, request_bytes: bytes
):
    answer = await answer_to(site, request_bytes)
    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    assert not house.asked


async def test_a_slow_client_keeps_nobody_waiting(site: Site, house: House):
    _, writer = await asyncio.open_connection(*site.host.split(":"))
    writer.write(GET)
    bruno = await site.visit(house.bruno)
    assert (await bruno.says(house.taller, "meanwhile"))["ok"]
    writer.close()
