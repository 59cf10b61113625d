"""A scenario on stage: who looks, what is done, and whether what they were told is the truth."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tertulia.chaos.simulation.defects import noted
from tertulia.chaos.simulation.socket import Socket
from tertulia.chaos.simulation.town import Town, played, town
from tertulia.chaos.simulation.virtual_time import SeededLoop
from tertulia.chaos.simulation.world import World
from tertulia.chaos.truth.snapshot import result
from tertulia.chaos.truth.viewer import Viewer
from tertulia.chaos.violations import Violation
from tertulia.conversations.contract.messages import AddReaction, PostMessage
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Command, Request
from tertulia.presence.contract import Watch

R = TypeVar("R")

VIEWERS = {"owner": "ana", "member": "bruno", "guest": "gema", "outsider": "diego"}
"""By how they stand to «taller», where most things happen."""
SETTLING_SECONDS = 5.0

Act = Callable[["Stage"], Awaitable[Any]]


@dataclass(frozen=True)
class Scenario:
    """A command carried out once, and what must stand before."""

    command: type[Command[Any]]
    says: str
    act: Act
    before: Act | None = None

    @property
    def name(self) -> str:
        """The command and the situation."""
        return f"{self.command.__name__}: {self.says}"


class Stage:
    """The town, with something said in «taller» and everybody at their sockets."""

    def __init__(self, world: World, founded: Town) -> None:
        self._world = world
        self._town = founded
        self._sockets: dict[str, Socket] = {}
        self.taller = founded.conversations["taller"]
        self.casa = founded.spaces["casa"]
        self.vecinos = founded.spaces["vecinos"]
        self.said = self.reply = ""
        """Ids of Bruno's message and of Ana's answer in its thread."""
        self.faults: list[str] = []
        """What the scenario itself found wrong."""
        self._heard: list[tuple[str, str, Any]] = []

    async def open(self) -> None:
        """Say something that can be edited, answered and pinned."""
        self.said = await self.says("bruno", "hola @ana y @gema")
        self.reply = await self.says("ana", "dentro, @here", thread_id=self.said)
        await self.says("eva", "última")
        for emoji in ("👍", "🎉"):
            await self.does("bruno", AddReaction(message_id=self.said, emoji=emoji))

    # --- what acts do ---------------------------------------------------------------------------

    def id(self, name: str) -> str:
        """The user id of somebody."""
        return self._town.citizens[name].id

    def actor(self, name: str) -> Actor:
        """Somebody, as services know them."""
        return self._town.citizens[name].actor

    def conversation(self, name: str) -> str:
        """The id of a conversation of the town."""
        return self._town.conversations[name]

    async def says(self, name: str, text: str, **fields: Any) -> str:
        """Somebody posts in «taller»; the message's id."""
        request = PostMessage(**{"conversation_id": self.taller, "text": text, **fields})
        return str((await self.does(name, request))["message"]["id"])

    async def does(self, name: str, request: Request[Any]) -> Any:
        """Somebody carries out a command over a socket; its result. Raises `Refused`."""
        fields = request.model_dump(mode="json", exclude_unset=True)
        return await result(await self.socket(name), request.wire_name, **fields)

    async def asks(self, request: Request[R], actor: Actor) -> R:
        """Ask the services past the edge, as the gateway and the operator do."""
        process = await self._world.serving()
        return await process.bus.ask(request, actor)

    async def is_refused(self, asked: Awaitable[Any], code: str) -> None:
        """It is a fault unless this is refused with the code."""
        try:
            await asked
        except AppError as refusal:
            self.expect(refusal.code == code, f"it is refused as {refusal.code}, not as {code}")
        else:
            self.faults.append(f"it is not refused as {code}")

    def expect(self, holds: bool, otherwise: str) -> None:
        """It is a fault unless this holds."""
        if not holds:
            self.faults.append(otherwise)

    async def watches(self, name: str, other: str, state: str) -> None:
        """Somebody watches another, and finds them in this state."""
        states = (await self.does(name, Watch(user_ids=[self.id(other)])))["states"]
        found = states[self.id(other)]
        self.expect(found == state, f"{name} finds {other} {found}, not {state}")

    async def hears_state(self, name: str, other: str, state: str) -> None:
        """Somebody who watches another is told of a state, and finds it true."""
        await self.settled()
        told = [
            body["state"]
            for who, event, body in self._heard
            if (who, event) == (name, "presence.changed") and body["user_id"] == self.id(other)
        ]
        self.expect(told[-1:] == [state], f"{name} hears that {other} is {told}, not {state}")
        await self.watches(name, other, state)

    async def socket(self, name: str) -> Socket:
        """The connection by which somebody acts."""
        if name not in self._sockets:
            socket = self._world.connect(
                lambda event, body: self._heard.append((name, event, body))
            )
            await socket.open(self._town.citizens[name].token)
            self._sockets[name] = socket
        return self._sockets[name]

    async def leaves(self, name: str) -> None:
        """Somebody closes that connection."""
        socket = self._sockets.pop(name)
        socket.cut()
        await socket.over.wait()

    async def settled(self) -> None:
        """Wait until everything that follows has followed, and has arrived."""
        await (await self._world.serving()).settled()
        await asyncio.sleep(SETTLING_SECONDS)

    def viewer(self, role: str) -> Viewer:
        """Somebody who looks, with connections of their own."""
        return Viewer(role, self._town.citizens[VIEWERS[role]], self._world)

    def inside(self) -> list[str]:
        """The conversations that are none of the outsider's business."""
        return [
            id_
            for name, id_ in self._town.conversations.items()
            if name not in {"plaza", "vecinos"}
        ]


def verify(scenario: Scenario, seed: int = 1) -> list[Violation]:
    """Play a scenario; what anybody was told wrongly, or not at all."""
    founded = town()
    complaints: list[str] = []
    with TemporaryDirectory(prefix="tertulia-truth-") as folder, noted(complaints.append):
        file = Path(folder) / "tertulia.db"
        file.write_bytes(founded.database)
        found = played(
            (scenario.name, seed), lambda loop: _verify(scenario, seed, founded, loop, file)
        )
    found += [Violation("defect", f"the server complains: {it}") for it in complaints]
    return [replace(it, says=f"{scenario.name}: {it.says}") for it in found]


async def _verify(
    scenario: Scenario, seed: int, founded: Town, loop: SeededLoop, file: Path
) -> list[Violation]:
    world = World(file, loop, Random(f"truth {seed}"))  # noqa: S311
    await world.open()
    stage = Stage(world, founded)
    await stage.open()
    if scenario.before is not None:
        await scenario.before(stage)
    await stage.settled()
    viewers = [stage.viewer(role) for role in VIEWERS]
    for viewer in viewers:
        await viewer.look()
    await stage.settled()
    await scenario.act(stage)
    await stage.settled()
    differences = [*stage.faults]
    differences += [f"{it.role}: {said}" for it in viewers async for said in it.differences()]
    outsider = viewers[-1]
    differences += [f"outsider: {it}" async for it in outsider.trespasses(stage.inside())]
    await world.close()
    return [Violation("G5", it) for it in differences]
