"""One simulation from its seed: people, deaths and cuts, and the history of it all."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tertulia.chaos.history import Final, History
from tertulia.chaos.simulation.defects import noted
from tertulia.chaos.simulation.device import InsistentDevice
from tertulia.chaos.simulation.people import AWAY_SECONDS, Person
from tertulia.chaos.simulation.process import Killed
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.town import Town, played, town
from tertulia.chaos.simulation.virtual_time import SeededLoop
from tertulia.chaos.simulation.world import World
from tertulia.conversations.contract.updates import ListUpdates
from tertulia.kit import failpoints

CAST = ("ana", "bruno", "bruno", "eva", "gema", "diego")
"""Whose devices there are: Bruno has two."""
ACTS = 12
"""What each does, unless said."""
AWAY = (*AWAY_SECONDS * 30, 60.0, 3600.0)
"""Now and then somebody is gone for a long time."""
STEPS = (300, 2_500)
"""Between which steps of the loop the server dies."""
ROUNDS = 2
"""Of hearing all there is: in the first, somebody may find out late that the line is cut."""
ARRIVAL_SECONDS = 5.0
"""After which nothing is under way any more."""
FAILPOINTS = tuple(name for name in failpoints.NAMES if name != "mid_migration")
REACHES = 25
"""At one of the first so many reaches of a failpoint it is deadly."""
PAGE = 20
"""Updates in a page of the last reading, so that there are many pages."""


@dataclass(frozen=True)
class Simulated:
    """What came of a seed."""

    history: History
    lives: int
    """How often the server was started."""
    defects: Sequence[str]
    """What it complained of that should never happen."""


def simulate(seed: int, acts: int = ACTS) -> Simulated:
    """Play a seed: the same arguments play the same, to the last byte of the history."""
    founded = town()
    with TemporaryDirectory(prefix="tertulia-simulation-") as folder:
        file = Path(folder) / "tertulia.db"
        file.write_bytes(founded.database)
        complaints: list[str] = []
        with noted(complaints.append):
            came = played(seed, lambda loop: _Play(seed, acts, founded, loop, file).run())
        return replace(came, defects=(*came.defects, *complaints))


class _Play:
    """One seed on its way."""

    def __init__(self, seed: int, acts: int, founded: Town, loop: SeededLoop, file: Path) -> None:
        self._chance = Random(f"play {seed}")  # noqa: S311
        self._acts = acts
        self._town = founded
        self._loop = loop
        self._world = World(file, loop, Random(f"world {seed}"))  # noqa: S311
        self._recorder = Recorder(loop.time)
        self._may_die = True
        self._people = [self._person(at, name, seed) for at, name in enumerate(CAST)]

    def _person(self, at: int, name: str, seed: int) -> Person:
        chance = Random(f"{name} {at} {seed}")  # noqa: S311
        client = f"{name}/{at}"
        device = InsistentDevice(self._world, self._town, name, client, self._recorder, chance)
        return Person(device, self._town, self._recorder, chance, AWAY)

    async def run(self) -> Simulated:
        """Let everybody live, then let everybody hear all, then read what there is."""
        self._plan_deaths()
        with self._dying_at_failpoints():
            return await self._run()

    async def _run(self) -> Simulated:
        await self._world.open()
        await asyncio.gather(*(person.live(self._acts) for person in self._people))
        self._loop.interruptions.clear()
        self._may_die = False
        for _ in range(ROUNDS):
            await asyncio.gather(*(person.finish() for person in self._people))
            await (await self._world.serving()).settled()
            await asyncio.sleep(ARRIVAL_SECONDS)
        await self._read_all()
        await self._world.close()
        return Simulated(
            History(self._recorder.records), self._world.lives, tuple(self._world.defects)
        )

    def _plan_deaths(self) -> None:
        """Die at some steps, wherever the program stands there."""
        for _ in range(self._chance.choice((0, 1, 2, 3))):
            self._loop.interruptions[self._chance.randint(*STEPS)] = self._die

    @contextmanager
    def _dying_at_failpoints(self) -> Iterator[None]:
        """Die at some failpoints too, in the middle of a step."""
        places = self._chance.sample(FAILPOINTS, self._chance.choice((0, 0, 1, 2)))
        armed = ",".join(f"{name}:kill@{self._chance.randint(1, REACHES)}" for name in places)
        with patch.dict(failpoints._ACTIONS, {"kill": self._die_here}), failpoints.armed(armed):  # noqa: SLF001
            yield

    def _die_here(self, _name: str) -> None:
        if self._may_die:
            self._die()
            raise Killed

    def _die(self) -> None:
        if self._world.process is not None:
            self._world.process.kill()

    async def _read_all(self) -> None:
        """Each log as a member reads it, page by page from the beginning."""
        process = await self._world.serving()
        await process.settled()
        for name, conversation_id in self._town.conversations.items():
            reader = self._town.citizens["ana"].actor
            updates: list[dict[str, object]] = []
            head, epoch = 1, ""
            while len(updates) < head:
                page = await process.bus.ask(
                    ListUpdates(conversation_id=conversation_id, after=len(updates), limit=PAGE),
                    reader,
                )
                updates += page.items
                head, epoch = page.head, page.epoch
                if not page.items:
                    break
            self._recorder.records.append(Final(conversation_id, epoch, updates, by=name))
