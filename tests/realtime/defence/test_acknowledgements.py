"""Acknowledgements that were not asked for, or never come."""

import asyncio

import pytest

from tertulia.realtime import Limits, Server, exceptions
from tests.realtime.defence.stand import Stand, held


async def sid_of(stand: Stand) -> str:
    """The sid of the only client."""
    return (await stand.does(members))[0]


async def members(server: Server) -> list[str]:
    return list(server.space("/").members)


async def test_forged_ids_reach_nobody(stand: Stand):
    stand.serve()
    answers: list[tuple[object, ...]] = []
    client = await stand.client()
    sid = await sid_of(stand)
    await stand.does(
        lambda server: server.emit("ask", to=sid, callback=lambda *args: answers.append(args))
    )
    asked = await client.hears("42")
    number = int(asked[2 : asked.index("[")])
    forged = ["43[]", *(f'43{it}["forged"]' for it in range(50) if it != number), "4399999999[]"]
    await client.say(*forged, f'43{number}["true"]', f'43{number}["again"]', '421["after"]')
    assert await client.ack(1) == []
    assert answers == [("true",)]


async def test_another_s_id_is_a_forged_one(stand: Stand):
    stand.serve()
    answers: list[object] = []
    asked, thief = await stand.client(), await stand.client()
    first = await sid_of(stand)
    await stand.does(lambda server: server.emit("ask", to=first, callback=answers.append))
    number = int((await asked.hears("42"))[2:].partition("[")[0])
    await thief.say(f'43{number}["stolen"]', '421["after"]')
    await thief.ack(1)
    await asked.say(f'43{number}["own"]', '421["after"]')
    await asked.ack(1)
    assert answers == ["own"]


async def test_the_server_does_not_wait_for_ever(stand: Stand):
    stand.serve()
    await stand.client()
    sid = await sid_of(stand)
    with pytest.raises(exceptions.TimeoutError):
        await stand.does(lambda server: server.call("ask", sid=sid, timeout=0.1))


async def test_handlers_that_wait_for_a_silent_client_hold_up_only_that_one(stand: Stand):
    stand.serve(Limits(handlers=4))

    async def ask(sid: str) -> object:
        try:
            return await stand.server.call("riddle", sid=sid, timeout=0.3)
        except exceptions.TimeoutError:
            return "no answer"

    stand.server.on("ask", ask)
    silent, other = await stand.client(), await stand.client()
    await silent.say(*(f'42{number}["ask"]' for number in range(1, 9)))
    await other.say('421["other"]')
    assert await other.ack(1) == []
    assert await silent.ack(8) == ["no answer"]


async def test_unanswered_questions_to_one_client_are_bounded(stand: Stand):
    stand.serve(Limits(acknowledgements=10, outgoing_frames=1000))
    client = await stand.client()
    sid = await sid_of(stand)
    answered: list[int] = []

    async def ask_much(server: Server) -> None:
        for number in range(100):
            await server.emit("ask", to=sid, callback=lambda it=number: answered.append(it))

    await stand.does(ask_much)
    ids = [(await client.hears("42"))[2:].partition("[")[0] for _ in range(100)]
    await client.say(*(f"43{number}[]" for number in ids), '421["after"]')
    await client.ack(1)
    assert answered == list(range(90, 100))


async def test_questions_go_with_the_client(stand: Stand):
    stand.serve()
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before = held()
    client = await stand.client()
    sid = await sid_of(stand)
    await stand.does(lambda server: server.emit("ask", to=sid, callback=print))
    client.reset()
    await stand.nothing_stays(before)


async def test_who_is_asked_and_leaves_does_not_keep_the_server_waiting(stand: Stand):
    stand.serve()
    client = await stand.client()
    sid = await sid_of(stand)

    async def ask(server: Server) -> object:
        return await server.call("ask", sid=sid, timeout=1)

    asking = asyncio.create_task(stand.does(ask))
    await client.hears("42")
    client.reset()
    with pytest.raises((exceptions.TimeoutError, exceptions.DisconnectedError)):
        await asking
