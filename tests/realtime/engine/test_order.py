"""Whatever is emitted, held, left and lost: each client gets what a list of its own would have held.

A machine of states makes moves at random and compares, after each, with a model that is one list per socket.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.rings import Ring
from tertulia.realtime.engine.socket import Socket
from tests.realtime.engine.fakes import FakeTransport, World, ear_of, parcel, received, transport_of

FRAMES, BYTES, LONGEST = 12, 1200, 405
LIMITS = Limits(outgoing_frames=FRAMES, outgoing_bytes=BYTES)
VOLATILE = "~"
SOME = 5
WHO = st.integers(0, SOME - 1)
RING = st.integers(0, 2)
SIZE = st.sampled_from([0, 0, 0, 100, 400])
ONE_IN_FOUR = st.sampled_from([False, False, False, True])


@dataclass
class Told:
    """Something that was emitted where a socket listens."""

    stamp: int
    text: str
    size: int
    is_skipped: bool = False


@dataclass(eq=False)
class Client:
    """What a socket should have, and how it got there."""

    socket: Socket
    transports: list[FakeTransport]
    told: list[Told] = field(default_factory=list)
    rings: set[int] = field(default_factory=set)
    holds: list[int] = field(default_factory=list)
    """The stamp of each."""
    may_overrun: bool = False

    @property
    def expected(self) -> list[str]:
        return [it.text for it in self.told if not it.is_skipped]

    @property
    def got(self) -> list[str]:
        return [it for it in received(*self.transports) if not it.startswith(VOLATILE)]

    @property
    def volatile(self) -> list[str]:
        return [it for it in received(*self.transports) if it.startswith(VOLATILE)]

    def owed(self) -> list[Told]:
        """Everything from the first that it has not got."""
        got = len(self.got)
        for at, told in enumerate(self.told):
            if not told.is_skipped:
                if got == 0:
                    return self.told[at:]
                got -= 1
        return []

    def tell(self, stamp: int, text: str, it: Parcel, is_skipped: bool = False) -> None:
        """Something is emitted to it; remember whether more waits than may."""
        at = bisect_right([told.stamp for told in self.told], stamp)
        self.told.insert(at, Told(stamp, text, len(it.wire), is_skipped))
        owed = self.owed()
        self.may_overrun |= len(owed) > FRAMES or sum(it.size for it in owed) > BYTES


class Delivery(RuleBasedStateMachine):
    """Sockets and rings, and all that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(LIMITS)
        self.rings = [Ring() for _ in range(3)]
        self.everyone: list[Client] = []
        self.number = 0
        for name in ("websocket", "websocket", "polling"):
            self.come(name)

    def teardown(self) -> None:
        try:
            self.world.loop.settle()
            self.all_is_as_the_model_says()
        finally:
            self.world.loop.close()

    def come(self, name: str) -> Client:
        transport = FakeTransport(name)
        transport.most = 4
        socket = self.world.socket(transport=transport)
        client = Client(socket, [transport])
        self.everyone.append(client)
        for ring in (0, 1):
            self.let_join(client, ring)
        return client

    def let_join(self, client: Client, ring: int) -> None:
        with self.world.loop.within():
            self.world.flusher.join(self.rings[ring], client.socket)
        client.rings.add(ring)

    def open(self) -> list[Client]:
        return [it for it in self.everyone if not it.socket.closed and not it.socket.overrun]

    def pick(self, who: int) -> Client:
        clients = self.open() or [self.come("websocket")]
        return clients[who % len(clients)]

    def new(self, size: int) -> tuple[str, Parcel]:
        self.number += 1
        return str(self.number), parcel(str(self.number), size)

    # --- moves ----------------------------------------------------------------------------------

    @rule(name=st.sampled_from(["websocket", "polling"]))
    def another_comes(self, name):
        if len(self.open()) < SOME:
            self.come(name)

    @rule(who=WHO, ring=RING)
    def join(self, who, ring):
        self.let_join(self.pick(who), ring)

    @rule(who=WHO, ring=RING)
    def leave(self, who, ring):
        client = self.pick(who)
        with self.world.loop.within():
            self.world.flusher.leave(self.rings[ring], client.socket)
        client.rings.discard(ring)

    @rule(rings=st.lists(RING, min_size=1, max_size=6), size=SIZE, skipped=st.sets(WHO, max_size=1))
    def emit(self, rings, size, skipped):
        skip = frozenset(self.pick(who).socket for who in skipped)
        for ring in rings:
            text, it = self.new(size)
            with self.world.loop.within():
                self.world.flusher.to_ring(self.rings[ring], it, skip)
            for client in self.open():
                if ring in client.rings:
                    client.tell(self.world.flusher.stamp, text, it, client.socket in skip)

    @rule(who=WHO, size=SIZE)
    def tell(self, who, size):
        client = self.pick(who)
        text, it = self.new(size)
        with self.world.loop.within():
            client.socket.send(it)
        client.tell(self.world.flusher.stamp, text, it)

    @rule(ring=RING, subject=st.sampled_from(["ada", "grace"]))
    def whisper(self, ring, subject):
        text, _ = self.new(0)
        it = parcel(f"{VOLATILE}{subject}{text}")
        with self.world.loop.within():
            self.world.server.volatile.to_ring(self.rings[ring], subject, it, frozenset())

    @rule(who=WHO, writes=st.sampled_from([1, 2, float("inf")]))
    def take(self, who, writes):
        transport = transport_of(self.pick(who).socket)
        with self.world.loop.within():
            transport.take(1 if transport.name == "polling" else writes)

    @rule(who=WHO)
    def block(self, who):
        client = self.pick(who)
        if transport_of(client.socket).name == "websocket":
            transport_of(client.socket).credit, client.socket.push = 0, None

    @rule(who=WHO, really=ONE_IN_FOUR)
    def hold(self, who, really):
        client = self.pick(who)
        if really:
            client.socket.hold()
            client.holds.append(self.world.flusher.stamp)

    @rule(who=WHO)
    def release(self, who):
        client = self.pick(who)
        if client.holds:
            stamp = client.holds.pop()
            text, it = self.new(0)
            with self.world.loop.within():
                client.socket.release((stamp, it))
            client.tell(stamp, text, it)

    @rule(who=WHO)
    def upgrade(self, who):
        client = self.pick(who)
        if transport_of(client.socket).name == "polling":
            new = FakeTransport()
            new.most = 4
            new.socket = client.socket
            client.transports.append(new)
            with self.world.loop.within():
                client.socket.upgrade(cast("Any", new))

    @rule(who=WHO, really=ONE_IN_FOUR)
    def close(self, who, really):
        client = self.pick(who)
        if really:
            with self.world.loop.within():
                client.socket.close("server disconnect")
            assert client.got == client.expected, "the last that it is owed is sent"

    @rule(who=WHO, really=ONE_IN_FOUR)
    def vanish(self, who, really):
        socket = self.pick(who).socket
        if really:
            with self.world.loop.within():
                socket.transport_closed(socket.transport, "transport close")

    @rule()
    def turn(self):
        self.world.loop.turn()

    @rule(seconds=st.sampled_from([0.1, 0.3]))
    def wait(self, seconds):
        self.world.loop.advance(seconds)
        self.all_is_as_the_model_says()

    # --- what must be ---------------------------------------------------------------------------

    @invariant()
    def nobody_has_what_it_should_not(self):
        for client in self.everyone:
            assert client.got == client.expected[: len(client.got)]
            assert len(set(client.volatile)) == len(client.volatile)
            reasons = ear_of(client.socket).reasons
            assert len(reasons) <= 1
            if client.socket.overrun:
                assert client.may_overrun

    def all_is_as_the_model_says(self) -> None:
        """When nothing is under way."""
        for client in self.everyone:
            socket, transport = client.socket, transport_of(client.socket)
            if socket.closed:
                assert not socket.rings
                assert len(ear_of(socket).reasons) == 1
            elif transport.ready and not client.holds:
                assert client.got == client.expected
            else:
                missing = [it.size for it in client.owed() if not it.is_skipped]
                assert len(missing) <= FRAMES
                assert sum(missing) <= BYTES + LONGEST, "the longest of its own does not count"
        for name, ring in enumerate(self.rings):
            members = [it for it in self.everyone if it.socket in ring.members]
            assert members == [it for it in self.open() if name in it.rings]
            if all(not it.owed() for it in members):
                assert ring.base == ring.head, "nothing is kept for nobody"


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=150,
    stateful_step_count=50,
    deadline=None,
    phases=[
        Phase.reuse,
        Phase.generate,
    ],  # making it smaller takes minutes: ask for that when it fails
)
