"""Polling at any gateway: as at the session's own, once, whatever the bus does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import run
from tertulia.gateway.cluster.answering import ABANDONED_SECONDS
from tertulia.gateway.cluster.carried import PART_BYTES, polls_of
from tertulia.gateway.live.engine import caller_of
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.barriers import ALIVE, Beat
from tests.gateway.cluster.polling import (
    CALLER,
    LIMITS,
    Broker,
    Client,
    Edge,
    Reply,
    Said,
    Wire,
)

UNKNOWN = {"code": 1, "message": "Session ID unknown"}


class Scene:
    """A client with a session at one gateway, and another gateway."""

    def __init__(self, most_bytes: int, limits: Limits) -> None:
        self.broker = Broker(most_bytes)
        self.own = Edge(Wire(self.broker), limits)
        self.other = Edge(Wire(self.broker), limits)
        self.client: Client

    async def begin(self) -> None:
        for edge in (self.own, self.other):
            await edge.start()
        await asyncio.sleep(0.01)
        self.client = await Client.arrive(self.own)

    async def end(self) -> None:
        for edge in (self.own, self.other):
            await edge.stop()

    @property
    def lives(self) -> bool:
        return self.own.has(self.client.sid)

    def say(self, *texts: str) -> None:
        for text in texts:
            self.own.say(self.client.sid, text)

    def polls(self) -> list[Said]:
        """What was asked of the session's gateway."""
        return [it for it in self.broker.said if it.subject == polls_of(self.own.id)]


def play(
    story: Callable[[Scene], Awaitable[None]],
    *,
    most_bytes: int = 8 * 1024 * 1024,
    limits: Limits = LIMITS,
) -> None:
    async def told() -> None:
        scene = Scene(most_bytes, limits)
        await scene.begin()
        await story(scene)
        await scene.end()

    run(told())


def refusal(reply: Reply) -> tuple[int, Any]:
    return reply.status, json.loads(reply.body)


def test_a_request_is_answered_at_another_gateway_as_at_its_own():
    async def story(scene: Scene) -> None:
        replies: list[Reply] = []
        for edge in (scene.own, scene.other):
            scene.say("uno", "dos")
            replies += [await scene.client.poll(edge), await scene.client.post(edge, "4tres")]
        assert replies[0].packets == ["4uno", "4dos"]
        assert replies[:2] == replies[2:]
        assert scene.own.heard == ["tres", "tres"]

    play(story)


def test_who_asks_is_who_asked_where_the_request_came_in():
    async def story(scene: Scene) -> None:
        scene.client.caller = replace(CALLER, address="198.51.100.4", client="another")
        await scene.client.post(scene.other, "4hola")
        seen = scene.own.server.eio.sockets[scene.client.sid].scope
        assert seen is not None
        assert caller_of(seen) == scene.client.caller

    play(story)


def test_to_another_credential_the_session_is_unknown():
    async def story(scene: Scene) -> None:
        scene.client.caller = replace(CALLER, bearer="otra")
        assert refusal(await scene.client.poll(scene.other)) == (400, UNKNOWN)
        assert scene.lives

    play(story)


def test_a_poll_may_wait_for_as_long_as_nothing_is_said():
    async def story(scene: Scene) -> None:
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(120)
        scene.say("por fin")
        assert (await polling.answered()).packets == ["4por fin"]

    play(story)


# --- a client that hangs up -------------------------------------------------------------------------


def test_who_hangs_up_ends_the_session_as_at_its_own_gateway():
    async def story(scene: Scene) -> None:
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(0.1)
        polling.hang_up()
        await polling.answered()
        await asyncio.sleep(0.1)
        assert not scene.lives

    play(story)


def test_an_answer_that_crosses_with_the_hanging_up_ends_the_session():
    """What it held would be missing from what the client hears next."""

    async def story(scene: Scene) -> None:
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(0.1)
        scene.broker.fate = lambda _said: [0.2]
        scene.say("perdido")
        await asyncio.sleep(0.1)
        polling.hang_up()
        assert (await polling.answered()).status == 0
        assert scene.lives
        await asyncio.sleep(1)
        assert not scene.lives

    play(story)


def test_a_poll_that_nobody_asks_for_any_more_ends_the_session():
    """The gateway that the client polls at is gone, and the client with it."""

    async def story(scene: Scene) -> None:
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(0.1)
        wire = scene.other.line
        assert isinstance(wire, Wire)
        wire.cut()
        await asyncio.sleep(ABANDONED_SECONDS + 1)
        assert not scene.lives
        polling.hang_up()
        await polling.answered()

    play(story)


# --- a bus that lies ----------------------------------------------------------------------------------


class Fates:
    """What becomes of the first messages about polls, one after another; the others arrive."""

    def __init__(self, *delays: list[float]) -> None:
        self._delays = list(delays)

    def __call__(self, said: Said) -> list[float]:
        return self._delays.pop(0) if self._delays and said.subject != ALIVE else [0.0]


@pytest.mark.parametrize(
    "fates",
    [
        pytest.param([[]], id="the request is lost"),
        pytest.param([[0.0], []], id="the answer is lost"),
        pytest.param([[0.0], [], [], [0.0], []], id="much is lost"),
        pytest.param([[0.0, 0.0], [0.0, 0.0]], id="all is doubled"),
        pytest.param([[0.0, 1.0], [0.0]], id="the request comes again later"),
        pytest.param([[3.0], [0.0]], id="the request is overtaken by the next"),
    ],
)
def test_a_request_is_carried_out_once(fates):
    async def story(scene: Scene) -> None:
        scene.say("uno")
        scene.broker.fate = Fates(*fates)
        assert (await scene.client.poll(scene.other)).packets == ["4uno"]
        scene.broker.fate = Fates(*fates)
        assert (await scene.client.post(scene.other, "4dos")).body == b"ok"
        scene.say("tres")
        assert (await scene.client.poll(scene.own)).packets == ["4tres"]
        await asyncio.sleep(4)
        assert scene.lives
        assert scene.own.heard == ["dos"]

    play(story)


class Talk:
    """A session in use: its gateway tells, its client polls and posts, each time at any gateway."""

    SAID = tuple(str(n) for n in range(40))
    POSTED = tuple(str(n) for n in range(20))

    def __init__(self, scene: Scene, chance: Random) -> None:
        self.heard: list[str] = []
        self.posted = 0
        self._scene = scene
        self._chance = chance

    async def run(self) -> None:
        await asyncio.gather(self._tell(), self._poll(), self._post())

    def _any(self) -> Edge:
        return self._chance.choice([self._scene.own, self._scene.other])

    async def _tell(self) -> None:
        for text in self.SAID:
            await asyncio.sleep(self._chance.uniform(0, 0.5))
            if self._scene.lives:
                self._scene.say(text)

    async def _poll(self) -> None:
        while len(self.heard) < len(self.SAID):
            reply = await self._scene.client.poll(self._any())
            if reply.status != 200:
                return
            self.heard += [packet[1:] for packet in reply.packets]

    async def _post(self) -> None:
        for text in self.POSTED:
            if (await self._scene.client.post(self._any(), f"4{text}")).status != 200:
                return
            self.posted += 1


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_doubled_or_reordered_while_the_session_lives(seed):
    chance = Random(seed)

    def fate(_said: Said) -> list[float]:
        copies = chance.choices([0, 1, 2], [2, 6, 2])[0]
        return [chance.uniform(0, 0.5) for _ in range(copies)]

    async def story(scene: Scene) -> None:
        scene.broker.fate = fate
        talk = Talk(scene, chance)
        await talk.run()
        assert tuple(talk.heard) == talk.SAID[: len(talk.heard)]
        assert len(talk.heard) == len(talk.SAID) or not scene.lives
        assert tuple(scene.own.heard) in (
            talk.POSTED[: talk.posted],
            talk.POSTED[: talk.posted + 1],
        )

    play(story)


def test_what_is_no_request_is_passed_over():
    async def story(scene: Scene) -> None:
        for payload in (b"", b"\xff", b"{}\n", b'{"id":"x","method":"DELETE"}\n'):
            scene.other.line.send(polls_of(scene.own.id), payload, reply="nobody")
        await asyncio.sleep(0.1)
        scene.say("sigue")
        assert (await scene.client.poll(scene.other)).packets == ["4sigue"]

    play(story)


# --- a gateway that is gone -----------------------------------------------------------------------------


def test_when_the_gateway_of_a_session_dies_the_session_is_unknown():
    async def story(scene: Scene) -> None:
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(0.1)
        await scene.own.stop()
        wire = scene.own.line
        assert isinstance(wire, Wire)
        wire.cut()
        assert refusal(await polling.answered()) == (400, UNKNOWN)
        assert refusal(await scene.client.post(scene.other, "4hola")) == (400, UNKNOWN)

    play(story)


def test_a_gateway_that_says_goodbye_is_not_asked_any_more():
    async def story(scene: Scene) -> None:
        await scene.own.stop()
        scene.own.line.send(ALIVE, Beat(gateway_id=scene.own.id, leaves=True).encoded)
        await asyncio.sleep(0.1)
        assert refusal(await scene.client.poll(scene.other)) == (400, UNKNOWN)
        assert not scene.polls()

    play(story)


@pytest.mark.parametrize("sid", ["", "x", "*.x", "%3E.x", "tertulia.gateways.alive", "a b.c"])
def test_for_an_id_that_is_no_gateways_nobody_is_asked(sid):
    async def story(scene: Scene) -> None:
        before = [it for it in scene.broker.said if it.subject != ALIVE]
        scene.client.sid = f"{sid}{'' if sid else '.'}"
        assert refusal(await scene.client.poll(scene.other)) == (400, UNKNOWN)
        assert [it for it in scene.broker.said if it.subject != ALIVE] == before

    play(story)


# --- sizes ------------------------------------------------------------------------------------------------


def test_a_large_answer_comes_in_parts():
    async def story(scene: Scene) -> None:
        texts = [str(n) * (PART_BYTES // 2) for n in range(3)]
        polling = scene.client.begin(scene.other)
        await asyncio.sleep(0.1)
        for text in texts:
            scene.say(text)
        heard = (await polling.answered()).packets
        while len(heard) < len(texts):
            heard += (await scene.client.poll(scene.other)).packets
        assert heard == [f"4{text}" for text in texts]

    play(story, most_bytes=PART_BYTES + 1024)


def test_a_body_that_the_bus_does_not_carry_is_refused_by_its_code():
    async def story(scene: Scene) -> None:
        reply = await scene.client.post(scene.other, "4" + "x" * 5_000)
        assert (reply.status, json.loads(reply.body)["code"]) == (413, "too_large")

    play(story, most_bytes=4_000)


# --- the upgrade --------------------------------------------------------------------------------------------


def test_a_websocket_that_is_to_take_over_elsewhere_is_refused_and_polling_goes_on():
    async def story(scene: Scene) -> None:
        sent: list[Any] = []

        async def send(event: Any) -> None:
            sent.append(event)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        query = f"EIO=4&transport=websocket&sid={scene.client.sid}"
        scope: dict[str, Any] = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/socket.io/",
            "query_string": query.encode(),
            "headers": [],
            "extensions": {"websocket.http.response": {}},
            "tertulia.caller": CALLER,
            "tertulia.request_id": "x",
        }
        await scene.other.door(scope, receive, send)
        assert (sent[0]["status"], json.loads(sent[1]["body"])) == (400, UNKNOWN)
        scene.say("sigue")
        assert (await scene.client.poll(scene.other)).packets == ["4sigue"]

    play(story)
