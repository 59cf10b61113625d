import asyncio
from collections.abc import Callable
from functools import cache

import pytest

from tests.realtime.differential import servers
from tests.realtime.differential.corpus.all import SCRIPTS
from tests.realtime.differential.player import Said, perform
from tests.realtime.serving import DRIVERS, Certificate


@pytest.fixture(scope="session")
def said(certificate: Certificate) -> Callable[[str], dict[str, Said]]:
    """What a side said to each script of the corpus: `oracle`, or a driver. Each is asked once."""

    @cache
    def ask(side: str) -> dict[str, Said]:
        serving = (
            servers.oracle() if side == "oracle" else servers.engine(DRIVERS[side], certificate)
        )
        with serving as stage:
            return asyncio.run(perform(list(SCRIPTS.values()), stage))

    return ask
