"""The split tier: runs one after another, each on a database that begins as the same town."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tertulia.chaos.clients.npm import find_packages
from tertulia.chaos.live.founding import found
from tertulia.chaos.live.process import DoesNotStart, Nursery
from tertulia.chaos.live.run import Setting
from tertulia.chaos.plan import CannotRun, Outcome
from tertulia.chaos.simulation.town import Town
from tertulia.chaos.split.deployment import LAYOUT, TOGETHER, Servers, Split
from tertulia.chaos.split.record import PostgresRecord
from tertulia.chaos.split.run import SplitRun
from tertulia.chaos.violations import Violation
from tertulia.cluster.layout import Part

RUN_SECONDS = 300.0
"""Within which a run ends, whatever happens in it."""


class SplitTier:
    """A context. NATS, PostgreSQL and the town are made by the first run, and gone at the end."""

    name = "split"
    says = (
        "the same people on two gateways, two of each service and presence; any of them, NATS or PostgreSQL"
        " killed, stopped, restarted or cut off, and NATS losing, doubling and delaying events"
    )
    enough: Mapping[str, int] = {"kills": 100}

    def __init__(
        self,
        folder: Path,
        *,
        packages: Path | None = None,
        official: bool = True,
        mutant: str = "",
    ) -> None:
        """`packages` is a folder that has the official client, unless one goes without it; `mutant` a
        defect to run with, once the town is founded."""
        self._folder = folder.absolute()
        self._mutant = mutant
        self._given = packages
        self._official = official
        self._stack = ExitStack()
        self._town: Town | None = None

    def __enter__(self) -> Self:
        """Nothing is made before the first run."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    def run(self, seed: int) -> Outcome:
        """See `Tier`."""
        if self._town is None:
            self._prepare()
        else:
            self._record.begin_anew()
        outcome = asyncio.run(self._run(seed))
        if not outcome.violations:
            shutil.rmtree(self._logs(seed), ignore_errors=True)
        return outcome

    def _prepare(self) -> None:
        """The servers, the nursery, and the town. Raises `CannotRun`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._packages = (
            find_packages(self._folder / "npm", self._given) if self._official else None
        )
        # PostgreSQL does not run as root: its folder is where its user may come.
        place = Path(tempfile.mkdtemp(prefix="tertulia-chaos-"))
        place.chmod(0o711)
        self._stack.callback(shutil.rmtree, place, ignore_errors=True)
        self._nursery = self._stack.enter_context(Nursery())
        self._servers = Servers(place)
        self._record = PostgresRecord(self._servers.postgresql)
        self._stack.callback(self._servers.stop)
        try:
            asyncio.run(self._servers.start(self._nursery))
        except DoesNotStart as error:
            raise CannotRun(str(error)) from error
        self._town = asyncio.run(self._found())
        if self._mutant:
            self._nursery = self._stack.enter_context(Nursery(self._mutant))
        self._record.keep_as_template()

    async def _found(self) -> Town:
        async with self._split(0, TOGETHER) as deployment:
            await deployment.start()
            town = await asyncio.to_thread(found, deployment.url)
            await deployment.stop()
            return town

    async def _run(self, seed: int) -> Outcome:
        assert self._town is not None  # noqa: S101 - founded by the first run
        setting = Setting(self._town, self._record, self._folder / "history", self._packages, None)
        try:
            async with asyncio.timeout(RUN_SECONDS), self._split(seed) as deployment:
                return await SplitRun(seed, deployment, setting).run()
        except TimeoutError:
            says = f"the run did not end within {RUN_SECONDS:.0f} s"
            return Outcome(seed, [Violation("G12", says)])

    def _split(self, seed: int, own: Sequence[Part] = LAYOUT) -> Split:
        logs = self._logs(seed)
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(mode=0o700)
        return Split(self._nursery, self._servers, logs, seed, own)

    def _logs(self, seed: int) -> Path:
        return self._folder / f"servers.{seed}"
