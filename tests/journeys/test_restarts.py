"""Deploys are invisible (G11): the server is told to stop and started again, and nobody's client errs."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tertulia.client import Tertulia
from tertulia.kernel.ids import new_id
from tests.support.cast import Person, Town, settle
from tests.support.deployments import deployed

RESTARTS = 3
PAUSE = 0.02

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def settled(tmp_path_factory) -> Iterator[Town]:
    """A server that the tests share, without limits; each leaves it running."""
    data = tmp_path_factory.mktemp("server") / "data"
    with deployed(data, TERTULIA_RATE_LIMITS="off") as server:
        yield settle(server)


@pytest.fixture
def town(settled: Town) -> Town:
    return settled.anew()


def client(town: Town, name: str, transport: str) -> Tertulia:
    return Tertulia(town.server.url, token=town.tokens[name], transports=[transport], timeout=None)


class Writer:
    """Somebody who writes on and on, one message after the other, whatever happens to the server."""

    def __init__(self, sdk: Tertulia, town: Town) -> None:
        self.said: list[str] = []
        self._sdk = sdk
        self._place = town.general
        self._is_enough = False
        self._writing = asyncio.create_task(self._write())

    async def goes_on(self, count: int) -> None:
        """Wait for some more acknowledgements."""
        target = len(self.said) + count
        while len(self.said) < target and not self._writing.done():
            await asyncio.sleep(PAUSE)

    async def ends(self) -> None:
        """Raises what an SDK client showed its user."""
        self._is_enough = True
        await self._writing

    async def _write(self) -> None:
        while not self._is_enough:
            self.said.append((await self._sdk.send(self._place, f"{len(self.said)}")).id)
            await asyncio.sleep(PAUSE)


async def test_restarts_under_load_are_noticed_by_nobody(town: Town):
    async with (
        asyncio.timeout(240),
        client(town, "ana", "websocket") as ana,
        client(town, "bruno", "polling") as bruno,
        client(town, "carla", "websocket") as carla,
    ):
        heard = carla.listen(town.general)
        writers = [Writer(each, town) for each in (ana, bruno, carla)]
        for _ in range(RESTARTS):
            await asyncio.gather(*(writer.goes_on(5) for writer in writers))
            assert await asyncio.to_thread(town.server.stop) == 0
            await asyncio.to_thread(town.server.start)
        await asyncio.gather(*(writer.goes_on(5) for writer in writers))
        for writer in writers:
            await writer.ends()
        said = [id_ for writer in writers for id_ in writer.said]
        messages = [await anext(heard) for _ in said]
        posted = await read_posted(ana, town.general)
    assert sorted(it.id for it in messages) == sorted(said)
    for writer in writers:
        assert [it.id for it in messages if it.id in writer.said] == writer.said
    assert [it.seq for it in messages] == posted


async def read_posted(sdk: Tertulia, place: str) -> list[int]:
    """The places of all messages in the log, from its beginning."""
    posted: list[int] = []
    after, head = 0, 1
    while after < head:
        page = await sdk.conversations.list_updates(place, after=after, limit=1_000)
        posted += [it.seq for it in page.updates() if it.type == "message_posted"]
        after, head = after + len(page.items), page.head
    return posted


class Burst:
    """Messages that somebody sent without waiting, and what was answered until the connection ended."""

    def __init__(self, person: Person, conversation_id: str, count: int) -> None:
        self.ids = [new_id() for _ in range(count)]
        self.answers: dict[str, dict[str, Any]] = {}
        self._person = person
        self._place = conversation_id

    async def send(self) -> None:
        for id_ in self.ids:
            fields = {"conversation_id": self._place, "text": id_, "id": id_}
            note = partial(self.answers.__setitem__, id_)
            await self._person.socket.emit("conversations.post_message", fields, callback=note)

    @property
    def acknowledged(self) -> dict[str, int]:
        return {
            id_: answer["result"]["message"]["seq"]
            for id_, answer in self.answers.items()
            if answer["ok"]
        }


async def test_what_is_under_way_is_finished_or_refused(town: Town):
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    burst = Burst(ana, town.general, 500)
    await burst.send()
    stopping = asyncio.create_task(asyncio.to_thread(town.server.stop))
    goodbye = await ana.hears_event("gateway.goodbye")
    assert (goodbye.body["code"], goodbye.body["reconnect"]) == ("going_away", True)
    await ana.socket.wait()
    assert await stopping == 0
    refused = [answer["error"] for answer in burst.answers.values() if not answer["ok"]]
    assert all(error["retryable"] for error in refused)
    assert burst.acknowledged

    await asyncio.to_thread(town.server.start)
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    for id_ in burst.ids:
        again = await ana.says(id_, in_=town.general, id=id_)
        assert again["seq"] == burst.acknowledged.get(id_, again["seq"])
    page = await ana.asks("conversations.list_updates", conversation_id=town.general, limit=1_000)
    posted = [it["message"]["id"] for it in page["items"] if it["type"] == "message_posted"]
    assert sorted(posted) == sorted(burst.ids)
    await ana.goes()
