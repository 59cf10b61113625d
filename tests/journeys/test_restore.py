"""An older copy is restored under clients who saw more: each starts anew, nobody shows what is gone."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tertulia.client import Tertulia
from tertulia.client.errors import TertuliaError
from tertulia.client.reducer import Resynced
from tertulia.client.updates import MessagePosted
from tertulia.kernel.ids import new_id
from tertulia.runtime.fsck import check
from tests.support.cast import Person, Town, settle
from tests.support.server import Server

SECONDS = 60


@pytest.fixture
def town(tmp_path) -> Iterator[Town]:
    with Server(tmp_path / "data", TERTULIA_RATE_LIMITS="off") as server:
        yield settle(server)


class Writer:
    """Goes on writing by the SDK, and remembers what was acknowledged."""

    def __init__(self, client: Tertulia, town: Town) -> None:
        self._client = client
        self._where = town.general
        self._more = asyncio.Condition()
        self.acknowledged: list[str] = []

    async def write(self) -> None:
        for number in count():
            id_ = new_id()
            await self._client.send(self._where, f"número {number}", id=id_)
            async with self._more:
                self.acknowledged.append(id_)
                self._more.notify_all()

    async def wait(self, more: int) -> None:
        """Until so many more are acknowledged."""
        target = len(self.acknowledged) + more
        async with self._more:
            await self._more.wait_for(lambda: len(self.acknowledged) >= target)


class Screen:
    """What a client of the SDK shows of one conversation."""

    def __init__(self, client: Tertulia, town: Town) -> None:
        self._changes = client.updates(town.general)
        self.shown: set[str] = set()
        self.resynced = asyncio.Event()
        self._changed = asyncio.Condition()

    async def follow(self) -> None:
        async for change in self._changes:
            if isinstance(change, Resynced):
                self.shown = {message.id for message in change.page.items}
                self.resynced.set()
            elif isinstance(change, MessagePosted):
                self.shown.add(change.message.id)
            async with self._changed:
                self._changed.notify_all()

    async def shows(self, message_id: str) -> None:
        """Wait for a message."""
        async with self._changed:
            await self._changed.wait_for(lambda: message_id in self.shown)


async def operate(*arguments: str | Path) -> str:
    """A command of the operator; what it says."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tertulia", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def ids_of(person: Person, town: Town) -> set[str]:
    """Every message of `general` that the server has."""
    found: set[str] = set()
    after = 0
    while True:
        page = await person.asks(
            "conversations.list_updates", conversation_id=town.general, after=after, limit=1000
        )
        found |= {each["message"]["id"] for each in page["items"] if "message" in each}
        after += len(page["items"])
        if after >= page["head"]:
            return found


@pytest.mark.parametrize("ending", ["kill", "stop"])
async def test_an_older_copy_under_connected_clients(town: Town, tmp_path, ending):
    data, copy = town.server.data, tmp_path / "copy"
    carla = await Person(town.server, "carla", town.tokens["carla"]).comes()
    async with (
        asyncio.timeout(SECONDS * 2),
        Tertulia(town.server.url, token=town.tokens["ana"]) as ana,
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
    ):
        writer, screen = Writer(ana, town), Screen(bruno, town)
        tasks = [asyncio.create_task(each) for each in (writer.write(), screen.follow())]
        await writer.wait(50)
        before = set(writer.acknowledged)
        await operate("backup", copy, "--data", data)
        await writer.wait(50)
        assert "is whole" in await operate("restore", copy, "--verify", "--data", data)

        tasks[0].cancel()
        with suppress(asyncio.CancelledError, TertuliaError):
            await tasks[0]
        heads = (await carla.asks("conversations.catch_up", positions={}))["heads"]
        seen = heads[town.general]
        lost = set(writer.acknowledged)
        await asyncio.to_thread(getattr(town.server, ending))
        await carla.socket.wait()
        await operate("restore", copy, "--data", data)
        await asyncio.to_thread(town.server.start)

        await screen.resynced.wait()
        again = await Person(town.server, "carla", town.tokens["carla"]).comes()
        position = {"epoch": seen["epoch"], "seq": seen["head"]}
        caught_up = await again.asks("conversations.catch_up", positions={town.general: position})
        assert caught_up["resync"] == [town.general]
        assert caught_up["updates"] == []
        assert again.ready["heads"][town.general]["epoch"] != seen["epoch"]

        fresh = (await ana.send(town.general, "de nuevo")).id
        await again.hears("de nuevo", in_=town.general)
        there = await ids_of(again, town)
        lost -= there
        assert before <= there
        assert lost, "the copy was to be an older one"
        await screen.shows(fresh)
        assert screen.shown <= there
        await again.goes()
        tasks[1].cancel()
    assert check(data).clean
