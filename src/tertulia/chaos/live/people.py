"""The people of the simulation on real connections: over raw sockets, the official client and HTTP at once."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from tertulia.chaos.checkers.following import LOOK, RENAME
from tertulia.chaos.checkers.order import READ
from tertulia.chaos.checkers.posts import POST
from tertulia.chaos.clients.http import HttpClient
from tertulia.chaos.clients.npm import NodeClients
from tertulia.chaos.clients.packets import Answer, Hear
from tertulia.chaos.clients.raw import RawSocket
from tertulia.chaos.history import End
from tertulia.chaos.simulation.device import UNKNOWN_OUTCOME, Device
from tertulia.chaos.simulation.network import Cut
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.town import Citizen, Town

REPEATS = (0, 0, 0, 1, 2, 4)
"""How often a message is sent again over HTTP at once, whatever becomes of it."""
PAUSE_SECONDS = 0.15


class Streets:
    """Where connections are made: each device has its kind of client."""

    def __init__(
        self, url: str, node: NodeClients | None, chance: Random, polling: float = 0.0
    ) -> None:
        """`polling`: the share of the official clients that have no WebSocket."""
        self._url = url
        self._node = node
        self._chance = chance
        self._polling = polling

    def connect(self, hear: Hear, *, resume: bool = False) -> Any:
        """A socket that is not open yet."""
        del resume
        if self._node is not None and self._chance.random() < 0.5:
            polls = self._polling and self._chance.random() < self._polling
            return self._node.connect(self._url, hear, "polling" if polls else "websocket")
        return RawSocket(self._url, hear, self._chance)


class Caller:
    """Somebody's calls over HTTP, as operations of the history."""

    def __init__(self, url: str, citizen: Citizen, client: str, recorder: Recorder) -> None:
        self.citizen = citizen
        self.client = client
        self._http = HttpClient(url, citizen.token)
        self._recorder = recorder

    async def ask(self, command: str, client: str | None = None, **fields: Any) -> Answer | None:
        """The answer; None when there was none."""
        name = client or self.client
        op = self._recorder.invoked(name, command, fields)
        try:
            answer = await self._http.ask(command, fields)
        except Cut:
            self._recorder.ended(name, op, "info", code="cut")
            return None
        if answer["ok"]:
            self._recorder.ended(name, op, "ok", answer["result"])
        else:
            code = answer["error"]["code"]
            end: End = "info" if code in UNKNOWN_OUTCOME else "fail"
            self._recorder.ended(name, op, end, code=code)
        return answer

    async def close(self) -> None:
        """Be done."""
        await self._http.close()


class InsistentDevice(Device):
    """Sends many of its messages again over HTTP while they are under way, with the same id."""

    caller: Caller | None = None

    async def connect(self) -> bool:
        """See `Device`. Called off in the middle, it is as if the line had been cut."""
        try:
            return await super().connect()
        except asyncio.CancelledError:
            self.cut()
            raise

    def post(self, message_id: str, fields: dict[str, Any]) -> None:
        """See `Device`."""
        super().post(message_id, fields)
        for _ in range(self.chance.choice(REPEATS)):
            self._while_open(self._again({**fields, "id": message_id}))

    async def _again(self, fields: dict[str, Any]) -> None:
        await asyncio.sleep(self.chance.expovariate(20))
        if self.caller is not None:
            await self.caller.ask(POST, f"{self.client}/http", **fields)


async def rename_often(caller: Caller, chance: Random) -> None:
    """Take another name again and again, one after the other, until cancelled."""
    while True:
        await rename(caller, chance)
        await asyncio.sleep(chance.expovariate(1 / PAUSE_SECONDS))


async def rename(caller: Caller, chance: Random) -> None:
    """Take another name."""
    name = f"{caller.citizen.name.title()} {chance.randrange(10_000)}"
    await caller.ask(RENAME, display_name=name)


async def read_often(caller: Caller, town: Town, chance: Random) -> None:
    """Read logs from somewhere on, until cancelled."""
    places = [town.conversations[name] for name in ("general", "plaza", "grupo")]
    while True:
        where = chance.choice(places)
        await caller.ask(READ, conversation_id=where, after=chance.randrange(3), limit=1)
        await asyncio.sleep(chance.expovariate(1 / PAUSE_SECONDS))


async def look_at(caller: Caller, user_id: str, seconds: float) -> None:
    """See somebody's name; what follows in another service may take a moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _until_steady(lambda: caller.ask(LOOK, user_id=user_id))


async def _until_steady(look: Callable[[], Any]) -> None:
    before = None
    for _ in range(3):
        seen = await look()
        if seen is not None and seen == before:
            return
        before = seen
        await asyncio.sleep(0.3)
