"""Any gateway takes any polling request, and has it answered by the one that has the session.

The id of a session begins with that of its gateway. A request for another one's session goes over the line,
judged as it was where it came in, and its answer is the client's as it is: status, headers and body. Where
the gateway of a session is gone the session is unknown, as after a restart, and clients come back as they do
then. A WebSocket that is to take over from polling at another gateway is refused in the same way, and clients
stay with polling.
"""

import asyncio
from contextlib import suppress
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from tertulia.gateway.cluster.answering import ROUND_SECONDS, Answering
from tertulia.gateway.cluster.carried import (
    NOT_YET,
    Carried,
    carried,
    polls_of,
    read_part,
    request_bytes,
    session_of,
    whole,
)
from tertulia.gateway.cluster.peers import Peers
from tertulia.gateway.http.problems import problem
from tertulia.kernel.errors import DeadlinePassed, TooLarge, Unavailable
from tertulia.kit import metrics
from tertulia.kit.bus.line import Line
from tertulia.realtime import Server
from tertulia.realtime.engine.handshake import Answer

ANSWER_SECONDS = ROUND_SECONDS + 0.5
"""What is not answered within these was lost, or its answer was; it is asked for again."""
AGAIN_SECONDS = 0.25
"""Between two questions while nobody hears them."""


class OwnerGone(Exception):
    """The gateway that has the session gives no sign of life."""


class Forwarding:
    """Of one gateway: hands on what is for others, and answers what others hand on."""

    def __init__(self, line: Line, gateway_id: str) -> None:
        self._line = line
        self._gateway_id = gateway_id
        self._peers = Peers(line)
        self._server: Server
        self._answering: Answering

    def join(self, server: Server) -> None:
        """Answer for this server's sessions, from `start` on; before there are any."""
        self._server = server
        server.eio.sid_prefix = f"{self._gateway_id}."
        self._answering = Answering(
            self._line, self._gateway_id, server.handle_request, server.eio.lost
        )

    async def start(self) -> None:
        """Answer what others hand on, and hear who else is there."""
        await self._answering.start()
        await self._peers.start()

    async def stop(self) -> None:
        """Answer no more."""
        await self._answering.stop()

    def knows(self, gateway_id: str) -> bool:
        """Whether another gateway is there, so that requests for its sessions are handed on."""
        return self._peers.is_alive(gateway_id)

    def elsewhere(self, scope: Scope) -> ASGIApp | None:
        """Who answers a request for a session of another gateway; none for all others."""
        if scope["type"] != "http":
            return None
        owner, dot, _ = session_of(scope["query_string"].decode("latin-1")).partition(".")
        if not dot or owner == self._gateway_id:
            return None
        return partial(self._forward, owner)

    async def _forward(self, owner: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the gateway of its session does. The door has read the body whole."""
        request = carried(scope)
        body = (await receive())["body"] if request.method == "POST" else b""
        asking = asyncio.create_task(self._ask(owner, request, body))
        try:
            if request.method == "GET" and await _hangs_up(receive, asking):
                self._hang_up(owner, request)
                return
            await _respond(await asking, send)
            metrics.FORWARDED.labels("answered").inc()
        except OwnerGone:
            metrics.FORWARDED.labels("gone").inc()
            await self._server.handle_request(scope, receive, send)
        except TooLarge as error:
            metrics.FORWARDED.labels(error.code).inc()
            await problem(error, request.id)(scope, receive, send)
        finally:
            asking.cancel()

    def _hang_up(self, owner: str, request: Carried) -> None:
        metrics.FORWARDED.labels("hung_up").inc()
        ended = request.model_copy(update={"hung_up": True})
        self._line.send(polls_of(owner), request_bytes(ended, b""))

    async def _ask(self, owner: str, request: Carried, body: bytes) -> Answer:
        """The whole answer, in as many parts as it takes. Raises `OwnerGone`, `TooLarge`."""
        arrived = bytearray()
        while True:
            asked = request.model_copy(update={"offset": len(arrived)})
            told = await self._call(owner, request_bytes(asked, body))
            if told != NOT_YET:
                part, more = read_part(told)
                arrived += more
                if len(arrived) >= part.total:
                    return whole(part, bytes(arrived))

    async def _call(self, owner: str, payload: bytes) -> bytes:
        while self.knows(owner):
            try:
                return await self._line.call(polls_of(owner), payload, seconds=ANSWER_SECONDS)
            except DeadlinePassed:
                continue
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)
        raise OwnerGone


async def _hangs_up(receive: Receive, asking: asyncio.Task[Answer]) -> bool:
    """Whether the client goes away before there is an answer."""
    leaving = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return leaving.done()
    finally:
        leaving.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _respond(answer: Answer, send: Send) -> None:
    start = {"status": answer.status, "headers": list(answer.headers)}
    with suppress(OSError, RuntimeError):  # servers say so when the client is gone
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": answer.body})
