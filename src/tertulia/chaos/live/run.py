"""One run from its seed: people and lives, harm and the end, and the history of it all."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit

from tertulia.chaos.checkers import check
from tertulia.chaos.clients.npm import NodeClients
from tertulia.chaos.faults import Proxy, Shim
from tertulia.chaos.history import Final, History
from tertulia.chaos.live.deployment import Deployment
from tertulia.chaos.live.harm import Harm
from tertulia.chaos.live.keeper import Keeper
from tertulia.chaos.live.people import (
    Caller,
    InsistentDevice,
    Streets,
    look_at,
    read_often,
    rename,
    rename_often,
)
from tertulia.chaos.live.reading import CannotRead, Stored, read_logs
from tertulia.chaos.plan import Outcome
from tertulia.chaos.simulation.people import Person
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.town import Town
from tertulia.chaos.simulation.world import World
from tertulia.chaos.violations import Violation

CAST = ("ana", "bruno", "bruno", "eva", "gema", "diego")
ENDLESS = 1_000_000
"""Acts of a person, who is called off when the server has died often enough."""
LIVES = (4, 10)
ROUNDS = 100
END_SECONDS = 60.0
"""Within which everybody has come back and heard everything, once nothing is done to the server any more."""


@dataclass(frozen=True)
class Setting:
    """What runs share: the town, where it is stored, and what clients and faults need."""

    town: Town
    stored: Stored
    history: Path
    packages: Path | None
    shim: Shim | None


class Run:
    """One seed on its way."""

    polling = 0.0
    """The share of the official clients that have no WebSocket."""

    def __init__(self, seed: int, deployment: Deployment, setting: Setting) -> None:
        self._seed = seed
        self.chance = Random(f"live {seed}")  # noqa: S311 - no secret
        self._setting = setting
        self._deployment = deployment
        self._recorder = Recorder(asyncio.get_running_loop().time)
        self._callers: list[Caller] = []
        self._people: list[Person] = []
        self._violations: list[Violation] = []
        self._counts: Counter[str] = Counter()

    async def run(self) -> Outcome:
        """People live while the server dies, then everybody hears all, and the logs are read."""
        await self._deployment.start()
        port = urlsplit(self._deployment.url).port or 80
        async with AsyncExitStack() as stack:
            proxy = await stack.enter_async_context(Proxy(port, self._seed))
            await self._gather(proxy, stack)
            await self._suffer(proxy)
            await self._recover()
            finals = await self._read()
            await self._look()
        await self._deployment.stop()
        history = History([*self._recorder.records, *finals, *self._setting.stored.dump_logs()])
        return self._judge(history)

    async def _gather(self, proxy: Proxy, stack: AsyncExitStack) -> None:
        node = None
        if self._setting.packages is not None:
            node = await stack.enter_async_context(NodeClients(self._setting.packages))
        chance = Random(f"streets {self._seed}")  # noqa: S311
        streets = Streets(proxy.url, node, chance, self.polling)
        for number, name in enumerate(CAST):
            self._people.append(self._person(number, name, streets, proxy))
        stack.push_async_callback(self._go)

    def _person(self, number: int, name: str, streets: Streets, proxy: Proxy) -> Person:
        chance = Random(f"{name} {number} {self._seed}")  # noqa: S311
        town, client = self._setting.town, f"{name}/{number}"
        world = cast("World", streets)
        device = InsistentDevice(world, town, name, client, self._recorder, chance)
        device.caller = Caller(proxy.url, device.citizen, client, self._recorder)
        self._callers.append(device.caller)
        return Person(device, town, self._recorder, chance)

    async def _go(self) -> None:
        for person in self._people:
            person.device.cut()
        for caller in self._callers:
            await caller.close()

    # --- while it lasts ---------------------------------------------------------------------------------

    async def _suffer(self, proxy: Proxy) -> None:
        living = [person.live(ENDLESS) for person in self._people]
        await self.prepare()
        async with beside(*self._busy(), *living):
            await self.torment(proxy)

    async def prepare(self) -> None:
        """Before people live. Here every life begins with a start."""
        await self._deployment.stop()

    async def torment(self, proxy: Proxy) -> None:
        """What is done to the deployment while people live; at the end it runs, and is left in peace."""
        part = self._deployment.parts[0]
        harm = Harm(lambda: self._deployment.pid(part), proxy, self._setting.shim, self.chance)
        lives = self.chance.randint(*LIVES)
        keeper = Keeper(self._deployment, self.chance, lives, lambda: harm.turns)
        async with beside(harm.go_on()):
            await keeper.keep()
        await keeper.revive()
        self.note(keeper.counts + harm.counts, keeper.violations)

    def note(self, counts: Counter[str], violations: Sequence[Violation]) -> None:
        """What was done, and what went wrong besides what checkers see."""
        self._counts += counts
        self._violations += violations

    def _busy(self) -> list[Any]:
        """What goes on over HTTP alone."""
        ana, bruno, *_ = self._callers
        return [
            rename_often(ana, Random(f"names {self._seed}")),  # noqa: S311
            read_often(bruno, self._setting.town, Random(f"reads {self._seed}")),  # noqa: S311
        ]

    # --- the end ----------------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """Lines that were lost without a word are given up, and some others: who is left goes on live."""
        lost_silently = any(name.endswith("half_open") for name in self._counts)
        for person in self._people:
            if lost_silently or self.chance.random() < 0.5:
                person.device.cut()
        try:
            async with asyncio.timeout(END_SECONDS):
                await asyncio.gather(*(person.finish() for person in self._people))
                await self._hear_all()
        except TimeoutError:
            says = f"not everybody had heard everything {END_SECONDS:.0f} s after the last harm"
            self._violations.append(Violation("G4", says))

    async def _hear_all(self) -> None:
        """Wait until every device is where its logs end. What it never hears, C7 tells."""
        heads = {it.conversation_id: len(it.updates) for it in await self._read()}
        for _ in range(ROUNDS):
            late = [it for it in self._people if not _is_at(it, heads)]
            if not late:
                return
            await asyncio.gather(*(person.finish() for person in late))
            await asyncio.sleep(0.1)

    async def _read(self) -> list[Final]:
        try:
            return await read_logs(self._deployment.url, self._setting.town)
        except CannotRead as error:
            self._violations.append(Violation("G12", str(error)))
            return []

    async def _look(self) -> None:
        """Somebody's name, after what was done in the storm or once more after it."""
        ana, bruno, *_ = self._callers
        if self.chance.random() < 0.7:
            await rename(ana, self.chance)
        await look_at(bruno, ana.citizen.id, 10)

    def _judge(self, history: History) -> Outcome:
        found = [*self._violations, *check(history), *self._setting.stored.check()]
        if found:
            history.write(self._setting.history.with_suffix(f".{self._seed}.jsonl"))
        kills = sum(number for name, number in self._counts.items() if name.startswith("kills"))
        counts = {
            "kills": kills,
            "operations": len(history.operations),
            "updates heard": sum(1 for it in history.records if type(it).__name__ == "Heard"),
            **self._counts,
        }
        return Outcome(self._seed, found, counts)


def _is_at(person: Person, heads: dict[str, int]) -> bool:
    places = person.device.places
    return all(places[name].seq >= heads.get(name, 0) for name in places)


@asynccontextmanager
async def beside(*works: Any) -> AsyncIterator[None]:
    """Works go on inside, and are called off then."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
