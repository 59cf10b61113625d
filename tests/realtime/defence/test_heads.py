"""What the first octets of a connection may do to a server."""

import pytest

from tertulia.realtime import uvicorn_http
from tertulia.realtime.uvicorn_http import is_handshake
from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire

MANY = 50_000
"""Octets in a header: where a head is looked at again for each of them, the server is gone for long."""


@pytest.fixture
def stand(stand: Stand) -> Stand:
    return stand.serve()


@pytest.mark.parametrize(
    "value", ["x" + " " * MANY + "y", " " * MANY + "\x01", "\t " * (MANY // 2) + "y"]
)
async def test_a_long_header_keeps_nobody_waiting(stand: Stand, value: str):
    attacker = await stand.peer()
    await attacker.write(wire.upgrade(X_Odd=value))
    await stand.works()


@pytest.mark.parametrize("accepted", ["gzip;q=1.2.3", "gzip;q=.", "*;q=", "gzip;q=9e9"])
async def test_a_weight_that_is_no_number_is_no_error(stand: Stand, accepted: str):
    poller = await stand.poller()
    assert await poller.post('421["echo","' + "x" * 2000 + '"]') == 200
    assert (await poller.poll(Accept_Encoding=accepted))[0].startswith("431[")


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
class TestTheShortWayIn:
    """The optional HTTP protocol, which reads the first head of a connection itself."""

    async def test_a_head_that_comes_in_pieces_is_put_together(self, stand: Stand):
        peer = await stand.peer()
        request = wire.upgrade()
        for octet in request[:-1]:
            await peer.write(bytes([octet]))
        assert (await peer.ask(request[-1:])).status == 101

    async def test_who_does_not_finish_a_head_is_cut(self, stand: Stand, monkeypatch):
        monkeypatch.setattr(uvicorn_http, "HEAD_SECONDS", 0.2)
        silent, slow = await stand.peer(), await stand.peer()
        await slow.write(wire.upgrade()[:-2])
        assert await silent.is_cut()
        assert await slow.is_cut()

    async def test_a_request_that_is_finished_has_all_its_time(self, stand: Stand, monkeypatch):
        monkeypatch.setattr(uvicorn_http, "HEAD_SECONDS", 0.2)
        poller = await stand.poller()
        watch = await stand.peer()
        assert await watch.is_cut()
        assert await poller.post('421["still here"]') == 200

    async def test_a_head_without_end_is_refused(self, stand: Stand):
        peer = await stand.peer()
        await peer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * (uvicorn_http.MOST_HEAD - 17))
        assert (await peer.ask(b"x")).status == 431
        assert await peer.is_cut()

    @pytest.mark.parametrize(
        "line",
        [b"Host: twice", b"X : y", b"no colon", b" folded: line", b"X: \x00", b"Content-Length: 1"],
    )
    async def test_what_is_not_beyond_doubt_is_no_plain_handshake(self, stand: Stand, line: bytes):
        head = wire.upgrade()
        assert is_handshake(head)
        assert not is_handshake(head.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n"))

    async def test_what_cannot_be_read_is_refused(self, stand: Stand):
        peer = await stand.peer()
        await peer.write(wire.upgrade().replace(b"\r\n\r\n", b"\r\nX: \x00\r\n\r\n"))
        assert (await peer.ask(b"")).status == 400

    async def test_the_ordinary_protocol_serves_what_is_ordinary(self, stand: Stand):
        peer = await stand.peer()
        assert (await peer.ask(wire.get())).status == 200


async def test_a_path_of_another_method_is_read_as_it_is(stand: Stand):
    peer = await stand.peer()
    request = wire.upgrade(path="/elsewhere").replace(b"GET ", b"DELETE ", 1)
    assert (await peer.ask(request)).status in {400, 404, 405}
    await stand.works()
