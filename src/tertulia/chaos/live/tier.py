"""The live tier: runs one after another on copies of one town."""

import asyncio
import shutil
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Self

from tertulia.chaos.clients.npm import find_packages
from tertulia.chaos.faults import CannotBuild, Shim
from tertulia.chaos.live.deployment import OneProcess
from tertulia.chaos.live.founding import found
from tertulia.chaos.live.process import DoesNotStart, Nursery
from tertulia.chaos.live.reading import SqliteFile
from tertulia.chaos.live.run import Run, Setting
from tertulia.chaos.plan import Outcome
from tertulia.chaos.simulation.town import Town
from tertulia.chaos.violations import Violation
from tertulia.runtime.services import migrations

MIGRATED_EVERY = 5
"""Every so many runs begin with a server that dies while it makes its tables."""


class LiveTier:
    """A context. What its runs share is made by the first, and gone at the end."""

    name = "live"
    says = (
        "six people on raw sockets, the official client and HTTP; the server killed at failpoints and at any"
        " moment, stopped, cut off, without disk, with a jumping clock"
    )
    enough: Mapping[str, int] = {"kills": 500}

    def __init__(
        self,
        folder: Path,
        *,
        packages: Path | None = None,
        official: bool = True,
        mutant: str = "",
    ) -> None:
        """`packages` is a folder that has the official client, unless one goes without it; `mutant` a
        defect to run with."""
        self._folder = folder.absolute()
        self._given = packages
        self._official = official
        self._mutant = mutant
        self._stack = ExitStack()
        self._data = self._folder / "data"
        self._template = self._folder / "template"
        self._town: Town | None = None

    def __enter__(self) -> Self:
        """Nothing is made before the first run."""
        return self

    def _prepare(self) -> None:
        """The nursery, and the town. Raises `CannotRun`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._packages = self._find_packages()
        self._empty(self._data)
        self._shim: Shim | None = None
        with suppress(CannotBuild):
            self._shim = self._stack.enter_context(Shim(self._folder / "shim", self._data))
        environment = self._shim.environment if self._shim else {}
        self._nursery = self._stack.enter_context(Nursery(self._mutant, environment))
        with Nursery() if self._mutant else nullcontext(self._nursery) as sound:
            self._town = asyncio.run(self._found(sound))

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    def run(self, seed: int) -> Outcome:
        """See `Tier`."""
        if self._town is None:
            self._prepare()
        counts: dict[str, int] = {}
        found: list[Violation] = []
        if seed % MIGRATED_EVERY == 0:
            at = 1 + seed // MIGRATED_EVERY % len(migrations())
            found += asyncio.run(self._die_while_migrating(at))
            counts["kills at mid_migration"] = 1
        self._empty(self._data)
        shutil.copytree(self._template, self._data, dirs_exist_ok=True)
        outcome = asyncio.run(self._run(seed))
        kills = outcome.counts["kills"] + counts.get("kills at mid_migration", 0)
        counts = {**outcome.counts, **counts, "kills": kills}
        if not outcome.violations:
            self._log(seed).unlink(missing_ok=True)
        return Outcome(seed, [*found, *outcome.violations], counts)

    async def _run(self, seed: int) -> Outcome:
        deployment = OneProcess(self._nursery, self._data, self._log(seed))
        assert self._town is not None  # noqa: S101 - founded by the first run
        setting = Setting(
            self._town, SqliteFile(self._data), self._folder / "history", self._packages, self._shim
        )
        try:
            return await Run(seed, deployment, setting).run()
        finally:
            deployment.kill()

    async def _found(self, nursery: Nursery) -> Town:
        deployment = OneProcess(nursery, self._data, self._log(0))
        await deployment.start()
        town = await asyncio.to_thread(found, deployment.url)
        await deployment.stop()
        shutil.rmtree(self._template, ignore_errors=True)
        ignored = shutil.ignore_patterns("*.sock", "lock")
        shutil.copytree(self._data, self._template, ignore=ignored)
        return town

    async def _die_while_migrating(self, at: int) -> list[Violation]:
        self._empty(self._data)
        deployment = OneProcess(self._nursery, self._data, self._log(0))
        with suppress(DoesNotStart):
            await deployment.start(f"mid_migration:kill@{at}")
            return [Violation("G12", f"mid_migration was not reached {at} times")]
        try:
            await deployment.start()
            await deployment.stop()
        except DoesNotStart as error:
            says = f"it does not start after it died while migrating: {error}"
            return [Violation("G12", says)]
        return []

    def _find_packages(self) -> Path | None:
        return find_packages(self._folder / "npm", self._given) if self._official else None

    def _log(self, seed: int) -> Path:
        return self._folder / f"server.{seed}.log"

    def _empty(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
