"""A pause: nothing that was told is written before it ends, and clients are still answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tertulia.realtime.engine.rings import MOST, Ring
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Reason
from tests.realtime.engine.fakes import World, parcel, received, transport_of


class Paused(World):
    """A server that may be paused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on = False
        self.flusher.pause.is_on = lambda: self.on
        self.ring = Ring()

    def member(self, name: str = "websocket") -> Socket:
        socket = self.socket(name)
        self.flusher.join(self.ring, socket)
        return socket

    def tell(self, *texts: str) -> None:
        with self.loop.within():
            for text in texts:
                self.flusher.to_ring(self.ring, parcel(text))

    def end(self) -> None:
        self.on = False
        with self.loop.within():
            self.flusher.resume()
        self.loop.settle()


@pytest.fixture
def world() -> Iterator[Paused]:
    with Paused() as world:
        yield world


def got(socket: Socket) -> list[str]:
    return received(transport_of(socket))


def test_what_was_told_before_a_pause_waits_for_its_end(world):
    ana, bruno = world.member(), world.member()
    world.tell("1")
    world.on = True  # as when the process was stopped between telling and writing
    world.loop.settle()
    assert got(ana) == got(bruno) == []
    world.end()
    assert got(ana) == got(bruno) == ["1"]


def test_what_is_told_in_a_pause_follows_in_order(world):
    ana = world.member()
    world.tell("1")
    world.on = True
    world.loop.settle()
    world.tell("2", "3")
    world.loop.settle()
    assert got(ana) == []
    world.end()
    world.tell("4")
    world.loop.settle()
    assert got(ana) == ["1", "2", "3", "4"]


def test_a_client_is_answered_in_a_pause_with_what_came_since_alone(world):
    ana = world.member()
    with world.loop.within():
        ana.send(parcel("before"))
    world.on = True
    world.loop.settle()
    with world.loop.within():
        ana.send(parcel("refused"))
    world.loop.settle()
    assert got(ana) == ["refused"]
    world.end()
    assert got(ana) == ["refused", "before"]


def test_a_poll_fetches_nothing_that_was_told(world):
    ana = world.member("polling")
    world.tell("1")
    world.on = True
    world.loop.settle()
    with world.loop.within():
        transport_of(ana).take(1)
    assert got(ana) == []
    world.end()
    assert got(ana) == ["1"]


def test_who_leaves_a_room_in_a_pause_gets_what_it_is_owed_afterwards(world):
    ana = world.member()
    world.tell("1")
    world.on = True
    world.loop.settle()
    world.tell("2")
    with world.loop.within():
        world.flusher.leave(world.ring, ana)
    world.tell("3")
    world.loop.settle()
    assert got(ana) == []
    world.end()
    assert got(ana) == ["1", "2"]


def test_who_is_closed_in_a_pause_gets_the_last_words_alone(world):
    ana = world.member()
    world.tell("1")
    world.on = True
    world.loop.settle()
    with world.loop.within():
        ana.close(Reason.SERVER_DISCONNECT, parcel("goodbye"))
    world.loop.settle()
    assert got(ana) == ["goodbye"]


def test_a_full_ring_is_not_swept_in_a_pause(world):
    ana = world.member()
    world.on = True
    world.tell(*map(str, range(MOST + 2)))
    world.loop.settle()
    assert got(ana) == []


def test_heartbeats_go_on():
    with Paused(ping_interval=1, ping_timeout=1) as beating:
        ana = beating.member()
        beating.on = True
        beating.tell("1")
        beating.loop.advance(1.5)
        assert transport_of(ana).packets == ["2"]
