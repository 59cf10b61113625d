"""Polling at any gateway, each with a line of its own to NATS."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from tertulia.cluster.nats_server import NatsServer
from tertulia.gateway.cluster import peers
from tertulia.gateway.cluster.carried import PART_BYTES
from tertulia.kit.bus.nats import NatsLine
from tests.gateway.cluster.polling import Client, Edge

pytestmark = pytest.mark.split
PATIENCE = 20.0


@dataclass
class Pair:
    """The gateway that has a client's session, another one, and the client."""

    own: Edge
    other: Edge
    client: Client

    def say(self, text: str) -> None:
        self.own.say(self.client.sid, text)


@asynccontextmanager
async def pair_on(url: str) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as leaving, asyncio.timeout(3 * PATIENCE):
        edges = [await open_edge(url, leaving) for _ in range(2)]
        own, other = edges
        await until(lambda: other.forwarding.knows(own.id))
        yield Pair(own, other, await Client.arrive(own))


async def open_edge(url: str, leaving: AsyncExitStack) -> Edge:
    line = NatsLine(url)
    await line.start()
    leaving.push_async_callback(line.stop)
    edge = Edge(line)
    await edge.start()
    leaving.push_async_callback(edge.stop)
    return edge


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_what_is_said_and_heard_at_another_gateway(nats_server: NatsServer):
    async with pair_on(nats_server.url) as pair:
        assert (await pair.client.post(pair.other, "4hola")).body == b"ok"
        assert pair.own.heard == ["hola"]
        polling = pair.client.begin(pair.other)
        pair.say("x" * 2 * PART_BYTES)
        assert (await polling.answered()).packets == ["4" + "x" * 2 * PART_BYTES]


async def test_who_hangs_up_at_another_gateway_is_gone(nats_server: NatsServer):
    async with pair_on(nats_server.url) as pair:
        socket = pair.own.server.eio.sockets[pair.client.sid]
        polling = pair.client.begin(pair.other)
        await until(lambda: socket.transport.ready)
        polling.hang_up()
        await until(lambda: socket.closed)


async def test_a_poll_outlives_a_restart_of_the_server(
    own_nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(peers, "SILENT_SECONDS", PATIENCE)
    async with pair_on(own_nats_server.url) as pair:
        socket = pair.own.server.eio.sockets[pair.client.sid]
        polling = pair.client.begin(pair.other)
        await until(lambda: socket.transport.ready)
        await asyncio.to_thread(own_nats_server.stop)
        pair.say("mientras tanto")
        await asyncio.to_thread(own_nats_server.start)
        assert (await polling.answered()).packets == ["4mientras tanto"]
        pair.say("después")
        assert (await pair.client.poll(pair.other)).packets == ["4después"]


async def test_the_sessions_of_a_gateway_that_dies_are_unknown(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(peers, "SILENT_SECONDS", 1.0)
    async with pair_on(nats_server.url) as pair:
        polling = pair.client.begin(pair.other)
        assert isinstance(pair.own.line, NatsLine)
        await pair.own.line.stop()
        reply = await polling.answered()
        assert (reply.status, json.loads(reply.body)["code"]) == (400, 1)
