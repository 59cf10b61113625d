"""What may be lost: of each subject the last value, at most four a second, to whoever keeps up."""

from collections.abc import Callable, Iterator

import pytest

from tertulia.realtime.engine.rings import SLICE, Ring
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.volatile import MOST_SUBJECTS, WINDOW_SECONDS
from tests.realtime.engine.fakes import World, ear_of, parcel, received, transport_of

LIMIT = 256


class Room:
    """A ring whose members type."""

    def __init__(self, *names: str, size: int = 0) -> None:
        self.world = World()
        self.ring = Ring()
        self.sockets = [self.world.socket(name) for name in names or ["websocket"] * size]
        for socket in self.sockets:
            self.world.flusher.join(self.ring, socket)

    def whisper(self, subject: str, text: str, *skip: Socket) -> None:
        with self.world.loop.within():
            self.world.server.volatile.to_ring(self.ring, subject, parcel(text), frozenset(skip))

    def emit(self, text: str, times: int = 1) -> None:
        with self.world.loop.within():
            for _ in range(times):
                self.world.flusher.to_ring(self.ring, parcel(text))

    def block(self, socket: Socket) -> None:
        transport_of(socket).credit, socket.push = 0, None

    def take(self, socket: Socket) -> None:
        with self.world.loop.within():
            transport_of(socket).take()

    def window(self) -> None:
        self.world.loop.advance(WINDOW_SECONDS)


@pytest.fixture
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    room = Room(*getattr(request, "param", ["websocket", "websocket"]))
    yield room
    room.world.loop.close()


def got(socket: Socket) -> list[str]:
    return received(transport_of(socket))


def test_the_first_value_goes_at_once_and_the_last_at_the_end_of_the_window(room):
    for text in ("a", "b", "c", "d"):
        room.whisper("ada", text)
    assert [got(it) for it in room.sockets] == [["a"], ["a"]]
    room.window()
    assert [got(it) for it in room.sockets] == [["a", "d"], ["a", "d"]]


def test_subjects_do_not_hide_each_other(room):
    room.whisper("ada", "a")
    room.whisper("grace", "g")
    assert got(room.sockets[0]) == ["a", "g"]


def test_a_value_a_window_however_many_there_are(room):
    for number in range(40):
        room.whisper("ada", str(number))
        room.world.loop.advance(WINDOW_SECONDS / 10)
    room.window()
    assert len(got(room.sockets[0])) <= 6
    assert got(room.sockets[0])[-1] == "39"


def test_silence_leaves_no_timer(room):
    room.whisper("ada", "a")
    room.window()
    room.world.loop.advance(0.01)
    before = room.world.loop.timers()
    room.window()
    assert room.world.loop.timers() == before
    room.whisper("ada", "b")
    assert got(room.sockets[0]) == ["a", "b"], "after a quiet window it goes at once again"


def test_who_is_skipped_does_not_hear_it(room):
    ada, grace = room.sockets
    for text in ("a", "b"):
        room.whisper("ada", text, ada)
    room.window()
    assert (got(ada), got(grace)) == ([], ["a", "b"])


def test_who_is_behind_gets_the_last_value_after_what_it_is_owed(room):
    slow = room.sockets[0]
    room.block(slow)
    room.emit("message")
    for text in ("a", "b"):
        room.whisper("ada", text)
        room.window()
    assert not got(slow)
    room.take(slow)
    assert got(slow) == ["message", "b"]


def test_at_half_of_its_bound_a_client_gets_none(room):
    slow = room.sockets[0]
    room.block(slow)
    room.emit("message", LIMIT // 2 + 1)
    room.world.loop.settle()
    room.whisper("ada", "a")
    room.take(slow)
    assert got(slow) == ["message"] * (LIMIT // 2 + 1)


def test_volatile_events_end_nobody(room):
    slow = room.sockets[0]
    room.block(slow)
    for number in range(3 * LIMIT):
        room.whisper(f"subject {number}", "x")
    room.window()
    assert not ear_of(slow).reasons
    room.take(slow)
    assert len(got(slow)) <= 64, "of so many subjects the last value is kept"


def test_what_is_emitted_before_is_not_overtaken(room):
    room.emit("message")
    room.whisper("ada", "typing")
    room.world.loop.settle()
    assert got(room.sockets[0]) == ["message", "typing"]


@pytest.mark.parametrize("room", [["polling", "websocket"]], indirect=True)
def test_a_poll_that_waits_is_answered(room):
    poller = room.sockets[0]
    with room.world.loop.within():
        transport_of(poller).take(1)
    room.whisper("ada", "a")
    room.world.loop.settle()
    assert got(poller) == ["a"]


def test_who_has_left_does_not_hear_the_end_of_the_window(room):
    gone = room.sockets[0]
    room.whisper("ada", "a")
    room.whisper("ada", "b")
    with room.world.loop.within():
        room.world.flusher.leave(room.ring, gone)
    room.window()
    assert got(gone) == ["a"]


def test_a_large_room_is_told_in_slices():
    room = Room(size=2 * SLICE + 1)
    room.whisper("ada", "a")
    told = [sum(bool(got(it)) for it in room.sockets)]
    while told[-1] < len(room.sockets):
        room.world.loop.turn()
        told.append(sum(bool(got(it)) for it in room.sockets))
    assert told == [SLICE, 2 * SLICE, 2 * SLICE + 1]
    room.world.loop.close()


def test_while_there_is_too_much_to_do_the_last_value_waits(room):
    busy = True
    room.world.server.volatile.waits = lambda: busy
    room.whisper("ada", "a")
    room.whisper("ada", "b")
    with room.world.loop.within():
        for text in ("online", "offline"):
            room.world.server.volatile.to_one(room.sockets[0], "grace", parcel(text))
    for _ in range(3):
        room.window()
    assert [got(it) for it in room.sockets] == [[], []]
    busy = False
    room.window()
    assert [got(it) for it in room.sockets] == [["b", "offline"], ["b"]]


def tell(room: Room, socket: Socket, subject: str, text: str) -> None:
    with room.world.loop.within():
        room.world.server.volatile.to_one(socket, subject, parcel(text))


@pytest.fixture
def put_off(room: Room) -> Callable[[], None]:
    """There is too much to do, until it is called."""
    busy = True
    room.world.server.volatile.waits = lambda: busy

    def end() -> None:
        nonlocal busy
        busy = False

    return end


def test_no_value_is_told_after_a_later_one_when_there_is_less_to_do(room, put_off):
    first = room.sockets[0]
    room.whisper("ada", "a")
    tell(room, first, "grace", "offline")
    put_off()
    room.whisper("ada", "b")
    tell(room, first, "grace", "online")
    room.window()
    assert [got(it) for it in room.sockets] == [["b", "online"], ["b"]]


def test_no_value_is_told_after_a_later_one_when_no_more_may_wait(room, put_off):
    first, other = room.sockets
    for number in range(MOST_SUBJECTS):
        room.whisper(f"subject {number}", "old")
        tell(room, first, f"subject {number}", "old")
    room.whisper("subject 0", "new")
    tell(room, first, "subject 0", "new")
    room.whisper("late", "late")
    tell(room, first, "late", "late")
    assert [got(first), got(other)] == [["late", "late"], ["late"]]
    put_off()
    room.window()
    room.world.loop.settle()
    assert got(other) == ["late", "new"] + ["old"] * (MOST_SUBJECTS - 1)


def test_what_a_client_may_not_know_any_more_is_not_told_late(room, put_off):
    first, other = room.sockets
    for subject in ("grace", "ada"):
        tell(room, first, subject, subject)
        tell(room, other, subject, subject)
    room.world.server.volatile.forget(first)
    room.world.server.volatile.forget_subject("grace")
    put_off()
    room.window()
    assert [got(first), got(other)] == [[], ["ada"]]


def test_who_is_gone_takes_no_place_of_what_waits(room, put_off):
    first, other = room.sockets
    for number in range(MOST_SUBJECTS):
        tell(room, first, f"subject {number}", "x")
    with room.world.loop.within():
        first.abort("gone")
    room.window()
    tell(room, other, "ada", "a")
    assert not got(other)
    put_off()
    room.window()
    assert got(other) == ["a"]


def test_who_is_behind_and_has_left_does_not_hear_it_later(room):
    slow = room.sockets[0]
    room.block(slow)
    room.whisper("ada", "a")
    tell(room, slow, "grace", "online")
    with room.world.loop.within():
        room.world.flusher.leave(room.ring, slow)
    room.take(slow)
    assert got(slow) == ["online"]


def test_who_is_behind_and_asks_anew_does_not_hear_the_older_value_after_it(room):
    slow = room.sockets[0]
    room.block(slow)
    room.whisper("ada", "a")
    tell(room, slow, "grace", "offline")
    room.world.server.volatile.forget(slow)
    room.take(slow)
    assert got(slow) == ["a"]
