"""Hostile clients below the Socket.IO client: broken packets, half handshakes, borrowed sessions, floods.

Each ends its own connection and nobody else's, without a traceback (security.md, B3, B11 to B16).
"""

import asyncio
import json
import logging

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tertulia.kernel.limits import Limits
from tests.gateway.house import House
from tests.gateway.site import RawPolling, Site, serving

QUICK = Limits(handshake_seconds=0.3)

BROKEN = [
    "4abc",
    "4",
    "42{}",
    "42[]",
    "42[{}]",
    "42[null]",
    '42"x"',
    "42abc[...]",
    '42["x"',
    "42" + "[" * 100_000,
    "4" + "[" * 100_000,
    "45-",
    "450-[]",
    '450-["x"]',
    '4511-["x",{"_placeholder":true,"num":0}]',
    '459999999999-["x"]',
    '4599999999999-["x"]',
    '42["connect",{}]',
    '42["disconnect"]',
    '44{"message":"x"}',
    "47",
    "49",
    "4-1",
    "4{}",
    '4{"a":1}',
    '4["2"]',
    "2",
    "2probe",
    "7",
    "x",
    "é",
    '42/admin,["x"]',
    "42" + "9" * 101 + '["x"]',
]


@pytest.fixture(autouse=True)
def nothing_is_printed(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    """No traceback, no warning, whatever a client sends."""
    yield
    assert not [it for it in caplog.records if it.levelno >= logging.WARNING]
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("packet", BROKEN, ids=lambda it: it[:24])
async def test_a_broken_packet_ends_its_connection_and_no_other(
    site: Site, house: House, packet: str
):
    bruno = await site.visit(house.bruno)
    raw = await site.websocket()
    await raw.connect(house.ana)
    polling = await site.polling()
    await polling.connect(house.ana)
    await raw.send(packet)
    assert await raw.is_closed(1)
    await polling.post(packet)
    assert await polling.is_over()
    await site.until(lambda: len(site.gateway._connections) == 1)
    assert (await bruno.says(house.taller, "unharmed"))["ok"]


@pytest.mark.parametrize("packet", ["42", "42[7]", "6", "3", "5"])
async def test_a_packet_that_says_nothing_does_nothing(site: Site, house: House, packet: str):
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(packet, '421["conversations.list_conversations"]')
    assert (await raw.ack(1))["ok"]


@pytest.mark.parametrize("placeholder", ["99", "-1.5", '"__proto__"', "null", "[]", "{}"])
async def test_a_placeholder_that_points_nowhere_ends_the_connection(
    site: Site, house: House, placeholder: str
):
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'451-["x",{{"_placeholder":true,"num":{placeholder}}}]', b"bytes")
    assert await raw.is_closed(1)


async def test_attachments_out_of_order_end_the_connection(site: Site, house: House):
    for packets in (
        [b"nobody asked for this"],
        ['451-["x",{"_placeholder":true,"num":0}]', '42["x"]'],
    ):
        raw = await site.websocket()
        await raw.connect(house.ana)
        await raw.send(*packets)
        assert await raw.is_closed(1)


async def test_ten_attachments_are_taken(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    places = ",".join(f'{{"_placeholder":true,"num":{n}}}' for n in range(10))
    await raw.send(f'4510-1["no.such_command",[{places}]]', *[b"x"] * 10)
    assert (await raw.ack(1))["error"]["code"] == "gateway.unknown_command"


@pytest.mark.parametrize(
    "packet", ['42["conversations.post_message",{}]', '421["x"]', "431[]", '42/ws,["x"]']
)
async def test_nothing_is_done_before_connect(site: Site, house: House, packet: str):
    raw = await site.websocket()
    await raw.until("0{")
    await raw.send(packet)
    assert await raw.is_closed(1)
    polling = await site.polling()
    await polling.post(packet)
    assert await polling.is_over()
    assert not house.asked


@pytest.mark.parametrize("namespace", ["/admin", "/ws2", "/WS", "/ws/x", "/*"])
async def test_another_namespace_is_refused_and_then_closed(house: House, namespace: str):
    async with serving(house, QUICK) as site:
        raw = await site.websocket()
        await raw.until("0{")
        await raw.send(f"40{namespace},{{}}")
        assert (await raw.next()).startswith(f"44{namespace},")
        assert await raw.is_closed(2)
    assert not house.asked


async def test_who_does_not_finish_the_handshake_is_closed(house: House):
    async with serving(house, QUICK) as site:
        raw = await site.websocket()
        polling = await site.polling()
        refused = await site.websocket()
        await refused.until("0{")
        await refused.send('40{"token":"x"}')
        left = await site.websocket()
        await left.connect(house.ana)
        await left.send("41")
        for silent in (raw, refused, left):
            assert await silent.is_closed(2)
        assert (await polling.poll())[-1] == "1"
        await site.until(lambda: not site.gateway._server.eio.sockets)
        assert not site.gateway._server.eio.admission._open


@pytest.mark.parametrize("packets", [[], ["2probe"], ["2nothing"], ["3"], ["2probe", "6"]])
async def test_an_upgrade_that_stops_halfway_is_closed(house: House, packets: list[str]):
    async with serving(house, QUICK) as site:
        polling = await site.polling()
        await polling.connect(house.ana)
        raw = await site.websocket(f"/socket.io/?sid={polling.sid}")
        await raw.send(*packets)
        assert await raw.is_closed(2)
        await polling.post('421["conversations.list_conversations"]')
        assert '"ok":true' in await polling.until("431")


async def test_an_upgrade_carries_on_the_session(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    raw = await site.websocket(f"/socket.io/?sid={polling.sid}")
    await raw.send("2probe")
    assert await raw.next() == "3probe"
    assert await polling.poll() == ["6"]
    await raw.send("5", '421["conversations.list_conversations"]')
    assert (await raw.ack(1))["ok"]
    assert (await polling.post("3")).status_code == 400


@pytest.mark.parametrize("thief", ["token", "cookie", "nothing"])
async def test_a_session_is_of_no_use_with_another_credential(site: Site, house: House, thief: str):
    polling = await site.polling(headers=house.ana.bearer)
    await polling.connect()
    headers = {"token": house.bruno.bearer, "cookie": house.bruno.cookie, "nothing": {}}[thief]
    stolen = RawPolling(await site.http(headers=headers), polling.path)
    stolen.sid = polling.sid
    assert (await stolen.post('42["conversations.list_conversations"]')).status_code == 400
    answer = await stolen.http.get(stolen.path, params=stolen.params)
    assert answer.status_code == 400
    with pytest.raises(InvalidStatus):
        await site.websocket(f"/socket.io/?sid={polling.sid}", additional_headers=headers)
    await polling.post('421["conversations.list_conversations"]')
    assert '"ok":true' in await polling.until("431")


@pytest.mark.parametrize("sid", ["x", "../../x", "A" * 5000])
async def test_a_session_that_is_none_is_400(site: Site, sid: str):
    http = await site.http()
    params = {"EIO": "4", "transport": "polling", "sid": sid}
    for method in ("GET", "POST"):
        answer = await http.request(method, "/socket.io/", params=params)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=polling&j=0",
        "EIO=4&transport=polling&j=x",
        "EIO=3&transport=polling",
        "transport=polling",
        "EIO=4&transport=websocket",
        "EIO=4&transport=flash",
        "EIO=4&transport=polling&transport=polling",
    ],
)
async def test_other_ways_to_open_are_400(site: Site, query: str):
    http = await site.http()
    assert (await http.get(f"/ws?{query}")).status_code == 400
    assert not site.gateway._server.eio.sockets


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(site: Site, method: str):
    http = await site.http()
    answer = await http.request(method, "/socket.io/?EIO=4&transport=polling")
    assert answer.status_code == 405


async def test_a_websocket_that_says_it_polls_is_refused(site: Site):
    with pytest.raises(InvalidStatus) as refused:
        await site.websocket("/ws?transport=polling")
    assert refused.value.response.status_code == 400
    assert not site.gateway._server.eio.sockets


async def test_a_websocket_elsewhere_is_refused(site: Site):
    for path in ("/", "/api/v1/server", "/wsx"):
        with pytest.raises(InvalidStatus) as refused:
            await site.websocket(path)
        assert refused.value.response.status_code in {403, 404}


async def test_two_polls_at_once_end_the_session(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    first = asyncio.create_task(polling.poll())
    await asyncio.sleep(0.1)
    second = await polling.http.get(polling.path, params=polling.params)
    assert second.status_code == 400
    assert (await first)[-1] == "1"


async def test_the_limits_of_frames_and_bodies(house: House):
    async with serving(house, Limits(frame_bytes=1000, body_bytes=4000)) as site:
        polling = await site.polling()
        assert polling.opening["maxPayload"] == 1000
        await polling.connect(house.ana)
        assert (await polling.post(*["3".ljust(900)] * 4)).status_code == 200
        answer = await polling.post(*["3".ljust(900)] * 5)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        await polling.post("3".ljust(1001))
        assert await polling.is_over()
        raw = await site.websocket()
        await raw.connect(house.ana)
        await raw.send("42" + json.dumps(["x", "y" * 1000]))
        with pytest.raises(ConnectionClosed) as closed:
            await raw.until("nothing")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_a_body_of_nothing_but_packets_lets_others_have_their_turn(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    flood = asyncio.create_task(polling.post(*["3"] * 200_000))
    bruno = await site.visit(house.bruno)
    assert (await bruno.says(house.taller, "meanwhile"))["ok"]
    assert (await flood).status_code == 200


async def test_bytes_that_are_no_text_end_the_session(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    await polling.http.post(polling.path, params=polling.params, content=b"4\xff\xfe")
    assert await polling.is_over()


async def test_binary_packets_over_polling(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    await polling.post('451-1["no.such_command",{"_placeholder":true,"num":0}]', "bYWJj")
    assert "gateway.unknown_command" in await polling.until("431")
    await polling.post("b???")
    assert await polling.is_over()


async def test_connect_twice_ends_the_connection(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'40{{"token":"{house.ana.token}"}}')
    assert await raw.is_closed(1)
    await site.until(lambda: not len(site.gateway._connections))


async def test_heartbeats(house: House):
    async with serving(house, Limits(ping_interval=0.1, ping_timeout=0.2)) as site:
        good, bad = await site.websocket(), await site.websocket()
        await good.connect(house.ana)
        await bad.connect(house.bruno)

        async def answer() -> None:
            while True:
                if await good.ws.recv() == "2":
                    await good.ws.send("3")

        answering = asyncio.create_task(answer())
        assert await bad.is_closed(2)
        assert not await good.is_closed(0.5)
        answering.cancel()
        assert [it.actor.id for it in site.gateway._connections] == [house.ana.id]


@pytest.mark.parametrize(("count", "length"), [(80, 15_000), (300, 1)])
async def test_who_takes_nothing_is_slow_and_harms_nobody(
    site: Site, house: House, count: int, length: int
):
    slow = await site.polling()
    await slow.connect(house.ana)
    bruno = await site.visit(house.bruno)
    for _ in range(count):
        await bruno.says(house.taller, "x" * length)
    await bruno.until("conversations.message_posted", count)
    packets = await slow.poll()
    assert packets == ['42["gateway.goodbye",{"code":"slow","reconnect":true}]', "1"]
    await site.until(lambda: len(site.gateway._connections) == 1)


async def test_a_long_answer_makes_nobody_slow(site: Site, house: House):
    for _ in range(100):
        await house.post(house.bruno, house.taller, "x" * 16_000)
    asked = {"conversation_id": house.taller, "limit": 200}
    polling = await site.polling()
    await polling.connect(house.ana)
    await polling.post("421" + json.dumps(["conversations.list_messages", asked]))
    await house.post(house.bruno, house.taller, "one more")
    assert len(await polling.until("431[")) > 1_600_000
    assert "one more" in await polling.until('42["conversations.message_posted"')


async def test_an_address_has_a_limited_number_of_connections(house: House):
    limits = Limits(connections_per_address=2, handshake_seconds=0.4)
    async with serving(house, limits) as site:
        afar = {"X-Forwarded-For": "nothing here is local"}
        http = await site.http(headers=afar)
        opened = [await http.get("/ws?EIO=4&transport=polling") for _ in range(2)]
        assert [it.status_code for it in opened] == [200, 200]
        answer = await http.get("/ws?EIO=4&transport=polling")
        assert (answer.status_code, answer.json()["code"]) == (429, "gateway.connection_limit")
        assert int(answer.headers["retry-after"]) >= 1
        with pytest.raises(InvalidStatus) as refused:
            await site.websocket(additional_headers=afar)
        assert refused.value.response.status_code == 429
        await site.polling()
        await site.until(lambda: not site.gateway._server.eio.admission._open)
        assert (await http.get("/ws?EIO=4&transport=polling")).status_code == 200


async def test_a_server_that_stops_takes_nobody_in(site: Site):
    site.gateway.ready = False
    http: httpx.AsyncClient = await site.http()
    answer = await http.get("/socket.io/?EIO=4&transport=polling")
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await http.get("/readyz")).status_code == 503
    assert (await http.get("/api/v1/server")).status_code == 200
