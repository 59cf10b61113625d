"""A cluster on one machine: NATS, PostgreSQL and the processes of the product, kept running."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import structlog

from tertulia.cluster.layout import Part, Wiring
from tertulia.cluster.nats_server import NatsServer
from tertulia.cluster.postgresql import Postgresql

READY_SECONDS = 90.0
"""How long a process may take until it is ready."""
STOP_SECONDS = 15.0
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Before what died starts again, in seconds: longer each time that it does not become ready."""
LOOK_SECONDS = 0.1

log = structlog.get_logger(__name__)


class Process:
    """One process of the product, which is started again whenever it dies."""

    def __init__(self, part: Part, wiring: Wiring, extra: Mapping[str, str]) -> None:
        """`extra`: settings as variables, which go before those of the cluster."""
        self.part = part
        self.health_port = free_port()
        self._log = wiring.folder / f"{part.name}.log"
        self._variables = {**wiring.variables(part, self.health_port), **extra}
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it, and keep it running."""
        await self._spawn()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> int:
        """End it in good order, for good; its exit status."""
        await self._let_be()
        return await self._end()

    async def crash(self) -> None:
        """End it as a crash does, for good."""
        await self._let_be()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def restart(self) -> None:
        """End it in good order, and wait until another one is ready in its place."""
        await self.stop()
        await self.start()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it does all of its work. Raises `TimeoutError`."""
        async with asyncio.timeout(READY_SECONDS):
            while not await asyncio.to_thread(is_ready, self.health_port):  # noqa: ASYNC110 - polled
                await asyncio.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """End it as a crash does; it starts again."""
        if self._process is not None:
            self._process.kill()

    async def _let_be(self) -> None:
        """Start it no more."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def _spawn(self) -> None:
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tertulia",
                "serve",
                env=_environment(self._variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        log.info("process_started", process=self.part.name, pid=self._process.pid)

    async def _keep(self) -> None:
        wait = FIRST_WAIT
        while self._process is not None:
            watching = asyncio.create_task(self._become_ready())
            status = await self._process.wait()
            was_ready = watching.done() and not watching.cancelled() and watching.result()
            watching.cancel()
            wait = FIRST_WAIT if was_ready else min(2 * wait, LONGEST_WAIT)
            log.warning("process_died", process=self.part.name, status=status, again_in=wait)
            await asyncio.sleep(wait)
            await self._spawn()

    async def _become_ready(self) -> bool:
        with suppress(TimeoutError):
            await self.ready()
            return True
        return False

    async def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await process.wait()
        except TimeoutError:
            process.kill()
            return await process.wait()


class Cluster:
    """All processes, in one folder; what was there before is used again."""

    def __init__(
        self,
        folder: Path,
        parts: Sequence[Part],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        extra: Mapping[str, str] | None = None,
        durable: bool = True,
    ) -> None:
        """`extra`: settings of all processes, as variables. Not `durable`: a crash of the machine may lose
        everything, and all is faster."""
        self.folder = folder
        self.host = host
        self.port = port or free_port()
        self.processes: list[Process] = []
        self.nats = NatsServer(folder / "nats", free_port())
        self.postgresql = Postgresql(folder / "postgresql", port=free_port(), durable=durable)
        self._parts = parts
        self._extra = extra or {}
        self._wiring: Wiring | None = None

    @property
    def url(self) -> str:
        """Where clients reach all gateways."""
        return f"http://{self.host}:{self.port}"

    @property
    def setup_code(self) -> str:
        """What set-up asks for; once it runs."""
        return self._wiring.setup_code if self._wiring else ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything runs and is ready, inside."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            for server in (self.nats, self.postgresql):
                await asyncio.to_thread(server.start)
                stack.push_async_callback(asyncio.to_thread, server.stop)
            await stack.enter_async_context(_watched(self.nats, self.postgresql))
            database = self.postgresql.url
            self._wiring = Wiring(self.folder, self.host, self.port, self.nats.url, database)
            self.processes = [Process(part, self._wiring, self._extra) for part in self._parts]
            stack.push_async_callback(self.stop_all)
            await self.start_all()
            yield

    async def start_all(self) -> None:
        """Start all processes of the product, and wait until each is ready."""
        for process in self.processes:
            await process.start()
        await asyncio.gather(*(process.ready() for process in self.processes))

    async def stop_all(self) -> int:
        """Stop them in good order, the gateways first, then who they need; the worst exit status."""
        return max([await process.stop() for process in reversed(self.processes)], default=0)

    async def kill_all(self) -> None:
        """End them as a crash of all machines does; NATS and PostgreSQL go on."""
        await asyncio.gather(*(process.crash() for process in self.processes))

    async def restart_one_by_one(self) -> None:
        """Restart every process, the next one when the one before is ready."""
        for process in self.processes:
            await process.restart()

    def process(self, name: str) -> Process:
        """That of a part, by its name."""
        return next(each for each in self.processes if each.part.name == name)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """What runs where: name, process id, port and the port of its health."""
        servers = [
            ("nats", str(self.nats.pid), str(self.nats.port), "–"),
            ("postgresql", str(self.postgresql.pid), str(self.postgresql.port), "–"),
        ]
        own = [
            (
                each.part.name,
                str(each.pid or "–"),
                str(self.port) if each.part.is_gateway else "–",
                str(each.health_port),
            )
            for each in self.processes
        ]
        return [*servers, *own]


async def run(cluster: Cluster, started: Callable[[bool], object]) -> None:
    """Until SIGTERM or SIGINT; SIGHUP restarts one by one.

    `started` is told when all are ready, and whether nobody has set the server up yet.
    """
    over, again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, over.set)
    loop.add_signal_handler(signal.SIGHUP, again.set)
    starting = asyncio.create_task(_run(cluster, started, again))
    ended = asyncio.create_task(over.wait())
    await asyncio.wait([starting, ended], return_when=asyncio.FIRST_COMPLETED)
    for task in (starting, ended):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await starting


async def _run(cluster: Cluster, started: Callable[[bool], object], again: asyncio.Event) -> None:
    async with cluster.running():
        started(await asyncio.to_thread(needs_setup, cluster.port))
        while True:
            await again.wait()
            again.clear()
            try:
                await cluster.restart_one_by_one()
            except TimeoutError:
                log.exception("not_ready_again")
            started(await asyncio.to_thread(needs_setup, cluster.port))


@asynccontextmanager
async def _watched(*servers: NatsServer | Postgresql) -> AsyncIterator[None]:
    """Servers that die start again, inside."""
    watching = [asyncio.create_task(_watch(server)) for server in servers]
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def _watch(server: NatsServer | Postgresql) -> None:
    while True:
        await asyncio.sleep(1)
        if not server.runs:
            log.warning("server_died", server=type(server).__name__)
            await asyncio.to_thread(server.start)


def is_ready(port: int) -> bool:
    """Whether a process says on the port of its health that it does all of its work."""
    return _get(port, "/readyz") is not None


def needs_setup(port: int) -> bool:
    """Whether nobody has set the server up yet, as far as it says."""
    told = _get(port, "/api/v1/server")
    return told is not None and bool(json.loads(told)["setup_required"])


def _get(port: int, path: str) -> bytes | None:
    """The body of a successful answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """That of who starts the cluster without its settings: the processes have their own."""
    kept = ("TERTULIA_LANGUAGE", "TERTULIA_LOG_LEVEL", "TERTULIA_LOG_FORMAT", "TERTULIA_BASE_URL")
    rest = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TERTULIA_") or name in kept
    }
    return {**rest, **own}
