"""The official client of npm, in a Node process of its own: an implementation that is not ours."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Literal, Self

from tertulia.chaos.clients.packets import Answer, Exchange, Hear
from tertulia.chaos.plan import CannotRun
from tertulia.chaos.simulation.network import Cut, Refused

HERE = Path(__file__).parent
PACKAGE = Path("node_modules/socket.io-client")
OPEN_SECONDS = 20.0
LINE_BYTES = 1 << 26
Transport = Literal["websocket", "polling"]


def find_packages(folder: Path, given: Path | None = None) -> Path:
    """A folder in whose node_modules the client is: what is given, or installed into `folder`.

    Raises `CannotRun`.
    """
    import subprocess  # noqa: PLC0415 - only where something must be installed

    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CannotRun(f"{program} is missing")
    if given is not None and (given / PACKAGE).is_dir():
        return given
    if not (folder / PACKAGE).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", folder / "package.json")
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        try:
            subprocess.run(install, cwd=folder, check=True, timeout=300, capture_output=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotRun(f"npm cannot install socket.io-client: {error}") from error
    return folder


class NodeClients:
    """The process; a context. `connect` makes a socket in it."""

    def __init__(self, packages: Path) -> None:
        self._packages = packages
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._numbers = count(1)
        self._exchanges: dict[int, Exchange] = {}

    async def __aenter__(self) -> Self:
        """Start it."""
        script, packages = str(HERE / "npm.cjs"), str(self._packages.resolve())
        self._process = await asyncio.create_subprocess_exec(
            "node", script, packages, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES, env=os.environ
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it, and all its sockets."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    def connect(self, url: str, hear: Hear, transport: Transport = "websocket") -> "NpmSocket":
        """A connection that is not open yet."""
        return NpmSocket(self, url, hear, transport)

    def adopt(self, exchange: Exchange) -> int:
        """The number of a new socket."""
        number = next(self._numbers)
        self._exchanges[number] = exchange
        return number

    def say(self, **order: Any) -> None:
        """Give an order."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process is not None  # noqa: S101 - started by `__aenter__`
        assert self._process.stdout is not None  # noqa: S101
        async for line in self._process.stdout:
            self._take(json.loads(line))
        for exchange in self._exchanges.values():
            exchange.end(Cut())

    def _take(self, said: dict[str, Any]) -> None:
        exchange = self._exchanges[said["socket"]]
        if "told" in said:
            told: Sequence[Any] = said["told"]
            exchange.told(*told)
        elif "answered" in said:
            exchange.answered(said["answered"], said["answer"])
        else:
            why: str = said["over"]
            exchange.end(Refused(why) if why.startswith("refused gateway.") else Cut())
            del self._exchanges[said["socket"]]


class NpmSocket:
    """One connection of the official client."""

    def __init__(self, node: NodeClients, url: str, hear: Hear, transport: Transport) -> None:
        self._node = node
        self._url = url
        self._transport = transport
        self._exchange = Exchange(hear)
        self._number = 0

    @property
    def over(self) -> asyncio.Event:
        """Set when the connection has ended."""
        return self._exchange.over

    async def open(self, token: str) -> Any:
        """Connect; what `gateway.ready` says. Raises `Cut` and `Refused`."""
        self._number = self._node.adopt(self._exchange)
        self._node.say(connect=self._number, url=self._url, token=token, transport=self._transport)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                return await self._exchange.ready
        except TimeoutError:
            self.cut()
            raise Cut from None

    async def ask(self, command: str, fields: dict[str, Any]) -> Answer:
        """The acknowledgement of a command. Raises `Cut` when none comes any more."""
        return await self.emit(command, fields)

    def emit(self, command: str, fields: dict[str, Any]) -> "asyncio.Future[Answer]":
        """Send a command now; its acknowledgement comes later."""
        number, answer = self._exchange.asked()
        self._node.say(emit=self._number, number=number, name=command, fields=fields)
        return answer

    def cut(self) -> None:
        """Be gone."""
        self._node.say(cut=self._number)
        self._exchange.end(Cut())
