"""A client of the proofs, on a connection of which every word is chosen."""

import asyncio
import json
from random import Random
from typing import Any, cast

from tertulia.chaos.clients.packets import Exchange, Hear
from tertulia.chaos.history import Began, Heard
from tertulia.chaos.simulation.device import Device
from tertulia.chaos.simulation.network import Cut
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.town import Citizen, Town
from tertulia.chaos.simulation.world import World
from tertulia.kernel.actor import Actor

PLAZA = "plaza"
TOWN = Town(
    b"",
    {"ana": Citizen("ana", "token", Actor(id="ana", kind="person", username="ana"))},
    {},
    dict.fromkeys(("plaza", "general", "taller", "vecinos"), PLAZA),
)


class Hasty:
    """A connection that says at once that it is ready, and what is said next with it."""

    def __init__(self, hear: Hear) -> None:
        self.asked: list[Any] = []
        self._exchange = Exchange(hear)

    @property
    def over(self) -> asyncio.Event:
        return self._exchange.over

    async def open(self, _token: str) -> Any:
        self.tell("gateway.ready", {"heads": {PLAZA: {"epoch": "e", "head": 4}}})
        self.say(5)
        return await self._exchange.ready

    def say(self, seq: int) -> None:
        update = {"conversation_id": PLAZA, "seq": seq, "type": "message_pinned"}
        self.tell("conversations.message_pinned", update)

    def tell(self, name: str, body: Any) -> None:
        self._exchange.take("42" + json.dumps([name, body]))

    async def ask(self, _command: str, fields: Any) -> Any:
        self.asked.append(fields["positions"])
        nothing: dict[str, Any] = {"updates": [], "gone": [], "resync": [], "more": False}
        return {"ok": True, "result": nothing}

    def cut(self) -> None:
        self._exchange.end(Cut())


class Street:
    def __init__(self) -> None:
        self.sockets: list[Hasty] = []

    def connect(self, hear: Hear, *, resume: bool = False) -> Hasty:
        del resume
        self.sockets.append(Hasty(hear))
        return self.sockets[-1]


def device_in(street: Street) -> tuple[Device, Recorder]:
    recorder = Recorder(asyncio.get_running_loop().time)
    world = cast("World", street)
    return Device(world, TOWN, "ana", "ana/0", recorder, Random(1)), recorder


async def test_it_begins_before_it_hears_what_came_with_the_beginning():
    device, recorder = device_in(Street())
    assert await device.connect()
    assert [type(it) for it in recorder.records] == [Began, Heard]
    assert device.places[PLAZA].seq == 5


async def test_it_asks_on_from_where_it_was_whatever_it_has_been_told_since():
    street = Street()
    device, _ = device_in(street)
    await device.connect()
    assert street.sockets[0].asked == [{PLAZA: {"epoch": "e", "seq": 4}}]


async def test_what_an_earlier_connection_says_late_is_not_heard():
    street = Street()
    device, recorder = device_in(street)
    await device.connect()
    await device.connect()
    before = len(recorder.records)
    street.sockets[0].say(6)
    assert len(recorder.records) == before
    street.sockets[1].say(6)
    assert len(recorder.records) == before + 1
