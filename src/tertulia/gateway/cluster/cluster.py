"""One gateway among several: what it may tell, and when."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from tertulia.conversations.contract.updates import Update
from tertulia.gateway.cluster.bus import ClusterBus
from tertulia.gateway.cluster.following import Following
from tertulia.gateway.cluster.forwarding import Forwarding
from tertulia.gateway.cluster.heartbeat import Heartbeat
from tertulia.gateway.cluster.lease import Lease
from tertulia.gateway.cluster.leases import Leases
from tertulia.gateway.cluster.permits import Permits
from tertulia.gateway.cluster.presence import Attendance
from tertulia.gateway.cluster.revalidation import Revalidation
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Connections
from tertulia.gateway.live.reactions import COME_AGAIN
from tertulia.gateway.sessions import Sessions
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Event
from tertulia.kit import metrics
from tertulia.kit.bus import Bus
from tertulia.kit.bus.barriers import Barrier
from tertulia.kit.bus.line import Line
from tertulia.kit.edge import Edge
from tertulia.realtime import Server
from tertulia.realtime.engine.rings import Flusher

LEASE = "lease"
"""What `/readyz` names in a pause."""


@dataclass(frozen=True)
class Parts:
    """What a gateway hands over to be kept true."""

    server: Server
    connections: Connections
    audience: Audience
    sessions: Sessions


class Cluster:
    """Follows the owners for a gateway, which speaks over `bus` and tells nothing in a pause."""

    def __init__(
        self,
        line: Line,
        bus: Bus,
        edges: Iterable[Edge],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`edges`: whose barriers are followed. `now`: see `Leases`."""
        self.id = new_id()
        self._kinds = _barriers(edges)
        self._line = line
        self._leases = Leases({kind.owner for kind in self._kinds.values()}, now=now)
        self._owners = bus
        self._attendance = Attendance(bus, self.id)
        self._attendance.may_tell = self._leases.is_held
        self.bus = ClusterBus(self._attendance, self._leases)
        self.following = Following(bus)
        self.following.react = self.bus.tell_update
        self.bus.hear_update = self.following.hear
        self._heartbeat = Heartbeat(line, self.id, now)
        self.forwarding = Forwarding(line, self.id)
        self._each: list[Lease] = []

    def late(self) -> Sequence[str]:
        """What this gateway waits for, by name."""
        return (LEASE,) if self._leases.is_lost() else ()

    async def may_tell(self) -> None:
        """Wait for the end of a pause; at once where there is none."""
        await self._leases.held()

    def join(self, parts: Parts) -> None:
        """Keep these true, from `start` on."""
        self.forwarding.join(parts.server)
        flusher = parts.server.eio.flusher
        flusher.pause.is_on = self._leases.is_lost
        self._leases.began = flusher.withheld
        self._leases.ended = partial(self._go_on, flusher)
        flusher.withheld()
        revalidation = Revalidation(self._owners, parts.connections, parts.audience, parts.sessions)
        self._each = [
            self._lease(owner, revalidation)
            for owner in sorted({kind.owner for kind in self._kinds.values()})
        ]
        self.following.unheard = parts.audience.unheard
        self.following.resync = lambda room: parts.audience.close_rooms([room], COME_AGAIN)

    async def start(self) -> None:
        """Say that this gateway is there, and follow the owners."""
        metrics.LEASE_HELD.set_function(self._leases.is_held)
        await self.forwarding.start()
        await self._heartbeat.start()
        for lease in self._each:
            await lease.start()
        await self.following.start()
        self._attendance.attend()

    async def stop(self) -> None:
        """Tell nothing any more, then let nobody wait for this gateway."""
        await self._attendance.leave()
        for lease in self._each:
            await lease.stop()
        await self.following.stop()
        self._leases.give_up()
        await self._heartbeat.stop()
        await self.forwarding.stop()

    def _go_on(self, flusher: Flusher) -> None:
        flusher.resume()
        self.following.look()

    def _lease(self, owner: str, revalidation: Revalidation) -> Lease:
        lease = Lease(self._line, self.id, owner)
        if owner == Update.owner:
            self.following.permit = lease.permits.wait
        lease.known = self._heartbeat.known
        lease.carry_out = partial(self._carry_out, lease.permits)
        lease.revalidate = lambda: revalidation.revalidate(owner)
        lease.renewed = lambda until: self._leases.renew(owner, until)
        return lease

    async def _carry_out(self, permits: Permits, barrier: Barrier) -> None:
        event = self._kinds[barrier.wire_name].model_validate(barrier.body)
        if isinstance(event, Update):
            with permits.turn(event):
                await self.following.reached(event.conversation_id, event.seq)
        else:
            await self.bus.tell_barrier(event)


def _barriers(edges: Iterable[Edge]) -> dict[str, type[Event]]:
    """The barriers that gateways react to, by name."""
    kinds = {reaction.on for edge in edges for reaction in edge.reactions}
    return {kind.wire_name: kind for kind in kinds if kind.barrier}
