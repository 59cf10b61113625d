"""SIGKILL in the middle of everything: what was acknowledged is there, once, in one order."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from tertulia.kernel.ids import new_id
from tests.support.cast import Person, Town, settle
from tests.support.deployments import deployed

WRITERS = ("ana", "bruno", "carla")
IN_FLIGHT = 8


@pytest.fixture(scope="module")
def settled(tmp_path_factory) -> Iterator[Town]:
    """A server that the tests share, without limits; each leaves it running."""
    data = tmp_path_factory.mktemp("server") / "data"
    with deployed(data, TERTULIA_RATE_LIMITS="off") as server:
        yield settle(server)


@pytest.fixture
def town(settled: Town) -> Town:
    return settled.anew()


class Writer:
    """Somebody who goes on writing, and remembers what was acknowledged and what was not."""

    def __init__(self, town: Town, name: str) -> None:
        self._town = town
        self._name = name
        self._numbers = count(1)
        self.sent: list[str] = []
        self.acknowledged: dict[str, int] = {}
        self.enough = asyncio.Event()

    async def writes(self, enough: int) -> None:
        """Write, with several messages under way, until the server is gone; `enough` says when so
        many more are acknowledged."""
        target = len(self.acknowledged) + enough
        person = Person(self._town.server, self._name, self._town.tokens[self._name])
        await person.comes()
        writing = asyncio.gather(*(self._on_and_on(person, target) for _ in range(IN_FLIGHT)))
        await person.socket.wait()
        writing.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await writing

    async def _on_and_on(self, person: Person, target: int) -> None:
        while True:
            id_, text = new_id(), f"{self._name} {next(self._numbers)}"
            self.sent.append(id_)
            said = await person.says(text, in_=self._town.general, id=id_)
            self.acknowledged[id_] = said["seq"]
            if len(self.acknowledged) >= target:
                self.enough.set()


async def write_until_killed(town: Town, writers: list[Writer], enough: int) -> None:
    """Kill the server once each has been told of so many messages; start it again."""
    for writer in writers:
        writer.enough.clear()
    writing = [asyncio.create_task(writer.writes(enough)) for writer in writers]
    async with asyncio.timeout(60):
        for writer in writers:
            await writer.enough.wait()
    town.server.kill()
    await asyncio.gather(*writing)
    town.server.start()


async def log_of(town: Town) -> list[dict]:
    """All updates of `general`, from the first."""
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    updates: list[dict] = []
    head = 1
    while len(updates) < head:
        page = await ana.asks(
            "conversations.list_updates",
            conversation_id=town.general,
            after=len(updates),
            limit=1000,
        )
        updates += page["items"]
        head = page["head"]
    await ana.goes()
    return updates


async def test_what_is_acknowledged_outlives_any_kill(town: Town):
    writers = [Writer(town, name) for name in WRITERS]
    for enough in (20, 1, 60):
        await write_until_killed(town, writers, enough)
    updates = await log_of(town)
    assert [update["seq"] for update in updates] == list(range(1, len(updates) + 1))
    posted = {
        update["message"]["id"]: update["seq"]
        for update in updates
        if update["type"] == "message_posted"
    }
    numbers = [
        update["message"]["number"] for update in updates if update["type"] == "message_posted"
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(posted) == len(numbers)
    for writer in writers:
        assert writer.acknowledged.items() <= posted.items()
    assert posted.keys() <= {id_ for writer in writers for id_ in writer.sent}


async def test_what_was_not_acknowledged_may_be_sent_again(town: Town):
    writer = Writer(town, "ana")
    await write_until_killed(town, [writer], 30)
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    for id_ in writer.sent:
        said = await ana.says("otra vez", in_=town.general, id=id_)
        assert said["seq"] == writer.acknowledged.get(id_, said["seq"])
    await ana.goes()
    posted = [
        update["message"]["id"]
        for update in await log_of(town)
        if update["type"] == "message_posted"
    ]
    assert sorted(posted) == sorted(writer.sent)
