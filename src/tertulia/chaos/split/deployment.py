"""Many processes behind one address, with proxies between them and NATS and PostgreSQL."""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tertulia.chaos.faults import Proxy
from tertulia.chaos.live.process import Nursery, ServerProcess, free_port
from tertulia.chaos.split.commits import Commits
from tertulia.chaos.split.lies import Lies
from tertulia.chaos.split.servers import Server, start, terminate_sessions
from tertulia.cluster.layout import Part, Wiring, layout
from tertulia.cluster.nats_server import NatsServer
from tertulia.cluster.postgresql import Postgresql
from tertulia.runtime.services import NAMES

HOST = "127.0.0.1"
LAYOUT = tuple(layout())
TOGETHER = (Part("all-1", NAMES),)
"""Every service in one process, over the same NATS and PostgreSQL: what many need to begin is there sooner."""
OWN_PARTS = tuple(part.name for part in LAYOUT)
"""The processes of the product."""
PARTS = (*OWN_PARTS, "nats", "postgresql")


class Servers:
    """NATS and PostgreSQL, which stay from run to run."""

    def __init__(self, folder: Path) -> None:
        """`folder` is one that every user may pass through: PostgreSQL does not run as root."""
        self.nats = NatsServer(folder / "nats", free_port())
        self.postgresql = Postgresql(folder / "postgresql", port=free_port(), durable=False)

    @property
    def by_name(self) -> Mapping[str, Server]:
        """As parts of a deployment."""
        return {"nats": self.nats, "postgresql": self.postgresql}

    async def start(self, nursery: Nursery) -> None:
        """Start what does not run. Raises `DoesNotStart`."""
        for server in self.by_name.values():
            await start(server, nursery)

    def stop(self) -> None:
        """End them."""
        for server in self.by_name.values():
            server.stop()


class Split:
    """Two gateways on one port, two of each service, presence, NATS and PostgreSQL; see `Deployment`.

    A context, which holds the proxies.

    Attributes:
        lies: What NATS tells of events.
        commits: What PostgreSQL tells of commits.
        to_nats: The line of each process of the product, by its name.
        to_postgresql: The one that they share.
    """

    def __init__(
        self,
        nursery: Nursery,
        servers: Servers,
        folder: Path,
        seed: int,
        own: Sequence[Part] = LAYOUT,
    ) -> None:
        """`folder` is for the processes of the product, `own`; each writes a log in it."""
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.lies = Lies(seed)
        self.commits = Commits()
        self.to_nats = {part.name: Proxy(servers.nats.port, seed, self.lies.editor) for part in own}
        self.to_postgresql = Proxy(servers.postgresql.port, seed, self.commits.editor)
        self._nursery = nursery
        self._servers = servers
        self._folder = folder
        self._stack = AsyncExitStack()
        self._own = own
        self._processes = {
            part.name: ServerProcess(nursery, folder / f"{part.name}.log") for part in own
        }
        self._health = {part.name: free_port() for part in own}

    async def __aenter__(self) -> Self:
        """The proxies listen, and nothing runs yet but NATS and PostgreSQL."""
        for proxy in (*self.to_nats.values(), self.to_postgresql):
            await self._stack.enter_async_context(proxy)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill what is left of the product."""
        for process in self._processes.values():
            process.signal(signal.SIGKILL)
        await self._stack.aclose()

    @property
    def parts(self) -> Sequence[str]:
        """See `Deployment`."""
        return [*self._processes, *self._servers.by_name]

    async def start(self, failpoint: str = "") -> None:
        """See `Deployment`. A failpoint is armed in what starts."""
        await self._servers.start(self._nursery)
        armed = {"TERTULIA_FAILPOINT": failpoint} if failpoint else {}
        for part in self._own:
            process = self._processes[part.name]
            if not process.runs:
                process.start([], {**self._variables(part), **armed})
        await self.ready()

    async def ready(self) -> None:
        """Wait until all processes do all of their work. Raises `DoesNotStart`."""
        await asyncio.gather(
            *(
                process.ready(f"http://{HOST}:{self._health[name]}")
                for name, process in self._processes.items()
            )
        )

    async def stop(self) -> None:
        """See `Deployment`: the gateways first, then who they need. NATS and PostgreSQL go on."""
        for process in reversed(self._processes.values()):
            await process.stop()

    async def restart(self, part: str) -> None:
        """SIGTERM to one process, and its successor does all of its work. Raises `DoesNotStart`."""
        await self._processes[part].stop()
        await self.start()

    @property
    def dead(self) -> Sequence[str]:
        """The processes of the product that do not run."""
        return [name for name, process in self._processes.items() if not process.runs]

    def terminate_sessions(self) -> None:
        """Let PostgreSQL end all sessions."""
        terminate_sessions(self._servers.postgresql)

    def kill(self, part: str) -> None:
        """See `Deployment`."""
        if part in self._processes:
            self._processes[part].signal(signal.SIGKILL)
        else:
            self._servers.by_name[part].kill()

    def pid(self, part: str) -> int:
        """See `Deployment`."""
        if part in self._processes:
            return self._processes[part].pid
        return self._servers.by_name[part].pid

    async def ended(self, part: str) -> None:
        """See `Deployment`."""
        if part in self._processes:
            await self._processes[part].ended()

    def _variables(self, part: Part) -> Mapping[str, str]:
        bus = _through(self._servers.nats.url, self.to_nats[part.name])
        database = _through(self._servers.postgresql.url, self.to_postgresql)
        wiring = Wiring(self._folder, HOST, self.port, bus, database)
        return wiring.variables(part, self._health[part.name])


def _through(url: str, proxy: Proxy) -> str:
    """The same with the proxy's port."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}")).geturl()
