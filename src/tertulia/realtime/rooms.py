"""Who is where: members of a namespace, and the rings of its rooms."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tertulia.realtime.engine.outgoing import Outgoing
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.rings import Flusher, Ring
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.volatile import Volatile

if TYPE_CHECKING:
    from tertulia.realtime.client import Client

Callback = Callable[..., Any]


@dataclass(slots=True, eq=False)
class Member:
    """A client in a namespace."""

    sid: str
    namespace: str
    client: "Client"
    socket: Socket
    stamp: int
    """When it asked to come in: its CONNECT goes before all that was emitted since."""
    joined: bool = False
    gone: bool = False
    """It hears nothing any more; its session is there until the `disconnect` handler is done."""
    held: bool = False
    """Something is emitted to it that must wait for its CONNECT."""
    rooms: dict[Hashable, None] = field(default_factory=dict[Hashable, None])
    """A dictionary, which takes half of the memory of a set of this size."""
    session: dict[str, Any] | None = None
    callbacks: dict[int, Callback] | None = None
    last_id: int = 0

    def hold(self) -> None:
        """Keep what comes until it has its CONNECT."""
        if not self.joined and not self.held:
            self.held = True
            self.socket.hold()

    def expect(self, callback: Callback, most: int) -> int:
        """Remember who hears an acknowledgement; its id."""
        if self.callbacks is None:
            self.callbacks = {}
        if len(self.callbacks) >= most:
            del self.callbacks[next(iter(self.callbacks))]
        self.last_id += 1
        self.callbacks[self.last_id] = callback
        return self.last_id

    def answered(self, id_: int | None) -> Callback | None:
        """Who hears that acknowledgement, once."""
        if self.callbacks is None or id_ is None:
            return None
        return self.callbacks.pop(id_, None)


class Space:
    """One namespace."""

    def __init__(self, flusher: Flusher, volatile: Volatile) -> None:
        self.members: dict[str, Member] = {}
        self.everyone = Ring()
        self._rooms: dict[Hashable, Ring] = {}
        self._flusher = flusher
        self._volatile = volatile

    # --- coming and going -----------------------------------------------------------------------

    def join(self, member: Member) -> None:
        """A member hears what is emitted to everyone."""
        self._flusher.join(self.everyone, member.socket)

    def enter(self, member: Member, room: Hashable) -> None:
        """Put a member into a room."""
        member.hold()
        ring = self._rooms.get(room)
        if ring is None:
            ring = self._rooms[room] = Ring()
        self._flusher.join(ring, member.socket)
        member.rooms[room] = None

    def leave(self, member: Member, room: Hashable) -> None:
        """Take a member out of a room: it still hears what was emitted before."""
        ring = self._rooms.get(room)
        if ring is not None and room in member.rooms:
            member.rooms.pop(room, None)
            self._flusher.leave(ring, member.socket)
            self._drop_empty(room, ring)

    def close(self, room: Hashable) -> None:
        """Take everybody out of a room."""
        ring = self._rooms.get(room)
        if ring is not None:
            for member in [it for it in self.members.values() if room in it.rooms and not it.gone]:
                self.leave(member, room)

    def part(self, member: Member) -> None:
        """A member hears nothing of what comes, and is still known."""
        member.gone = True
        for room in member.rooms:
            ring = self._rooms[room]
            if member.joined:
                self._flusher.leave(ring, member.socket)
            elif member.socket in ring.members:  # who never came in hears nothing of its rooms
                self._flusher.forget(ring, member.socket)
            self._drop_empty(room, ring)
        self._flusher.leave(self.everyone, member.socket)
        self._volatile.forget(member.socket)

    def forget(self, member: Member) -> None:
        """A member is not known any more."""
        self.members.pop(member.sid, None)

    def find(self, sid: Any) -> Member | None:
        """A member who hears what is emitted."""
        member = self.members.get(sid)
        return None if member is None or member.gone else member

    def members_in(self, room: Hashable, namespace: str) -> list["Member"]:
        """Those who are in a room of this namespace; a client is alone in the room of its name."""
        ring = self._rooms.get(room)
        sockets = cast("Iterable[Socket]", () if ring is None else ring.members)
        clients = [cast("Client", it.receiver) for it in sockets]
        found = [member for it in clients if (member := it.member_in(namespace)) is not None]
        alone = self.find(room)
        return [*found, alone] if alone else found

    def _drop_empty(self, room: Hashable, ring: Ring) -> None:
        if not ring.members:
            del self._rooms[room]

    # --- emitting -------------------------------------------------------------------------------

    def audience(self, to: Any) -> "Audience | None":
        """Whom a target names: everyone, a client, a room, or a list of those. None: nobody is there."""
        if isinstance(to, str):
            ring, member = self._rooms.get(to), self.find(to)
            if ring is None and member is None:
                return None
            return Audience((ring,) if ring else (), (member,) if member else ())
        if to is None:
            return Audience((self.everyone,), ()) if self.everyone.members else None
        names = cast("Iterable[Any]", to) if isinstance(to, list | tuple | set) else (to,)
        rings = [ring for name in names if (ring := self._rooms.get(name)) is not None]
        members = [it for name in names if (it := self.find(name)) is not None]
        return Audience(rings, members) if rings or members else None

    def sockets(self, sids: str | Iterable[str] | None) -> Set[Socket]:
        """The sockets of clients."""
        if not sids:
            return frozenset()
        names = (sids,) if isinstance(sids, str) else sids
        return frozenset(it.socket for sid in names if (it := self.find(sid)) is not None)

    def members_of(self, audience: "Audience", skip: Set[Socket]) -> list[Member]:
        """Every member of an audience, once."""
        heard: set[Outgoing] = set(skip)
        for ring in audience.rings:
            heard.update(ring.members)
        heard.update(it.socket for it in audience.members)
        heard -= skip
        return [it for it in self.members.values() if it.socket in heard and not it.gone]

    def send(self, audience: "Audience", parcel: Parcel, skip: Set[Socket]) -> None:
        """Send a parcel to an audience, to each once."""
        heard = skip
        for ring in audience.rings:
            self._flusher.to_ring(ring, parcel, heard)
            if not audience.is_one():
                heard = heard | ring.members.keys()
        for member in audience.members:
            if member.socket not in heard:
                member.hold()
                member.socket.send(parcel)
                heard = heard | {member.socket}

    def send_volatile(
        self, audience: "Audience", subject: Hashable, parcel: Parcel, skip: Set[Socket]
    ) -> None:
        """Send a parcel to those of an audience who keep up."""
        for ring in audience.rings:
            self._volatile.to_ring(ring, subject, parcel, skip)
        for member in audience.members:
            if member.socket not in skip and member.joined:
                self._volatile.to_one(member.socket, subject, parcel)


class Audience:
    """Whom an event goes to."""

    __slots__ = ("members", "rings")

    def __init__(self, rings: Sequence[Ring], members: Sequence[Member]) -> None:
        self.rings = rings
        self.members = members

    def is_one(self) -> bool:
        """Whether it is a single room or client, so that nobody can be in it twice."""
        return len(self.rings) + len(self.members) == 1

    def is_crowded(self) -> bool:
        """Whether whoever emits should give way."""
        for ring in self.rings:
            if ring.is_crowded():
                return True
        return any(member.socket.is_crowded() for member in self.members)

    async def give_way(self) -> None:
        """Let what waits be sent, if it is much."""
        if len(self.members) == 1 and not self.rings:
            await self.members[0].socket.give_way()
        elif self.is_crowded():
            await asyncio.sleep(0)
