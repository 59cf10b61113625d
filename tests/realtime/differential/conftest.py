import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache

import pytest

from tests.realtime.differential import servers
from tests.realtime.differential.corpus.all import SCRIPTS
from tests.realtime.differential.player import Said, perform

SIDES: dict[str, Callable[[], AbstractContextManager[servers.Stage]]] = {
    "oracle": servers.oracle,
    "fast": lambda: servers.engine(servers.FAST),
    "asgi": lambda: servers.engine("websockets-sansio"),
    "tls": lambda: servers.engine(servers.FAST, tls=True),
}


@pytest.fixture(scope="session")
def said() -> Callable[[str], dict[str, Said]]:
    """What a side said to each script of the corpus; each side is asked once."""

    @cache
    def ask(side: str) -> dict[str, Said]:
        with SIDES[side]() as stage:
            return asyncio.run(perform(list(SCRIPTS.values()), stage))

    return ask
