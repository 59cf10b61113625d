"""Fan-out: one write for all that is due, slices, bounds, and nothing kept for nobody."""

from collections.abc import Iterator

import pytest

from tertulia.realtime.engine.limits import MIB
from tertulia.realtime.engine.rings import CROWDED, KEPT, MOST, SLICE, Ring
from tertulia.realtime.engine.socket import Socket
from tests.realtime.engine.fakes import FakeTransport, World, ear_of, parcel, received, transport_of

LIMIT = 256
KIB = 1024


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


class Room:
    """A ring, and what is emitted to it."""

    def __init__(self, world: World, members: list[Socket]) -> None:
        self.world = world
        self.ring = Ring()
        self.sent: list[str] = []
        for socket in members:
            world.flusher.join(self.ring, socket)

    def emit(self, count: int = 1, size: int = 0, skip: frozenset[Socket] = frozenset()) -> None:
        """Without a turn of the loop between."""
        with self.world.loop.within():
            for _ in range(count):
                text = str(len(self.sent))
                self.sent.append(text)
                self.world.flusher.to_ring(self.ring, parcel(text, size), skip)

    def is_empty(self) -> bool:
        return self.ring.base == self.ring.head


def got(socket: Socket) -> list[str]:
    return received(transport_of(socket))


def blocked(world: World) -> Socket:
    socket = world.socket()
    transport_of(socket).credit, socket.push = 0, None
    return socket


# --- writes -----------------------------------------------------------------------------------------


def test_all_of_a_turn_is_one_write(world):
    room = Room(world, [world.socket() for _ in range(5)])
    room.emit(50)
    world.loop.settle()
    for socket in room.ring.members:
        transport = transport_of(socket)  # type: ignore[arg-type]
        assert transport.writes == [50]
        assert received(transport) == room.sent


class Keeping(FakeTransport):
    """Remembers the very bytes that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.wires: list[bytes] = []

    def write(self, wire: bytes) -> None:
        self.wires.append(wire)
        super().write(wire)


def test_the_bytes_are_the_same_for_all(world):
    transports = [Keeping() for _ in range(20)]
    room = Room(world, [world.socket(transport=it) for it in transports])
    room.emit(3)
    world.loop.settle()
    assert len({id(it.wires[-1]) for it in transports}) == 1


def test_nothing_is_written_before_the_turn_ends(world):
    socket = world.socket()
    Room(world, [socket]).emit()
    assert not got(socket)
    world.loop.turn()
    assert got(socket) == ["0"]


def test_a_sweep_gives_way_after_a_slice(world):
    everyone = [world.socket() for _ in range(2 * SLICE + 50)]
    room = Room(world, everyone)
    room.emit()
    for reached in (SLICE, 2 * SLICE, len(everyone)):
        world.loop.turn()
        assert sum(bool(got(it)) for it in everyone) == reached
    assert room.is_empty()


def test_another_room_does_not_wait_for_a_large_one(world):
    large = Room(world, [world.socket() for _ in range(4 * SLICE)])
    small = Room(world, [world.socket()])
    large.emit()
    small.emit()
    world.loop.turn()
    world.loop.turn()
    (member,) = small.ring.members
    assert transport_of(member).packets  # type: ignore[arg-type]
    world.loop.settle()


def test_what_is_emitted_during_a_sweep_comes_once_and_in_order(world):
    everyone = [world.socket() for _ in range(3 * SLICE)]
    room = Room(world, everyone)
    for _ in range(7):
        room.emit(2)
        world.loop.turn()
    world.loop.settle()
    assert all(got(it) == room.sent for it in everyone)
    assert room.is_empty()


def test_the_window_grows_under_load(world):
    """Many turns of emitting lead to a few writes for each member of a large room."""
    everyone = [world.socket() for _ in range(4 * SLICE)]
    room = Room(world, everyone)
    for _ in range(40):
        room.emit()
        world.loop.turn()
    world.loop.settle()
    assert max(len(transport_of(it).writes) for it in everyone) <= 11


def test_a_full_ring_is_swept_at_once(world):
    ready, behind = world.socket(), blocked(world)
    room = Room(world, [ready, behind])
    room.emit(MOST + 1)
    assert len(got(ready)) == MOST, "no turn of the loop was made"
    assert room.ring.head - room.ring.base <= KEPT + 1
    world.loop.settle()
    assert got(ready) == room.sent
    assert ear_of(behind).reasons == ["slow"]
    assert room.is_empty()


def test_a_ring_that_is_full_of_bytes_is_swept_at_once(world):
    ready = world.socket()
    room = Room(world, [ready])
    room.emit(6, size=MIB)
    assert got(ready)
    world.loop.settle()
    assert got(ready) == room.sent


def test_whoever_emits_much_should_give_way(world):
    room = Room(world, [world.socket()])
    room.emit(CROWDED - 1)
    assert not room.ring.is_crowded()
    room.emit()
    assert room.ring.is_crowded()
    world.loop.settle()
    assert not room.ring.is_crowded()


def test_a_transport_that_breaks_harms_only_its_own_client(world):
    class Broken(FakeTransport):
        def write(self, wire: bytes) -> None:
            if self.socket.rings:
                raise RuntimeError("the handler is closed")
            super().write(wire)

    broken = world.socket(transport=Broken())
    others = [world.socket(), world.socket()]
    room = Room(world, [others[0], broken, others[1]])
    room.emit()
    world.loop.settle()
    room.emit()
    world.loop.settle()
    assert [got(it) for it in others] == [room.sent, room.sent]
    assert ear_of(broken).reasons == ["transport error"]


# --- joining and leaving ----------------------------------------------------------------------------


def test_who_joins_hears_what_is_emitted_from_then_on(world):
    first, second = world.socket(), world.socket()
    room = Room(world, [first])
    room.emit()
    world.flusher.join(room.ring, second)
    room.emit()
    world.loop.settle()
    assert (got(first), got(second)) == (["0", "1"], ["1"])


def test_who_leaves_hears_what_was_emitted_until_then(world):
    first, second = world.socket(), world.socket()
    room = Room(world, [first, second])
    room.emit()
    with world.loop.within():
        world.flusher.leave(room.ring, second)
    room.emit()
    world.loop.settle()
    assert (got(first), got(second)) == (["0", "1"], ["0"])
    assert room.is_empty()


def test_joining_twice_and_leaving_what_was_never_joined_are_nothing(world):
    socket, stranger = world.socket(), world.socket()
    room = Room(world, [socket, socket])
    with world.loop.within():
        world.flusher.leave(room.ring, stranger)
    room.emit()
    world.loop.settle()
    assert (got(socket), got(stranger)) == (["0"], [])


def test_emitting_to_nobody_keeps_nothing(world):
    room = Room(world, [])
    room.emit(10)
    assert room.is_empty()
    assert world.flusher.stamp == 0


# --- slow consumers ---------------------------------------------------------------------------------


def test_who_is_behind_may_hold_256_frames_and_gets_them_later(world):
    slow, quick = blocked(world), world.socket()
    room = Room(world, [slow, quick])
    for _ in range(LIMIT):
        room.emit()
        world.loop.settle()
    assert not slow.closed
    with world.loop.within():
        transport_of(slow).take()
    world.loop.settle()
    assert got(slow) == got(quick) == room.sent
    assert room.is_empty()


def test_a_frame_more_ends_it_once(world):
    slow, quick = blocked(world), world.socket()
    room = Room(world, [slow, quick])
    for _ in range(LIMIT + 20):
        room.emit()
        world.loop.settle()
    assert ear_of(slow).reasons == ["slow"]
    assert not slow.rings
    assert got(quick) == room.sent
    assert room.is_empty()


def test_a_mebibyte_ends_it_too(world):
    slow = blocked(world)
    room = Room(world, [slow])
    for _ in range(MIB // (64 * KIB) - 1):
        room.emit(size=64 * KIB)
        world.loop.settle()
    assert not slow.closed
    room.emit(2, size=64 * KIB)
    world.loop.settle()
    assert ear_of(slow).reasons == ["slow"]


def test_frames_of_several_rooms_and_its_own_count_together(world):
    slow = blocked(world)
    rooms = [Room(world, [slow]), Room(world, [slow])]
    for _ in range(LIMIT // 4):
        for room in rooms:
            room.emit()
        with world.loop.within():
            slow.send(parcel("own"))
        world.loop.settle()
    assert not slow.closed
    for room in rooms:
        room.emit(LIMIT // 8 + 1)
    world.loop.settle()
    assert ear_of(slow).reasons == ["slow"]


def test_what_a_ring_keeps_for_the_slow_is_bounded_meanwhile(world):
    slow, quick = blocked(world), world.socket()
    room = Room(world, [slow, quick])
    for _ in range(3 * LIMIT):
        room.emit()
        world.loop.turn()
        assert room.ring.head - room.ring.base <= KEPT + 2
    world.loop.settle()


def test_what_was_kept_for_one_goes_with_it(world):
    slow = blocked(world)
    room = Room(world, [slow, world.socket()])
    room.emit(10)
    world.loop.settle()
    assert not room.is_empty()
    with world.loop.within():
        slow.transport_closed(slow.transport, "transport close")
    assert room.is_empty()


def test_its_own_words_do_not_make_a_polling_client_slow(world):
    """It posts a lot that goes to the others, and asks for packets only then."""
    poller, other = world.socket("polling"), world.socket()
    room = Room(world, [poller, other])
    for _ in range(2 * LIMIT):
        room.emit(skip=frozenset({poller}))
        world.loop.settle()
    assert not poller.closed
    room.emit()
    world.loop.settle()
    with world.loop.within():
        transport_of(poller).take(1)
    assert got(poller) == room.sent[-1:]
    assert room.is_empty()


def test_a_polling_reply_holds_sixteen_packets(world):
    poller = world.socket("polling")
    room = Room(world, [poller])
    room.emit(20)
    world.loop.settle()
    for expected in ([16], [16, 4]):
        with world.loop.within():
            transport_of(poller).take(1)
        assert transport_of(poller).writes == expected
    assert got(poller) == room.sent
