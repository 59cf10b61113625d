"""The gateway: the edge put together, as one ASGI application."""

from collections.abc import Callable, Sequence
from typing import Any

from tertulia.gateway.caller import Callers
from tertulia.gateway.cluster.cluster import Cluster, Parts
from tertulia.gateway.front import Front
from tertulia.gateway.http.about import About
from tertulia.gateway.http.app import http_app
from tertulia.gateway.http.calls import Calls
from tertulia.gateway.http.reference import Reference
from tertulia.gateway.http.web_app import WebApp
from tertulia.gateway.live import plain_lane
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.commands import Commands
from tertulia.gateway.live.connections import Connections
from tertulia.gateway.live.departures import see_off
from tertulia.gateway.live.door import Door
from tertulia.gateway.live.engine import open_server
from tertulia.gateway.live.events import Events
from tertulia.gateway.live.handshake import Handshake
from tertulia.gateway.live.interest import Interest
from tertulia.gateway.live.plain_lane import PlainLane
from tertulia.gateway.live.reactions import Reactions
from tertulia.gateway.live.rechecks import Rechecks
from tertulia.gateway.live.refusals import Refusals
from tertulia.gateway.load import Load
from tertulia.gateway.rate_limits import RateLimits
from tertulia.gateway.reception import Reception
from tertulia.gateway.sessions import Sessions
from tertulia.gateway.settings import EdgeSettings
from tertulia.kernel.limits import Limits
from tertulia.kit.bus import Bus
from tertulia.kit.edge import Edge


class Gateway:
    """Everything that clients reach. Owns no table: it asks the services, and hears their events."""

    def __init__(
        self,
        *,
        bus: Bus,
        edges: Sequence[Edge],
        settings: EdgeSettings,
        limits: Limits,
        load: Load | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        """`cluster`: of a gateway that is one of several, which then has its bus from there."""
        self._cluster = cluster
        self._settings = settings
        self._load = load or Load(limits)
        self.ready = False
        """Whether it takes connections; off, it finishes what it has."""
        self._is_stopping = False
        self.late: Callable[[], Sequence[str]] = lambda: ()
        """Other parts that `/readyz` waits for."""
        self._rates = RateLimits(limits, on=settings.rate_limits)
        sessions = Sessions(bus)
        reception = Reception(sessions, self._rates)
        self._http = self._open_http(bus, edges, reception, sessions, limits)
        self._open_sockets(bus, edges, reception, limits)
        if cluster is not None:
            cluster.join(Parts(self._server, self._connections, self._audience, sessions))
            self._door.elsewhere = cluster.forwarding.elsewhere
            self._handshake.may_tell = cluster.may_tell
            self.hear_by(cluster.following)
        self.app = Front(Callers(settings), self._http, self._door)
        self.app.is_stopping = lambda: self._is_stopping

    def hear_by(self, interest: Interest) -> None:
        """Have heard what those are to hear who come here, by other means than the bus alone."""
        self._handshake.interest = self._reactions.interest = interest

    def _open_http(
        self,
        bus: Bus,
        edges: Sequence[Edge],
        reception: Reception,
        sessions: Sessions,
        limits: Limits,
    ) -> Any:
        about = About(bus, reception, self._settings, limits)
        about.late = self.waits_for
        return http_app(
            [route for edge in edges for route in edge.routes],
            Calls(bus, reception, sessions, limits, self._load),
            about,
            Reference(edges, self._settings.version, about),
            WebApp(self._settings.web_app),
        )

    def _open_sockets(
        self, bus: Bus, edges: Sequence[Edge], reception: Reception, limits: Limits
    ) -> None:
        self._server = open_server(limits, rates=self._settings.rate_limits)
        self._connections = Connections()
        self._audience = Audience(self._connections, self._server)
        kinds = [kind for edge in edges for kind in edge.commands]
        commands = Commands(bus, kinds, self._rates, limits, self._audience, self._load)
        self._plain_lane = PlainLane(bus, commands)
        self._handshake = Handshake(
            bus, reception, self._connections, self._audience, limits, self._settings.version
        )
        Events(
            self._connections, self._audience, self._handshake, commands, self._plain_lane
        ).register(self._server)
        self._door = Door(self._server, limits, self._rates, self._load)
        self._door.is_ready = lambda: self.ready
        reactions = [reaction for edge in edges for reaction in edge.reactions]
        self._reactions = Reactions(
            bus, [*reactions, *plain_lane.REACTIONS], self._connections, self._audience
        )
        self._rechecks = Rechecks(bus, self._connections, self._audience)
        Refusals(kinds, self._load, self._connections, self._rates).follow(self._server)

    async def start(self) -> None:
        """Hear the services, and let clients in."""
        self._reactions.listen()
        if self._cluster is not None:
            await self._cluster.start()
        await self._plain_lane.find_plaza()
        self._rechecks.start()
        self.ready = True

    async def goodbye(self, seconds: float | None = None) -> None:
        """No longer ready; tell the sockets when to come back, and close them within the seconds.

        A second goodbye says nothing.
        """
        if not self.ready:
            return
        self.ready, self._is_stopping = False, True
        seconds = self._settings.stop_seconds if seconds is None else seconds
        await see_off(self._connections, self._audience, seconds)
        await self._rechecks.stop()
        await self._server.shutdown()
        if self._cluster is not None:
            await self._cluster.stop()

    def waits_for(self) -> list[str]:
        """What it needs before it does all of its work, by name."""
        paused = self._cluster.late() if self._cluster is not None else ()
        return [*([] if self.ready else ["gateway"]), *paused, *self.late()]
