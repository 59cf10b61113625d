"""Long-polling: bodies and polls of one client, in virtual time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from tertulia.chaos.simulation.virtual_time import run
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.packets import encode_payload
from tertulia.realtime.engine.polling import PollingTransport
from tertulia.realtime.engine.server import Server
from tertulia.realtime.engine.socket import Socket
from tests.realtime.engine.fakes import Ear, FakeTransport, World, parcel

LIMITS = Limits(outgoing_frames=8)


class Poller:
    """A client that polls, and whoever hears it."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.server = Server(ping_interval=1e6, ping_timeout=1e6, limits=limits)
        self.server.receiver_of = lambda _socket: self.ear
        self.ear = Ear()
        self.socket = Socket(self.server, "sid", {})
        self.socket.receiver = self.ear
        self.server.sockets["sid"] = self.socket
        self.transport = PollingTransport(self.socket, limits.poll_packets)
        self.server.start(self.socket, self.transport)

    async def poll(self) -> bytes | None:
        parcels = await self.transport.poll()
        if parcels is None:
            return None
        return encode_payload(packet for it in parcels for packet in it.packets)

    async def post(self, body: bytes) -> None:
        with self.transport.posting() as alone:
            if alone:
                await self.transport.post(body)

    def say(self, *texts: str) -> None:
        for text in texts:
            self.socket.send(parcel(text))

    def heard_and_paused(self, data: str | bytes) -> None:
        self.ear.messages.append(data)
        self.socket.pause()

    def echo(self) -> None:
        """Answer each message with itself."""
        self.ear.received = lambda data: self.say(str(data))


def body(*texts: str) -> bytes:
    return "\x1e".join(texts).encode()


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


Story = Callable[[Poller], Awaitable[Any]]


def told(story: Story, limits: Limits = LIMITS) -> Any:
    """Play a story with a client that has its OPEN packet."""

    async def begin() -> Any:
        poller = Poller(limits)
        opening = await poller.poll()
        assert opening is not None
        assert opening.startswith(b"0{")
        return await story(poller)

    return run(begin())


def test_what_waits_is_fetched_in_order():
    async def story(poller: Poller) -> Any:
        poller.say("one", "two")
        await turns()
        return await poller.poll()

    assert told(story) == body("4one", "4two")


def test_a_poll_waits_for_the_first_thing():
    async def story(poller: Poller) -> Any:
        poll = asyncio.ensure_future(poller.poll())
        await turns()
        assert not poll.done()
        poller.say("one")
        return await poll

    assert told(story) == body("4one")


def test_two_polls_at_once_end_the_client():
    async def story(poller: Poller) -> Any:
        first = asyncio.ensure_future(poller.poll())
        await turns()
        second = await poller.poll()
        return await first, second, poller.ear.reasons

    assert told(story) == (b"1", None, ["transport error"])


def test_two_bodies_at_once_end_the_client():
    async def story(poller: Poller) -> Any:
        with poller.transport.posting():
            await poller.post(body("4two"))
        return poller.ear.messages, poller.ear.reasons

    assert told(story) == ([], ["transport error"])


def test_a_body_is_carried_out_up_to_its_first_nonsense():
    async def story(poller: Poller) -> Any:
        await poller.post(body("4one", "bdHdv", "6", "4three", "nonsense", "4four"))
        return poller.ear.messages, poller.ear.reasons

    assert told(story) == (["one", b"two", "three"], ["parse error"])


def test_a_client_may_say_that_it_goes():
    async def story(poller: Poller) -> Any:
        poll = asyncio.ensure_future(poller.poll())
        await turns()
        await poller.post(body("4one", "1", "4two"))
        return await poll, poller.ear.messages, poller.ear.reasons

    assert told(story) == (b"6", ["one"], ["client disconnect"])


def test_the_last_words_wait_for_a_poll_and_then_it_is_unknown():
    async def story(poller: Poller) -> Any:
        poller.socket.close("server disconnect", parcel("bye"))
        assert "sid" in poller.server.sockets
        last = await poller.poll()
        return last, "sid" in poller.server.sockets

    assert told(story) == (body("4bye", "1"), False)


def test_last_words_that_nobody_fetches_are_forgotten():
    async def story(poller: Poller) -> Any:
        poller.socket.close("server disconnect", parcel("bye"))
        await asyncio.sleep(LIMITS.handshake_seconds + 1)
        return "sid" in poller.server.sockets

    assert told(story) is False


def test_whoever_asks_much_in_one_body_and_polls_is_not_slow():
    async def story(poller: Poller) -> Any:
        poller.echo()
        texts = [f"4{number}" for number in range(100)]
        post = asyncio.ensure_future(poller.post(body(*texts)))
        got: list[str] = []
        while len(got) < len(texts):
            answer = await poller.poll()
            assert answer is not None
            got += answer.decode().split("\x1e")
        await post
        return got == texts, poller.ear.reasons

    assert told(story) == (True, [])


def test_a_body_waits_while_its_client_is_paused():
    async def story(poller: Poller) -> Any:
        poller.ear.received = poller.heard_and_paused
        post = asyncio.ensure_future(poller.post(body("4one", "4two", "4three")))
        counts = []
        for _ in range(3):
            await turns()
            counts.append(len(poller.ear.messages))
            poller.socket.resume()
        await post
        return counts

    assert told(story) == [1, 2, 3]


# --- an upgrade in the middle of a body -------------------------------------------------------------


async def changed_over(poller: Poller) -> tuple[int, list[str], bool]:
    """Upgrade before a body is done: how many messages are heard, how it ends, and for the WebSocket."""
    texts = [f"4{number}" for number in range(100)]
    post = asyncio.ensure_future(poller.post(body(*texts)))
    await turns(30)
    assert not post.done()
    new = FakeTransport()
    new.socket = poller.socket
    assert poller.socket.begin_upgrade(cast("Any", new))
    poller.socket.upgrade(cast("Any", new))
    async with asyncio.timeout(60):
        await post
    return len(poller.ear.messages), poller.ear.reasons, new.closing


def test_whoever_changes_over_while_its_body_waits_for_polls_is_closed():
    """Nobody would let that body go on, nor end."""

    async def story(poller: Poller) -> Any:
        poller.echo()
        return await changed_over(poller)

    assert told(story) == (0, ["transport error"], True)


def test_whoever_changes_over_while_its_body_is_paused_is_closed():
    """What is paused does not go on over an upgrade."""

    async def story(poller: Poller) -> Any:
        poller.ear.received = poller.heard_and_paused
        return await changed_over(poller)

    assert told(story) == (1, ["transport error"], True)


def test_a_body_that_is_done_is_no_hindrance():
    async def story(poller: Poller) -> Any:
        await poller.post(body("4one"))
        new = FakeTransport()
        new.socket = poller.socket
        poller.socket.upgrade(cast("Any", new))
        return poller.socket.transport is new, poller.ear.reasons

    assert told(story) == (True, [])


# --- several servers --------------------------------------------------------------------------------


async def arrive(server: Server) -> str:
    """The session that a request to the server opens."""
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    query = b"EIO=4&transport=polling"
    scope = {"type": "http", "method": "GET", "query_string": query, "headers": []}
    await server.handle_request(scope, cast("Any", None), send)
    return json.loads(sent[1]["body"][1:])["sid"]


def test_a_session_tells_by_its_prefix_which_server_has_it():
    server = Server()
    server.sid_prefix = "norte."
    sid = run(arrive(server))
    assert sid.startswith("norte.")
    assert len(sid) == len("norte.") + 20


def test_a_client_that_did_not_get_an_answer_is_ended():
    async def story() -> None:
        poller = Poller()
        poller.server.lost("unknown")
        assert not poller.socket.closed
        poller.server.lost("sid")
        assert poller.ear.reasons == ["transport error"]

    run(story())


def test_a_client_that_has_gone_on_to_a_websocket_is_not():
    with World() as world:
        socket = world.socket()
        with world.loop.within():
            world.server.lost(socket.sid)
        assert not socket.closed
