"""Power cuts as a tier of the plan."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tertulia.chaos.plan import CannotRun, Outcome
from tertulia.chaos.power.promises import check_order
from tertulia.chaos.power.recording import CannotRecord, Recording, record
from tertulia.chaos.power.serving import DoesNotStart
from tertulia.chaos.power.verifying import Verdicts, verify
from tertulia.chaos.violations import Violation

MESSAGES = 400
IMAGES = 100
"""Of one recording."""


class PowerTier:
    """Each run records a server from its first start on, and cuts its power at many points."""

    name = "power"
    says = "one recorded server, its power cut at 100 points, each disk opened again"
    enough: Mapping[str, int] = {"images": 2_000}

    def __init__(self, *, messages: int = MESSAGES, images: int = IMAGES) -> None:
        self._messages = messages
        self._images = images

    def run(self, seed: int) -> Outcome:
        """One recording and its images. Raises `CannotRun`."""
        try:
            recording = _recorded(seed, self._messages)
        except DoesNotStart as error:
            return Outcome(seed, [Violation("G12", f"a new server does not start: {error}")])
        seeds = range(seed * self._images, (seed + 1) * self._images)
        verdicts = asyncio.run(verify(recording, seeds))
        return Outcome(
            seed,
            [*check_order(recording), *_violations(verdicts)],
            {
                "recordings": 1,
                "images": verdicts.images,
                "images opened by the whole server": verdicts.opened_by_server,
                "acknowledgements": recording.acknowledged,
            },
        )


def _recorded(seed: int, messages: int) -> Recording:
    with tempfile.TemporaryDirectory(prefix="tertulia-power-") as folder:
        try:
            return record(Path(folder) / "recording", seed=seed, messages=messages)
        except CannotRecord as error:
            raise CannotRun(str(error)) from error


def _violations(verdicts: Verdicts) -> list[Violation]:
    """The first of each image; the others follow from it."""
    return [
        Violation(first.checker, f"image {bad.seed} at line {bad.line}: {first.says}")
        for bad in verdicts.bad
        for first in bad.violations[:1]
    ]
