"""A simulated server that is killed: what was committed stays, and nothing of it moves any more."""

import asyncio
from random import Random

import pytest

from tertulia.chaos.simulation.network import Cut
from tertulia.chaos.simulation.town import played, town
from tertulia.chaos.simulation.world import World
from tertulia.kernel.ids import new_id


def play(tmp_path, work):
    founded = town()
    file = tmp_path / "tertulia.db"
    file.write_bytes(founded.database)

    async def run(loop):
        world = World(file, loop, Random(1))
        await world.open()
        try:
            await work(world, founded)
        finally:
            await world.serving()
            await world.close()

    played(1, run)


async def connect(world, founded, hear=lambda _name, _body: None):
    await world.serving()
    socket = world.connect(hear)
    await socket.open(founded.citizens["ana"].token)
    return socket


def message(founded):
    return {"id": new_id(), "conversation_id": founded.conversations["general"], "text": "hola"}


async def head(world, founded):
    socket = await connect(world, founded)
    fields = {"conversation_id": founded.conversations["general"]}
    return (await socket.ask("conversations.list_updates", fields))["result"]["head"]


def test_what_was_acknowledged_is_there_in_the_next_life(tmp_path):
    async def work(world, founded):
        socket = await connect(world, founded)
        answer = await socket.ask("conversations.post_message", message(founded))
        world.process.kill()
        assert await head(world, founded) == answer["result"]["message"]["seq"]
        assert world.lives == 2

    play(tmp_path, work)


def test_what_waits_for_the_writer_is_lost_and_never_answered(tmp_path):
    async def work(world, founded):
        before = await head(world, founded)
        socket = await connect(world, founded)
        answer = socket.emit("conversations.post_message", message(founded))
        while not world.process.database.waiting:
            await asyncio.sleep(0.0001)
        world.process.kill()
        with pytest.raises(Cut):
            await answer
        assert await head(world, founded) == before

    play(tmp_path, work)


def test_nobody_listens_while_it_is_dead(tmp_path):
    async def work(world, founded):
        world.process.kill()
        with pytest.raises(Cut):
            world.connect(lambda _name, _body: None)

    play(tmp_path, work)


def test_a_call_over_http_and_a_socket_find_the_same(tmp_path):
    async def work(world, founded):
        fields = message(founded)
        socket = await connect(world, founded)
        said = await socket.ask("conversations.post_message", fields)
        path = f"/api/v1/conversations/{fields['conversation_id']}/messages"
        body = {"id": fields["id"], "text": "otra cosa"}
        again = await world.post(path, founded.citizens["ana"].token, body)
        assert again["result"] == said["result"]["message"]

    play(tmp_path, work)
