"""What is no packet closes its sender within the second, runs no handler and is nobody else's matter."""

import json

import pytest

from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire

MALFORMED = [
    "4abc",
    "42{}",
    '42abc["x"]',
    "42[]",
    "42null",
    "42[null]",
    '42[{"a":1}]',
    "42[true]",
    '42["x"',
    '42["x"]]',
    '42["x",NaN]',
    '42["x",Infinity]',
    "42['x']",
    '42["x",' + "[" * 100_000 + "]" * 100_000 + "]",
    '42["connect"]',
    '42["disconnect"]',
    '42["connect_error"]',
    '42["disconnecting"]',
    '42["newListener"]',
    '42["removeListener"]',
    '42/nowhere,["x"]',
    '42/ws,["x"]',
    '429007199254740993["x"]',
    "42" + "9" * 5000 + '["x"]',
    '431{"a":1}',
    "431null",
    "43/nowhere,1[]",
    "40",
    "40[]",
    '40"token"',
    "40null",
    "41[]",
    '44{"message":"no"}',
    "45",
    "45-",
    '45-["x"]',
    '450-["x"]',
    '45x-["x"]',
    '4511-["x"]',
    '459999999999-["x"]',
    '451["x"]',
    "451-",
    "47",
    "49",
    "4",
    "",
    "2",
    "7",
    "x",
    "\x00",
    b"",
    b"\x04\x32[]",
    b"bytes that nobody announced",
]
PLACEHOLDERS = ["1", "99", "-1", '"0"', '"__proto__"', "null", "true", "0.5", "[]", "1e300"]


async def is_alone(stand: Stand, *packets: str | bytes) -> None:
    """The sender of these packets is closed, and is all whom they concern."""
    sender, other = await stand.client(), await stand.client()
    await sender.say(*packets, '42["after"]')
    assert await sender.is_closed()
    await other.say('421["other"]')
    assert await other.ack(1) == []
    assert stand.heard == [("other",)]


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda it: repr(it)[:30])
async def test_a_malformed_packet_closes_its_sender_alone(stand: Stand, packet: str | bytes):
    await is_alone(stand.serve(), packet)


@pytest.mark.parametrize("number", PLACEHOLDERS)
async def test_a_placeholder_for_nothing_closes_its_sender_alone(stand: Stand, number: str):
    hole = f'{{"_placeholder":true,"num":{number}}}'
    await is_alone(stand.serve(), f'451-["x",{hole}]', b"attached")


@pytest.mark.parametrize("between", ['42["x"]', "41", "40/ws,", '451-["x"]', '431["x"]'])
async def test_a_packet_instead_of_an_attachment_closes_its_sender_alone(
    stand: Stand, between: str
):
    head = '451-["x",{"_placeholder":true,"num":0}]'
    await is_alone(stand.serve(), head, between, b"attached")


@pytest.mark.parametrize("packet", [it for it in MALFORMED if isinstance(it, str)], ids=repr)
async def test_a_malformed_packet_ends_a_poller_alone(stand: Stand, packet: str):
    stand.serve()
    if packet == "2" or len(packet) > 10_000:
        pytest.skip("said over WebSocket")
    poller, other = await stand.poller(), await stand.client()
    assert await poller.post(f'{packet}\x1e42["after"]') in {200, 400}
    await poller.ends()
    await other.say('421["other"]')
    assert await other.ack(1) == []
    assert stand.heard == [("other",)]


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"4\xed\xa0\x80", b"b", b"b=", b"b\xff", b"\x1e", b"\x00" * 1000]
)
async def test_a_body_that_is_no_text_ends_a_poller_alone(stand: Stand, body: bytes):
    stand.serve()
    poller = await stand.poller()
    assert await poller.post(body) in {200, 400}
    await stand.works()
    assert stand.heard == [("anyone", 1)]


async def test_a_binary_body_ends_a_poller_alone(stand: Stand):
    stand.serve()
    poller = await stand.poller()
    status = await poller.post('42["x"]', Content_Type="application/octet-stream")
    assert status == 400
    await stand.works()
    assert stand.heard == [("anyone", 1)]


# ---- before CONNECT


@pytest.mark.parametrize("packet", ['42["x"]', "41", "431[]", '42/ws,["x"]', '451-["x"]', b"x"])
async def test_no_handler_runs_before_connect(stand: Stand, packet: str | bytes):
    stand.serve()
    peer = await stand.websocket()
    await peer.say(packet, "40", '42["after"]')
    assert await peer.is_closed()
    assert stand.heard == []
    assert stand.ended == []


async def test_no_handler_runs_after_a_refused_connect(stand: Stand):
    stand.serve()
    stand.server.on("connect", lambda sid, environ: False)
    peer = await stand.websocket()
    await peer.say("40", '42["after"]')
    assert await peer.is_closed()
    assert stand.heard == []


@pytest.mark.parametrize("name", ["*", "connect_", "trigger_event", "__init__", "x" * 5000, "\x00"])
async def test_names_are_only_names(stand: Stand, name: str):
    stand.serve()
    client, victim = await stand.client(), await stand.client()
    await client.say("421" + json.dumps([name, "somebody else's sid"]))
    assert await client.ack(1) == ["somebody else's sid"]
    assert stand.heard == [(name, "somebody else's sid")]
    await victim.say('42["other"]')


# ---- frames


FRAMES = {
    "unmasked": wire.frame("3", mask=None),
    "reserved bits": wire.frame("3", reserved=4),
    "reserved opcode": wire.frame("3", 3),
    "reserved control": wire.frame("3", 11),
    "long control": wire.frame("x" * 126, wire.PING),
    "fragmented control": wire.frame("x", wire.PING, fin=False),
    "continuation of nothing": wire.frame("3", wire.CONTINUATION),
    "text within text": wire.frame("3", fin=False) + wire.frame("3"),
    "no UTF-8": wire.frame(b"4\xff", wire.TEXT),
    "surrogate": wire.frame(b"4\xed\xa0\x80", wire.TEXT),
    "close of one byte": wire.frame(b"\x03", wire.CLOSE),
    "close with 1005": wire.frame(b"\x03\xed", wire.CLOSE),
    "close with no UTF-8": wire.frame(b"\x03\xe8\xff", wire.CLOSE),
}


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
@pytest.mark.parametrize("name", FRAMES)
async def test_a_wrong_frame_closes_its_sender_alone(stand: Stand, name: str):
    stand.serve()
    sender, other = await stand.client(), await stand.client()
    await sender.write(FRAMES[name] + wire.frame('42["after"]'))
    assert await sender.close_code() in {1002, 1007}
    await other.say('421["other"]')
    assert await other.ack(1) == []
    assert stand.heard == [("other",)]
