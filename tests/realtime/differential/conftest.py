import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from tests.realtime.differential import servers
from tests.realtime.differential.corpus.all import OVER_TLS, SCRIPTS
from tests.realtime.differential.player import Said, perform
from tests.realtime.serving import DRIVERS, Certificate


@dataclass(frozen=True)
class Heard:
    """What a side said to each script of the corpus, and what it complained of meanwhile."""

    said: dict[str, Said]
    complaints: list[str]


Ask = Callable[[str], Heard]


@pytest.fixture(scope="session")
def ask(certificate: Certificate) -> Ask:
    """Play the corpus to a side: `oracle`, or the name of a driver. Each is asked once."""

    @cache
    def ask(name: str) -> Heard:
        serving = (
            servers.oracle() if name == "oracle" else servers.engine(DRIVERS[name], certificate)
        )
        scripts = OVER_TLS if name == "tls" else SCRIPTS
        with serving as side:
            said = asyncio.run(perform(list(scripts.values()), side.at))
        return Heard(said, side.complaints)

    return ask
