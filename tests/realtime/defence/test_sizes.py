"""Nothing that a client sends is kept beyond its bound, whole or in pieces.

Under plain ASGI it is the web server that puts fragments together, within its own bound (Uvicorn's
`--ws-max-size`); what is about fragments is tested with the fast driver.
"""

import asyncio
import contextlib
import tracemalloc

import pytest

from tests.realtime.defence.peer import Peer
from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire

MOST = 10_000
PROTOCOL_ERROR, POLICY, TOO_BIG = 1002, 1008, 1009


@pytest.fixture
def stand(stand: Stand) -> Stand:
    return stand.serve(max_http_buffer_size=MOST)


def event(size: int) -> str:
    """An event of so many bytes with its Engine.IO type."""
    return '42["e","' + "x" * (size - len('42["e",""]')) + '"]'


# ---- WebSocket


async def test_a_message_of_the_limit_is_heard(stand: Stand):
    client = await stand.client()
    await client.say(event(MOST), '421["after"]')
    assert await client.ack(1) == []
    assert [name for name, *_ in stand.heard] == ["e", "after"]


@pytest.mark.parametrize("kind", [str, bytes])
async def test_a_message_over_the_limit_closes_with_1009(stand: Stand, kind: type):
    client, other = await stand.client(), await stand.client()
    await client.say(event(MOST + 1) if kind is str else b"x" * (MOST + 1))
    assert await client.close_code() == TOO_BIG
    assert stand.heard == []
    await other.say('421["other"]')
    assert await other.ack(1) == []


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
@pytest.mark.parametrize("size", [MOST + 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1])
async def test_the_announcement_is_enough(stand: Stand, size: int):
    client = await stand.client()
    await client.write(b"\x81\xff" + size.to_bytes(8, "big"))
    assert await client.close_code() in {TOO_BIG, PROTOCOL_ERROR}


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_fragments_are_summed_up(stand: Stand):
    client = await stand.client()
    half = "x" * (MOST // 2)
    await client.write(wire.frame(half, wire.TEXT, fin=False))
    await client.write(wire.frame(half, wire.CONTINUATION, fin=False))
    await client.write(wire.frame("x", wire.CONTINUATION, fin=False))
    assert await client.close_code() == TOO_BIG


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_control_frames_between_fragments_do_not_begin_anew(stand: Stand):
    client = await stand.client()
    await client.write(wire.frame("4", wire.TEXT, fin=False))
    for _ in range(5):
        await client.write(wire.frame("", wire.PING))
        await client.write(wire.frame("x" * (MOST // 4), wire.CONTINUATION, fin=False))
    assert await client.close_code() == TOO_BIG


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
@pytest.mark.parametrize("piece", ["", "x"])
async def test_ten_million_tiny_fragments_are_ten_million_too_many(stand: Stand, piece: str):
    client = await stand.client()
    await client.write(wire.frame("4", wire.TEXT, fin=False))
    sent = await stream(client, wire.frame(piece, wire.CONTINUATION, fin=False) * 1000, 10_000)
    assert sent < 10_000
    assert await client.is_closed()
    await stand.works()


async def stream(client: Peer, data: bytes, times: int) -> int:
    """Write the same again and again until the server closes; how often."""
    closed = asyncio.create_task(client.is_closed())
    for number in range(times):
        await client.write(data)
        await asyncio.sleep(0)
        if closed.done():
            return number
    closed.cancel()
    return times


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_a_frame_that_comes_byte_by_byte_costs_no_more_than_itself(stand: Stand):
    client = await stand.client()
    data = wire.frame(event(MOST))
    tracemalloc.start()
    with contextlib.closing(client):
        for at in range(0, len(data) - 1, 7):
            await client.write(data[at : at + 7])
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * MOST


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_frames_before_the_answer_to_the_handshake_are_bounded(stand: Stand):
    peer = await stand.peer()
    await peer.write(wire.upgrade() + wire.frame("40") * 20_000)
    assert await peer.is_cut()
    await stand.works()


async def test_compression_is_not_agreed_to(stand: Stand):
    peer = await stand.peer()
    answer = await peer.open(Sec_WebSocket_Extensions="permessage-deflate")
    if stand.driver == "fast":
        assert "sec-websocket-extensions" not in answer.headers
        await peer.write(wire.frame("40", reserved=4))
        assert await peer.close_code() == PROTOCOL_ERROR


# ---- attachments


async def test_ten_attachments_are_heard(stand: Stand):
    client = await stand.client()
    holes = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))
    await client.say(f'4510-["ten",{holes}]', *[b"x"] * 10)
    await stand.until(lambda: stand.heard)
    assert stand.heard == [("ten", *[b"x"] * 10)]


@pytest.mark.parametrize("count", ["11", "99", "2000", "9999999999", "9" * 400])
async def test_more_than_ten_attachments_close_the_connection(stand: Stand, count: str):
    client = await stand.client()
    await client.say(f'45{count}-["many",{{"_placeholder":true,"num":0}}]')
    assert await client.is_closed()
    assert stand.heard == []


async def test_attachments_in_excess_close_the_connection(stand: Stand):
    client = await stand.client()
    await client.say('451-["one",{"_placeholder":true,"num":0}]', b"x", b"one more")
    assert await client.is_closed()
    assert [name for name, *_ in stand.heard] == ["one"]


async def test_attachments_are_no_way_around_the_limit(stand: Stand):
    client = await stand.client()
    await client.say('451-["one",{"_placeholder":true,"num":0}]', b"x" * (MOST + 1))
    assert await client.close_code() == TOO_BIG


async def test_events_that_announce_attachments_cannot_be_heaped_up(stand: Stand):
    client = await stand.client()
    await client.say(*['451-["heap",{"_placeholder":true,"num":0}]'] * 100)
    assert await client.is_closed()
    assert stand.heard == []


# ---- long-polling


async def test_a_body_of_the_limit_is_heard(stand: Stand):
    poller = await stand.poller()
    assert await poller.post(event(MOST - 1)) == 200
    assert [name for name, *_ in stand.heard] == ["e"]


async def test_a_body_over_the_limit_is_413(stand: Stand):
    poller = await stand.poller()
    assert await poller.post(event(MOST + 1)) == 413
    assert stand.heard == []


async def test_a_body_in_chunks_is_summed_up(stand: Stand):
    poller, peer = await stand.poller(), await stand.peer()
    head = wire.post("", poller.sid, Transfer_Encoding="chunked")
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    await peer.write(head)
    answer = await peer.ask(chunk * (MOST // 1000 + 1))
    assert answer.status == 413
    assert stand.heard == []


async def test_a_second_body_while_one_is_read_ends_the_session(stand: Stand):
    poller, slow = await stand.poller(), await stand.peer()
    await slow.write(wire.post("42[]" * 10, poller.sid)[:-1])
    await stand.works()
    assert await poller.post('42["second"]') == 400
    await stand.until(lambda: stand.ended)
    assert stand.heard[1:] == []


async def test_a_body_that_is_broken_off_ends_the_session_and_nothing_of_it_is_heard(stand: Stand):
    poller, slow = await stand.poller(), await stand.peer()
    await slow.write(wire.post('42["broken"]', poller.sid)[:-1])
    slow.reset()
    await stand.works()
    await stand.until(lambda: stand.ended)
    assert ("broken",) not in stand.heard


async def test_many_packets_in_one_body_are_heard_in_order(stand: Stand):
    poller = await stand.poller()
    body = "\x1e".join(f'42["n",{number}]' for number in range(500))
    assert await poller.post(body) == 200
    assert stand.heard == [("n", number) for number in range(500)]


async def test_a_reply_holds_sixteen_packets(stand: Stand):
    poller = await stand.poller()
    assert await poller.post("\x1e".join(f'42{number}["n"]' for number in range(40))) == 200
    replies = [await poller.poll() for _ in range(3)]
    assert [len(reply) for reply in replies] == [16, 16, 8]
