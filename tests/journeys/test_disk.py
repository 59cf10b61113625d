"""A disk that is full or fails (G18): refused, never acknowledged, and a commit that was not kept is the end."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tertulia.chaos.faults.disk import (
    CannotMount,
    FailingDisk,
    FullDisk,
    Quota,
    SmallDisk,
)
from tertulia.chaos.faults.shim import CannotBuild, Shim
from tertulia.kernel.ids import new_id
from tertulia.kit.db.sqlite import EXIT_IO_ERROR
from tests.support.cast import Person, Refused, Town, settle
from tests.support.server import Server

LONG = "hola " * 3_000
MOST = 400
"""Messages within which the log of the database has to grow."""
LOST = (Exception, asyncio.CancelledError)


class Author:
    """Somebody who writes, and remembers what was acknowledged."""

    def __init__(self, person: Person, town: Town) -> None:
        self.person = person
        self._place = town.general
        self.acknowledged: dict[str, int] = {}

    async def writes(self) -> None:
        id_ = new_id()
        said = await self.person.says(LONG, in_=self._place, id=id_)
        self.acknowledged[id_] = said["seq"]

    async def writes_until_refused(self) -> Refused:
        for _ in range(MOST):
            try:
                await self.writes()
            except Refused as refusal:
                return refusal
        raise AssertionError("The disk took everything.")

    async def finds_all(self) -> None:
        """What was acknowledged is there, once, and nothing else."""
        found: dict[str, int] = {}
        head, at = 1, 0
        while at < head:
            page = await self.person.asks(
                "conversations.list_updates", conversation_id=self._place, after=at, limit=1000
            )
            head = page["head"]
            for update in page["items"]:
                assert update["seq"] == at + 1
                at = update["seq"]
                if update["type"] == "message_posted":
                    found[update["message"]["id"]] = at
        assert found == self.acknowledged


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def settled(stack: ExitStack, data: Path, **variables: str) -> Town:
    settings = {"TERTULIA_RATE_LIMITS": "off", **variables}
    return settle(stack.enter_context(Server(data, **settings)))


async def author_of(town: Town, *, name: str = "ana") -> Author:
    return Author(await Person(town.server, name, town.tokens[name]).comes(), town)


@pytest.fixture(params=["full", "quota"])
def full(
    request, stack: ExitStack, tmp_path: Path
) -> tuple[Town, AbstractAsyncContextManager[None]]:
    """A town, and what leaves its disk without room."""
    if request.param == "quota":
        town = settled(stack, tmp_path / "data")
        return town, Quota(lambda: _pid(town.server))
    try:
        disk = stack.enter_context(SmallDisk(tmp_path / "disk"))
    except CannotMount as reason:
        pytest.skip(str(reason))
    return settled(stack, disk.folder / "data"), FullDisk(disk)


def _pid(server: Server) -> int:
    assert server.process
    return server.process.pid


async def test_a_full_disk_refuses_and_works_again_when_there_is_room(full):
    town, disk = full
    author = await author_of(town)
    await author.writes()
    async with disk:
        refusal = await author.writes_until_refused()
        told = (refusal.code, refusal.status, refusal.error["retryable"])
        assert told == ("storage_full", 503, True)
        assert refusal.error["retry_after_ms"] > 0
        await reads_go_on(author, town)
        await is_refused_by_http(town)
    await author.writes()
    await author.finds_all()
    assert town.server.stop() == 0
    town.server.start()
    await (await reborn(author, town)).finds_all()


async def reads_go_on(author: Author, town: Town) -> None:
    page = await author.person.asks("conversations.list_messages", conversation_id=town.general)
    assert page["items"]
    async with httpx.AsyncClient(base_url=town.server.url) as http:
        assert (await http.get("/readyz")).status_code == 200
    another = await Person(town.server, "bruno", town.tokens["bruno"]).comes()
    await another.goes()


async def is_refused_by_http(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.tokens['carla']}"}
    path = f"{town.server.url}/api/v1/conversations/{town.general}/messages"
    async with httpx.AsyncClient(headers=headers, timeout=30) as http:
        refusal = await http.post(path, json={"text": LONG})
    assert (refusal.status_code, refusal.json()["code"]) == (503, "storage_full")
    assert int(refusal.headers["retry-after"]) > 0


async def reborn(author: Author, town: Town) -> Author:
    """The same after a restart."""
    again = await author_of(town)
    again.acknowledged = author.acknowledged
    return again


@pytest.fixture
def failing(stack: ExitStack, tmp_path: Path) -> tuple[Town, Shim]:
    """A town whose disk may fail."""
    try:
        shim = stack.enter_context(Shim(tmp_path / "shim", tmp_path / "data"))
    except CannotBuild as reason:
        pytest.skip(str(reason))
    return settled(stack, tmp_path / "data", **shim.environment), shim


async def test_a_write_that_fails_is_refused_and_the_next_is_not(failing):
    town, shim = failing
    author = await author_of(town)
    await author.writes()
    async with FailingDisk(shim, "write"):
        refusal = await author.writes_until_refused()
        assert refusal.code == "storage_full"
        await reads_go_on(author, town)
    assert shim.struck
    await author.writes()
    await author.finds_all()


async def test_a_write_that_ends_in_the_middle_is_finished(failing):
    town, shim = failing
    author = await author_of(town)
    async with FailingDisk(shim, "short"):
        for _ in range(10):
            await author.writes()
    assert shim.struck
    await author.finds_all()


async def test_after_a_sync_that_failed_the_process_is_gone_and_nothing_was_acknowledged(failing):
    town, shim = failing
    author = await author_of(town)
    for _ in range(5):
        await author.writes()
    process = town.server.process
    assert process
    async with FailingDisk(shim, "sync"):
        writing: Any = asyncio.create_task(author.writes())
        status = await asyncio.to_thread(process.wait, 30)
    assert status == EXIT_IO_ERROR
    writing.cancel()
    with suppress(*LOST):
        await writing
    assert len(author.acknowledged) == 5
    town.server.kill()
    town.server.start()
    again = await reborn(author, town)
    page = await again.person.asks("conversations.list_messages", conversation_id=town.general)
    posted = {it["id"] for it in page["items"] if it["kind"] == "text"}
    assert author.acknowledged.keys() <= posted
