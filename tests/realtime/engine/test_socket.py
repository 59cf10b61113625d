"""One client in virtual time: heartbeats, patience, an upgrade, an end."""

import random
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.packets import Malformed
from tertulia.realtime.engine.socket import Socket
from tests.realtime.engine.fakes import FakeTransport, World, ear_of, parcel, received, transport_of

INTERVAL, TIMEOUT = 25.0, 20.0
PING = "2"
SLOT = 1.0


@pytest.fixture
def world() -> Iterator[World]:
    with World(Limits(drain_seconds=10), ping_interval=INTERVAL, ping_timeout=TIMEOUT) as world:
        yield world


def blocked(world: World) -> Socket:
    socket = world.socket()
    transport_of(socket).credit, socket.push = 0, None
    return socket


def pings(socket: Socket) -> int:
    return transport_of(socket).packets.count(PING)


def pong(world: World, socket: Socket) -> None:
    with world.loop.within():
        socket.receive("3", "")


def wait_for_ping(world: World, socket: Socket) -> float:
    """When the next comes, to a tenth of a second."""
    before = pings(socket)
    while pings(socket) == before and not socket.closed:
        world.loop.advance(0.1)
    return world.loop.now


# --- heartbeats -------------------------------------------------------------------------------------


def test_first_heartbeats_are_spread_over_the_interval(world):
    everyone = [world.socket() for _ in range(200)]
    world.loop.advance(0.2 * INTERVAL - SLOT)
    assert not sum(map(pings, everyone))
    world.loop.advance(0.4 * INTERVAL + SLOT)
    assert 50 < sum(map(pings, everyone)) < 150
    world.loop.advance(0.4 * INTERVAL + SLOT)
    assert sum(map(pings, everyone)) == 200


def test_the_random_sequence_of_an_application_is_left_alone(world):
    random.seed(7)
    drawn = random.random()
    random.seed(7)
    world.socket()
    assert random.random() == drawn


def test_the_next_heartbeat_comes_an_interval_after_the_pong(world):
    socket = world.socket()
    wait_for_ping(world, socket)
    world.loop.advance(5)
    pong(world, socket)
    answered = world.loop.now
    assert INTERVAL <= wait_for_ping(world, socket) - answered <= INTERVAL + SLOT + 0.2


def test_who_does_not_answer_is_closed(world):
    socket = world.socket()
    asked = wait_for_ping(world, socket)
    world.loop.advance(TIMEOUT - 0.2)
    assert not socket.closed
    world.loop.advance(SLOT + 0.4)
    assert ear_of(socket).reasons == ["ping timeout"]
    assert pings(socket) == 1
    assert socket.sid not in world.server.sockets
    assert world.loop.now - asked < TIMEOUT + 2 * SLOT


def test_a_heartbeat_goes_in_front_of_what_waits(world):
    socket = blocked(world)
    with world.loop.within():
        socket.send(parcel("waits"))
    world.loop.settle()
    world.server.limits = Limits(drain_seconds=1000)
    wait_for_ping(world, socket)
    assert transport_of(socket).packets == [PING]


def test_a_heartbeat_waits_for_a_poll_and_comes_first(world):
    socket = world.socket("polling")
    with world.loop.within():
        socket.send(parcel("waits"))
    world.loop.advance(INTERVAL + SLOT)
    with world.loop.within():
        transport_of(socket).take(1)
    assert transport_of(socket).packets == [PING, "4waits"]


def test_a_client_that_pings_is_closed(world):
    socket = world.socket()
    with world.loop.within():
        socket.receive("2", "")
    assert ear_of(socket).reasons == ["transport error"]


@pytest.mark.parametrize("kind", ["0", "1", "5", "6"])
def test_other_packets_are_nothing(world, kind):
    socket = world.socket()
    with world.loop.within():
        socket.receive(kind, "x")
    assert not socket.closed
    assert not ear_of(socket).messages


# --- patience ---------------------------------------------------------------------------------------


def test_who_owes_something_after_a_handshake_is_closed(world):
    quick, late = world.socket(), world.socket()
    ear_of(late).expected = True
    world.loop.advance(world.server.limits.handshake_seconds - 0.1)
    assert not late.closed
    world.loop.advance(SLOT + 0.2)
    assert ear_of(late).reasons == ["transport error"]
    assert not quick.closed


def test_what_is_expected_later_has_its_own_time(world):
    socket = world.socket()
    world.loop.advance(15)
    ear_of(socket).expected = True
    with world.loop.within():
        socket.expect()
    world.loop.advance(9.9)
    assert not socket.closed
    world.loop.advance(1.2)
    assert ear_of(socket).reasons == ["transport error"]


def test_who_takes_nothing_for_a_while_is_slow(world):
    stuck, trickling = blocked(world), blocked(world)
    for socket in (stuck, trickling):
        transport_of(socket).held_bytes = 1000
        with world.loop.within():
            socket.send(parcel("waits"))
    world.loop.settle()
    for _ in range(14):
        world.loop.advance(1)
        transport_of(trickling).held_bytes -= 10
        for socket in (stuck, trickling):
            if not socket.closed:
                pong(world, socket)
    assert ear_of(stuck).reasons == ["slow"]
    assert not trickling.closed


def test_who_takes_all_in_time_is_not_slow(world):
    socket = blocked(world)
    with world.loop.within():
        socket.send(parcel("waits"))
    world.loop.advance(8)
    with world.loop.within():
        transport_of(socket).take()
    pong(world, socket)
    world.loop.advance(12)
    assert not socket.closed


# --- messages ---------------------------------------------------------------------------------------


def test_messages_are_heard_until_it_is_closed(world):
    socket = world.socket()
    with world.loop.within():
        socket.receive("4", "first")
        socket.close("server disconnect")
        socket.receive("4", "second")
    assert ear_of(socket).messages == ["first"]


@pytest.mark.parametrize("error", [Malformed("nonsense"), RecursionError()])
def test_a_message_that_is_none_closes_its_sender(world, monkeypatch, error):
    socket, other = world.socket(), world.socket()

    def received(_data: object) -> None:
        raise error

    monkeypatch.setattr(ear_of(socket), "received", received)
    with world.loop.within():
        socket.receive("4", "x")
    assert ear_of(socket).reasons == ["parse error"]
    assert not other.closed


# --- the upgrade ------------------------------------------------------------------------------------


def upgraded(world: World, socket: Socket) -> FakeTransport:
    new: Any = FakeTransport()
    new.socket = socket
    with world.loop.within():
        assert socket.begin_upgrade(new)
        socket.upgrade(new)
    return cast("FakeTransport", new)


def test_what_waited_for_a_poll_goes_over_the_websocket(world):
    socket = world.socket("polling")
    old = transport_of(socket)
    with world.loop.within():
        for number in range(40):
            socket.send(parcel(str(number)))
    world.loop.settle()
    new = upgraded(world, socket)
    with world.loop.within():
        socket.send(parcel("last"))
    world.loop.settle()
    assert old.closing
    assert not received(old)
    assert received(new) == [*map(str, range(40)), "last"]


def test_only_one_may_take_over_and_only_from_polling(world):
    polling, websocket = world.socket("polling"), world.socket()
    first, second = cast("Any", FakeTransport()), cast("Any", FakeTransport())
    assert not websocket.begin_upgrade(first)
    assert polling.begin_upgrade(first)
    assert not polling.begin_upgrade(second)
    polling.give_up_upgrade(second)
    assert not polling.begin_upgrade(second)
    polling.give_up_upgrade(first)
    assert polling.begin_upgrade(second)


def test_the_end_of_the_client_ends_its_upgrade(world):
    socket, new = world.socket("polling"), FakeTransport()
    assert socket.begin_upgrade(cast("Any", new))
    with world.loop.within():
        socket.close("server disconnect")
    assert new.closing


def test_the_loss_of_a_transport_that_was_replaced_is_nothing(world):
    socket = world.socket("polling")
    old = transport_of(socket)
    upgraded(world, socket)
    with world.loop.within():
        socket.transport_closed(old, "transport close")
    assert not socket.closed


# --- the end ----------------------------------------------------------------------------------------


def test_closing_sends_what_is_owed_and_the_last_words(world):
    socket = blocked(world)
    with world.loop.within():
        socket.send(parcel("owed"))
        socket.close("server disconnect", parcel("goodbye"), code=1012)
    assert received(transport_of(socket)) == ["owed", "goodbye"]
    assert transport_of(socket).code == 1012
    assert ear_of(socket).reasons == ["server disconnect"]


def test_who_is_slow_gets_the_last_words_alone(world):
    world.server.goodbye = lambda _socket, reason: parcel(f"goodbye, {reason}")
    socket = blocked(world)
    with world.loop.within():
        for _ in range(world.server.limits.outgoing_frames + 1):
            socket.send(parcel("owed"))
    world.loop.settle()
    assert received(transport_of(socket)) == ["goodbye, slow"]
    assert ear_of(socket).reasons == ["slow"]


def test_it_ends_once(world):
    socket = world.socket()
    with world.loop.within():
        socket.abort("transport error")
        socket.close("server disconnect")
        socket.transport_closed(socket.transport, "transport close")
        socket.send(parcel("too late"))
    world.loop.settle()
    assert ear_of(socket).reasons == ["transport error"]
    assert not received(transport_of(socket))
    assert not world.server.sockets


def test_nobody_left_means_no_timer(world):
    everyone = [world.socket() for _ in range(5)]
    with world.loop.within():
        for socket in everyone:
            socket.close("server disconnect")
    world.loop.advance(2 * SLOT)
    assert world.loop.timers() == 0
