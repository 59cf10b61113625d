"""What is told of a fresh message is never read back, and is what a read gives, byte for byte."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic_core import to_json

from tertulia.conversations.contract.messages import GetMessage, MessageView, PostMessage
from tertulia.conversations.contract.updates import MessagePosted
from tertulia.gateway.answers import encoded_result
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tests.conversations.cast import VISITA
from tests.conversations.town import Town

Said = list[tuple[Actor, PostMessage]]


def text(where: str, said: str, **more: Any) -> PostMessage:
    return PostMessage.model_validate({"conversation_id": where, "text": said, **more})


async def plain(town: Town, where: str) -> Said:
    return [(town.ana, text(where, 'hola «ñ» 👋🏽 "\\\n\u2028', id=new_id()))]


async def many(town: Town, where: str) -> Said:
    return [(town.ana, text(where, f"n {number}")) for number in range(30)]


async def quote(town: Town, where: str) -> Said:
    first = await town.say(town.ana, "uno", where)
    return [(town.ana, text(where, "dos", reply_to=first.id))]


async def thread(town: Town, where: str) -> Said:
    root = await town.say(town.ana, "raíz", where)
    await town.say(town.ana, "rama", where, thread_id=root.id)
    return [
        (town.ana, text(where, "otra", thread_id=root.id)),
        (town.ana, text(where, "a la vista", thread_id=root.id, also_in_channel=True)),
        (town.ana, text(where, "sin hilo", also_in_channel=True)),
    ]


async def thread_at_once(town: Town, where: str) -> Said:
    root_id = new_id()
    return [
        (town.ana, text(where, "raíz", id=root_id)),
        (town.ana, text(where, "rama", thread_id=root_id)),
        (town.ana, text(where, "rama", thread_id=root_id, reply_to=root_id)),
    ]


async def mentioning(town: Town, where: str) -> Said:
    return [(town.ana, text(where, "@bruno @carla. @here y @everyone, @nadie y @bruno"))]


async def guest(town: Town, _where: str) -> Said:
    return [(VISITA, text(town.plaza, "buenas"))]


async def newcomer(town: Town, _where: str) -> Said:
    face = {"username": "nora", "display_name": "Nora", "avatar_url": "/a.png", "version": 3}
    nora = Actor.model_validate({"id": new_id(), "kind": "person", **face})
    return [(nora, text(town.plaza, "soy nueva"))]


async def renamed(town: Town, where: str) -> Said:
    later = {"display_name": "Ana María", "version": town.ana.version + 1}
    return [(town.ana.model_copy(update=later), text(where, "hola"))]


async def stale(town: Town, where: str) -> Said:
    """The actor says less than is known already."""
    earlier = {"display_name": "A.", "version": town.ana.version - 1}
    return [(town.ana.model_copy(update=earlier), text(where, "hola"))]


CASES = (plain, many, quote, thread, thread_at_once, mentioning, guest, newcomer, renamed, stale)


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request: pytest.FixtureRequest) -> Callable[[Town, str], Awaitable[Said]]:
    return request.param


@pytest.fixture
async def where(town: Town) -> str:
    return (await town.channel("tinta", members=(town.bruno.id, town.carla.id))).id


async def post(town: Town, said: Said) -> list[MessageView]:
    answers = await asyncio.gather(*(town.ask(request, actor) for actor, request in said))
    return [answer.message for answer in answers]


async def test_the_event_is_what_the_log_reads(town: Town, where: str, case: Any):
    said = await case(town, where)
    messages = await post(town, said)
    await town.house.settled()
    told = town.house.heard(MessagePosted)[-len(said) :]
    first = messages[0]
    logged = await town.log(town.ana, first.conversation_id, after=first.seq - 1)
    assert [event.encoded for event in told] == [to_json(update) for update in logged]
    heard = [MessagePosted.model_validate(update) for update in logged]
    assert [update.encoded for update in heard] == [to_json(update) for update in heard]


async def test_the_answer_is_what_is_found_later(town: Town, where: str, case: Any):
    said = await case(town, where)
    answers = await asyncio.gather(*(town.ask(request, actor) for actor, request in said))
    for (actor, _), answer in zip(said, answers, strict=True):
        found = await town.ask(GetMessage(message_id=answer.message.id), actor)
        assert found.message == answer.message
        assert encoded_result(answer) == encoded_result(found)
