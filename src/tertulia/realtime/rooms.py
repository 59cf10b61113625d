"""Who is where: members of a namespace, and the rings of its rooms."""

from collections.abc import Callable, Hashable, Iterable, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

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
    held: bool = False
    """Something is emitted to it that must wait for its CONNECT."""
    rooms: set[Hashable] = field(default_factory=set)
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
        member.rooms.add(room)

    def leave(self, member: Member, room: Hashable) -> None:
        """Take a member out of a room: it still hears what was emitted before."""
        ring = self._rooms.get(room)
        if ring is not None and room in member.rooms:
            member.rooms.discard(room)
            self._flusher.leave(ring, member.socket)
            self._drop_empty(room, ring)

    def close(self, room: Hashable) -> None:
        """Take everybody out of a room."""
        ring = self._rooms.get(room)
        if ring is not None:
            for member in [it for it in self.members.values() if room in it.rooms]:
                self.leave(member, room)

    def remove(self, member: Member) -> None:
        """A member is gone."""
        del self.members[member.sid]
        for room in list(member.rooms):
            self.leave(member, room)
        self._flusher.leave(self.everyone, member.socket)

    def _drop_empty(self, room: Hashable, ring: Ring) -> None:
        if not ring.members:
            del self._rooms[room]

    # --- emitting -------------------------------------------------------------------------------

    def audience(self, to: Any) -> "Audience":
        """Whom a target names: everyone, a client, a room, or a list of those."""
        if to is None:
            return Audience([self.everyone], [])
        several = isinstance(to, list | tuple | set)
        names = cast("Iterable[Any]", to) if several else (to,)
        rings = [ring for name in names if (ring := self._rooms.get(name)) is not None]
        members = [it for name in names if (it := self.members.get(name)) is not None]
        return Audience(rings, members)

    def sockets(self, sids: str | Iterable[str] | None) -> Set[Socket]:
        """The sockets of clients."""
        if not sids:
            return frozenset()
        names = (sids,) if isinstance(sids, str) else sids
        return frozenset(it.socket for sid in names if (it := self.members.get(sid)) is not None)

    def members_of(self, audience: "Audience", skip: Set[Socket]) -> list[Member]:
        """Every member of an audience, once."""
        heard: set[Socket] = set(skip)
        for ring in audience.rings:
            heard.update(ring.members)
        heard.update(it.socket for it in audience.members)
        heard -= skip
        return [it for it in self.members.values() if it.socket in heard]

    def send(self, audience: "Audience", parcel: Parcel, skip: Set[Socket]) -> None:
        """Send a parcel to an audience, to each once."""
        heard = skip
        for ring in audience.rings:
            self._flusher.to_ring(
                ring, parcel, heard if heard is skip else heard & ring.members.keys()
            )
            if len(audience.rings) > 1 or audience.members:
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
                member.socket.send_volatile(subject, parcel)


@dataclass(slots=True)
class Audience:
    """Whom an event goes to."""

    rings: list[Ring]
    members: list[Member]

    def __bool__(self) -> bool:
        return bool(self.members) or any(ring.members for ring in self.rings)

    def is_crowded(self) -> bool:
        """Whether whoever emits should give way."""
        return any(ring.is_crowded() for ring in self.rings) or any(
            member.socket.is_crowded() for member in self.members
        )
