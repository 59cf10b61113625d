"""One client of Socket.IO from its CONNECT to its end, in virtual time: what it is sent, and nothing else."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import VirtualLoop
from tertulia.realtime import Limits, RawJSON, Server, exceptions
from tertulia.realtime.engine.rings import Ring
from tertulia.realtime.engine.socket import Socket
from tests.realtime.engine.fakes import OPEN, FakeTransport


class Talk:
    """A server in virtual time, and clients that say packets to it."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.serve()

    def serve(self, limits: Limits | None = None, **options: Any) -> Server:
        self.server = Server(limits=limits, ping_interval=1e6, ping_timeout=1e6, **options)
        return self.server

    def client(self) -> Socket:
        transport, eio = FakeTransport(), self.server.eio
        with self.loop.within():
            socket = Socket(eio, eio.generate_id(), {})
            socket.receiver = eio.receiver_of(socket)
            eio.sockets[socket.sid] = transport.socket = socket
            eio.start(socket, transport)
        self.loop.settle()
        assert transport.packets.pop(0).startswith(OPEN)
        return socket

    def say(self, socket: Socket, *packets: str | bytes) -> None:
        with self.loop.within():
            for packet in packets:
                socket.receive("4", packet)
        self.loop.settle()

    def entered(self, socket: Socket, namespace: str = "/") -> str:
        """Enter a namespace; the client's id in it."""
        name = "" if namespace == "/" else f"{namespace},"
        before = len(said(socket))
        self.say(socket, f"0{name}")
        answer = said(socket)[before]
        return json.loads(answer.removeprefix(f"0{name}"))["sid"]

    def do(self, work: Any) -> None:
        self.loop.run_until_complete(work)
        self.loop.settle()


@pytest.fixture
def talk() -> Iterator[Talk]:
    talk = Talk()
    yield talk
    talk.loop.close()


def said(socket: Socket) -> list[str]:
    """The Socket.IO packets that a client got."""
    transport = socket.transport
    assert isinstance(transport, FakeTransport)
    return [packet[1:] for packet in transport.packets if packet.startswith("4")]


# --- coming in --------------------------------------------------------------------------------------


def test_the_answer_to_connect_goes_before_what_was_emitted_since(talk):
    sio, gate = talk.server, asyncio.Event()

    @sio.event
    async def connect(sid, environ):
        await sio.enter_room(sid, "room")
        await sio.emit("own", to=sid)
        await gate.wait()
        await sio.emit("later", to=sid)

    socket = talk.client()
    talk.say(socket, "0")
    talk.do(sio.emit("room", room="room"))
    assert said(socket) == []
    gate.set()
    talk.loop.settle()
    assert said(socket)[0].startswith('0{"sid":')
    assert said(socket)[1:] == ['2["own"]', '2["room"]', '2["later"]']


def test_a_room_is_empty_while_nobody_hears_it(talk):
    sio = talk.server
    sio.on("connect", lambda sid, environ: None)
    sio.on("connect", lambda sid, environ: None, namespace="/other")
    assert sio.is_empty("room")
    sid = talk.entered(talk.client())
    assert (sio.is_empty(sid), sio.is_empty("room")) == (False, True)
    talk.do(sio.enter_room(sid, "room"))
    assert (sio.is_empty("room"), sio.is_empty("room", "/other")) == (False, True)
    talk.do(sio.leave_room(sid, "room"))
    assert sio.is_empty("room")


@pytest.mark.parametrize("way", ["false", "error"])
def test_who_is_refused_hears_nothing_of_the_rooms_it_was_in(talk, way):
    sio, gate = talk.server, asyncio.Event()

    @sio.event
    async def connect(sid, environ):
        await sio.enter_room(sid, "secret")
        await gate.wait()
        if way == "error":
            raise exceptions.ConnectionRefusedError("not you", {"code": 7})
        return False

    socket = talk.client()
    talk.say(socket, "0")
    talk.do(sio.emit("secret", "plans", room="secret"))
    gate.set()
    talk.loop.settle()
    assert [packet[0] for packet in said(socket)] == ["4"]
    if way == "error":
        assert said(socket) == ['4{"message":"not you","data":{"code":7}}']


def test_who_is_sent_away_by_its_connect_handler_is_not_muted(talk):
    sio = talk.server

    @sio.event(namespace="/picky")
    async def connect(sid, environ):
        await sio.enter_room(sid, "room", namespace="/picky")
        await sio.disconnect(sid, namespace="/picky")

    socket = talk.client()
    sid = talk.entered(socket)
    talk.say(socket, "0/picky,")
    talk.do(sio.emit("hello", to=sid))
    assert said(socket)[1:] == ["1/picky,", '2["hello"]']


def test_a_namespace_that_nobody_serves_is_refused(talk):
    socket = talk.client()
    talk.say(socket, "0/nowhere")
    assert said(socket) == ['4/nowhere,{"message":"Invalid namespace"}']
    assert not socket.closed


def test_who_enters_nowhere_is_closed_in_time(talk):
    @talk.server.event
    def connect(sid, environ):
        return False

    socket, seconds = talk.client(), talk.server.eio.limits.handshake_seconds
    talk.say(socket, "0")
    talk.loop.advance(seconds - 0.5)
    assert not socket.closed
    talk.loop.advance(2)
    assert socket.closed


def test_only_so_many_namespaces_are_entered(talk):
    talk.serve(Limits(namespaces=2), namespaces="*")
    socket = talk.client()
    for namespace in ("/a", "/b"):
        talk.entered(socket, namespace)
    talk.say(socket, "0/c")
    assert socket.closed


# --- events -----------------------------------------------------------------------------------------


def test_answers_come_in_the_order_in_which_they_are_ready(talk):
    gate = asyncio.Event()

    @talk.server.event
    async def slow(sid):
        await gate.wait()
        return "slow"

    @talk.server.event
    def quick(sid):
        return "quick", 2

    socket = talk.client()
    talk.entered(socket)
    talk.say(socket, '21["slow"]', '22["quick"]', '23["nobody"]')
    gate.set()
    talk.loop.settle()
    assert said(socket)[1:] == ['32["quick",2]', '31["slow"]']


def test_attachments_have_their_time(talk):
    socket = talk.client()
    talk.entered(socket)
    talk.say(socket, '51-["x",{"_placeholder":true,"num":0}]')
    talk.loop.advance(talk.server.eio.limits.handshake_seconds + 2)
    assert socket.closed


def test_text_in_place_of_an_attachment_closes_its_sender(talk):
    socket = talk.client()
    talk.entered(socket)
    talk.say(socket, '52-["x"]', b"one", "1")
    assert socket.closed


@pytest.mark.parametrize("packet", [b"bytes", "0", "x", '2/other,["x"]', "1/other,"])
def test_what_does_not_belong_closes_its_sender_alone(talk, packet):
    socket, other = talk.client(), talk.client()
    for it in (socket, other):
        talk.entered(it)
    talk.say(socket, packet)
    assert socket.closed
    assert not other.closed


def test_handlers_under_way_are_bounded(talk):
    talk.serve(Limits(handlers=3))
    gate, begun = asyncio.Event(), []

    @talk.server.event
    async def work(sid, number):
        begun.append(number)
        await gate.wait()

    socket = talk.client()
    talk.entered(socket)
    talk.say(socket, *(f'2["work",{number}]' for number in range(3)))
    assert (begun, socket.paused) == ([0, 1, 2], True)
    gate.set()
    talk.loop.settle()
    assert not socket.paused


def test_callbacks_that_wait_are_bounded(talk):
    talk.serve(Limits(acknowledgements=2))
    socket, answers = talk.client(), []
    sid = talk.entered(socket)
    for number in range(3):
        talk.do(talk.server.emit("ask", to=sid, callback=lambda it=number: answers.append(it)))
    assert said(socket)[1:] == ['21["ask"]', '22["ask"]', '23["ask"]']
    talk.say(socket, "31[]", "33[]", "32[]", "32[]", "399[]", "3[]")
    assert answers == [2, 1]
    assert not socket.closed


# --- the end ----------------------------------------------------------------------------------------


def test_a_flood_is_ended_with_a_word(talk):
    talk.serve(Limits(events_per_second=10, event_burst_seconds=1), goodbye="goodbye")
    socket, other = talk.client(), talk.client()
    for it in (socket, other):
        talk.entered(it)
    talk.say(socket, *['2["x"]'] * 30)
    assert said(socket)[1:] == ['2["goodbye",{"code":"rate_limited","reconnect":true}]']
    assert socket.closed
    assert not other.closed


def test_who_is_slow_is_ended_with_a_word(talk):
    talk.serve(goodbye="goodbye")
    socket = talk.client()
    talk.entered(socket)
    transport: Any = socket.transport
    transport.credit, socket.push = 0, None
    for _ in range(talk.server.eio.limits.outgoing_frames + 1):
        talk.do(talk.server.emit("x"))
    assert said(socket)[1:] == ['2["goodbye",{"code":"slow","reconnect":true}]']


def test_a_parting_is_told_once_with_its_reason(talk):
    partings: list[tuple[str, str]] = []
    talk.server.on("disconnect", lambda sid, reason: partings.append((sid, str(reason))))
    left, dismissed, lost = talk.client(), talk.client(), talk.client()
    sids = [talk.entered(it) for it in (left, dismissed, lost)]
    talk.say(left, "1")
    talk.do(talk.server.disconnect(sids[1]))
    with talk.loop.within():
        lost.transport_closed(lost.transport, "transport close")
    talk.loop.settle()
    with talk.loop.within():
        for it in (left, dismissed):
            it.transport_closed(it.transport, "transport close")
    reasons = ["client disconnect", "server disconnect", "transport close"]
    assert partings == list(zip(sids, reasons, strict=True))
    assert said(dismissed)[1:] == ["1"]


def test_a_goodbye_to_all_is_spread(talk):
    talk.serve(goodbye="goodbye")
    sockets = [talk.client() for _ in range(4)]
    for it in sockets:
        talk.entered(it)
    talk.do(talk.server.shutdown(2, spread_ms=1000))
    assert talk.loop.now == pytest.approx(2)
    words = [json.loads(said(it)[-1][1:])[1] for it in sockets]
    assert [it["after_ms"] for it in words] == [0, 250, 500, 750]
    assert all(it.closed for it in sockets)


def test_nothing_is_left_of_who_is_gone(talk):
    sio = talk.server

    @sio.event
    async def connect(sid, environ):
        await sio.enter_room(sid, "room")

    for _ in range(5):
        socket = talk.client()
        talk.entered(socket)
        with talk.loop.within():
            socket.transport_closed(socket.transport, "transport close")
        talk.loop.settle()
    space: Any = sio.space("/")
    assert not sio.eio.sockets
    assert not space.members
    assert not space._rooms
    assert isinstance(space.everyone, Ring)
    assert not space.everyone.members


# --- refusing ---------------------------------------------------------------------------------------


def test_an_event_may_be_refused_by_its_name_before_it_is_read(talk):
    heard: list[str] = []
    server = talk.serve(namespaces=["/", "/chat"])
    server.on("*", lambda event, *_: heard.append(event))
    server.on("*", lambda event, *_: heard.append(event), namespace="/chat")
    client = talk.client()
    for namespace in ("/", "/chat"):
        talk.entered(client, namespace)
    before = len(said(client))
    server.refuse = lambda _sid, name: RawJSON(b'{"no":true}') if name == "costly" else None
    talk.say(client, '21["costly",{"a":1}]', '2["costly"]', '2/chat,3["costly"]', '24["cheap"]')
    assert said(client)[before:] == ['31[{"no":true}]', '3/chat,3[{"no":true}]', "34[]"]
    server.refuse = None
    talk.say(client, '2["costly"]')
    assert heard == ["cheap", "costly"]


def test_who_has_not_entered_is_not_answered_a_refusal(talk):
    talk.server.refuse = lambda _sid, _name: RawJSON(b"{}")
    client = talk.client()
    talk.say(client, '21["costly"]')
    assert client.closed


def test_the_sender_of_an_event_is_known_where_it_is_refused(talk):
    asked: list[tuple[str, str]] = []
    talk.server.refuse = lambda sid, name: asked.append((sid, name))
    client = talk.client()
    sid = talk.entered(client)
    talk.say(client, '2["x"]')
    assert asked == [(sid, "x")]


def test_who_floods_with_what_is_refused_is_ended_too(talk):
    talk.serve(Limits(events_per_second=10, event_burst_seconds=1), goodbye="goodbye")
    talk.server.refuse = lambda _sid, _name: RawJSON(b"{}")
    socket = talk.client()
    talk.entered(socket)
    talk.say(socket, *['2["x"]'] * 30)
    assert said(socket)[1:] == ['2["goodbye",{"code":"rate_limited","reconnect":true}]']
    assert socket.closed
