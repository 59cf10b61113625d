"""The gateway that has a session: it carries out the polling requests that came in at others.

Whoever got a request asks again and again until the answer is there, so either side may lose a message, and
neither waits for long for one that is gone. A request is carried out once, whatever the bus doubles; its
answer is kept until it has surely arrived. A request that nobody asks for any more is one whose client hung
up: its session ends, as it does where the client hangs up itself.
"""

import asyncio
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message

from tertulia.gateway.cluster.carried import (
    NOT_YET,
    Carried,
    part_bytes,
    polls_of,
    read_request,
)
from tertulia.kit.bus.line import Line, Said
from tertulia.kit.log import request_scope
from tertulia.realtime.engine.handshake import UNKNOWN_SESSION, Answer

ROUND_SECONDS = 2.0
"""Within these who asks gets the answer, or hears that there is none yet."""
ABANDONED_SECONDS = 8.0
"""A request that was not asked for within these is not wanted any more."""
KEPT_SECONDS = 10.0
"""How long an answer is kept, in case it was lost."""
KNOWN_SECONDS = 60.0
"""How long a request is known, in case the bus says again what it said before."""

FAILED = Answer(500, headers=())

log = structlog.get_logger(__name__)


class Hosted:
    """A request of another gateway's, which is carried out here, once."""

    def __init__(self, request: Carried, body: bytes, server: ASGIApp) -> None:
        self.begun = _now()
        self._body = body
        self._read = False
        self._gone = asyncio.Event()
        self._start: Message | None = None
        self.answer: Answer | None = None
        """Once it is carried out, and until it has surely arrived."""
        self._abandoned = self._await_renewal()
        self.task = asyncio.create_task(self._carry_out(request, server))

    def renew(self) -> None:
        """It is asked for again."""
        self._abandoned.cancel()
        if not self.task.done():
            self._abandoned = self._await_renewal()

    def hang_up(self) -> None:
        """Its client is gone."""
        self._gone.set()

    def forget_answer(self) -> None:
        """It has arrived."""
        self.answer = None

    def _await_renewal(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(ABANDONED_SECONDS, self.hang_up)

    async def _carry_out(self, request: Carried, server: ASGIApp) -> None:
        try:
            with request_scope(request.id):
                await server(request.scope(), self._receive, self._send)
        except Exception:
            log.exception("forwarded_request_failed")
            self.answer = FAILED
        finally:
            self._abandoned.cancel()
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self.forget_answer)

    async def _receive(self) -> Message:
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        """The engine answers with a start and one body."""
        if message["type"] == "http.response.start":
            self._start = message
        elif self._start is not None:
            self.answer = Answer(self._start["status"], message["body"], self._start["headers"])


class Answering:
    """Hears the requests for the sessions of this gateway."""

    def __init__(
        self, line: Line, gateway_id: str, server: ASGIApp, lost: Callable[[str], None]
    ) -> None:
        """`lost`: told the session of an answer that its client did not get."""
        self._line = line
        self._gateway_id = gateway_id
        self._server = server
        self._lost = lost
        self._requests: dict[str, Hosted] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Take requests."""
        await self._line.subscribe(polls_of(self._gateway_id), self._hear)

    async def stop(self) -> None:
        """Give up what is under way."""
        under_way = [*self._tasks, *(hosted.task for hosted in self._requests.values())]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _hear(self, said: Said) -> None:
        """Does not wait for the answer: others are asked for meanwhile."""
        try:
            request, body = read_request(said.payload)
        except ValueError:
            log.warning("not_understood", subject=said.subject)
            return
        if request.hung_up:
            self._hang_up(request)
        elif said.reply is not None:
            hosted = self._requests.get(request.id) or self._begin(request, body)
            hosted.renew()
            task = asyncio.create_task(self._answer(hosted, request.offset, said.reply))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _begin(self, request: Carried, body: bytes) -> Hosted:
        self._forget_old()
        hosted = self._requests[request.id] = Hosted(request, body, self._server)
        return hosted

    def _hang_up(self, request: Carried) -> None:
        hosted = self._requests.get(request.id)
        if hosted is None:
            return
        hosted.hang_up()
        if hosted.task.done() and request.method == "GET":
            self._lost(request.sid)

    async def _answer(self, hosted: Hosted, offset: int, reply: str) -> None:
        await asyncio.wait({hosted.task}, timeout=ROUND_SECONDS)
        if hosted.task.done():
            answer = hosted.answer or UNKNOWN_SESSION
            self._line.send(reply, part_bytes(answer, offset))
        else:
            self._line.send(reply, NOT_YET)

    def _forget_old(self) -> None:
        """They stand in the order in which they came."""
        until = _now() - KNOWN_SECONDS
        while self._requests:
            id_, oldest = next(iter(self._requests.items()))
            if oldest.begun > until or not oldest.task.done():
                return
            del self._requests[id_]


def _now() -> float:
    return asyncio.get_running_loop().time()
