"""A service in another language takes part: it answers, hears, and tells."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tertulia.conversations.contract.updates import MessagePosted
from tertulia.kernel.errors import AppError, Unavailable
from tertulia.kernel.messages import Command, Event, Model
from tertulia.kit.bus.nats import NatsBus, NatsLine
from tests.support.programs import ROOT, SECONDS, Program

pytestmark = pytest.mark.split

EXAMPLE = ROOT / "examples" / "node-service"


class Rolled(Model):
    rolls: list[int]
    total: int


class Roll(Command[Rolled]):
    """What a contract of the service in Python would say."""

    __module__ = "tertulia.dice.contract"
    dice: str


class DiceRolled(Event):
    __module__ = "tertulia.dice.contract"
    conversation_id: str
    rolls: list[int]
    total: int

    @property
    def topic(self) -> str:
        return self.conversation_id


DiceRolled.wire_name = "dice.rolled"


@pytest.fixture
async def bus(nats_server) -> AsyncIterator[NatsBus]:
    line = NatsLine(nats_server.url)
    await line.start()
    bus = NatsBus(line)
    yield bus
    await bus.stop()
    await line.stop()


@pytest.fixture
async def dice(nats_server) -> AsyncIterator[Program]:
    """The service as its reader starts it; `make setup` has installed what its lock names."""
    async with await Program.start(
        "node", "service.js", cwd=EXAMPLE, TERTULIA_BUS=nats_server.url
    ) as program:
        await program.prints("on the table")
        yield program


async def test_it_answers_a_command(dice, bus):
    rolled = await bus.ask(Roll(dice="3d6"))
    assert len(rolled.rolls) == 3
    assert all(1 <= it <= 6 for it in rolled.rolls)
    assert rolled.total == sum(rolled.rolls)


async def test_it_refuses_with_a_code_of_its_own(dice, bus):
    with pytest.raises(AppError, match="2d6") as raised:
        await bus.ask(Roll(dice="many"))
    assert (raised.value.code, raised.value.status) == ("dice.unreadable", 422)


async def test_it_reacts_to_what_is_written(dice, bus):
    heard: asyncio.Queue[DiceRolled] = asyncio.Queue()
    posted = _posted("!roll 2d4")
    bus.listen(DiceRolled, heard.put, followed=True)
    await bus.start()
    await bus.follow([posted.conversation_id])
    await bus.publish(_posted("hola"))
    await bus.publish(posted)
    async with asyncio.timeout(SECONDS):
        event = await heard.get()
    assert len(event.rolls) == 2


async def test_who_is_gone_is_unavailable(bus):
    with pytest.raises(Unavailable, match=r"dice\.roll"):
        await bus.ask(Roll(dice="1d6"))


def _posted(text: str) -> MessagePosted:
    """A message as the protocol's example has it, with another text."""
    example = ROOT / "protocol" / "examples" / "conversations.message_posted.json"
    told: dict[str, Any] = json.loads(example.read_text("utf-8"))["hear"][1]
    message = {**told["message"], "text": text}
    return MessagePosted.model_validate({**told, "message": message})
