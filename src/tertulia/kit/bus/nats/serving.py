"""The owner's side: requests that come over the line, carried out and answered."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from tertulia.kernel.errors import (
    AppError,
    DeadlinePassed,
    Internal,
    Invalid,
    TooLarge,
    Unavailable,
)
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Request
from tertulia.kit.bus import Handler
from tertulia.kit.bus.nats import envelope, subjects
from tertulia.kit.bus.nats.hearing import NatsSaid
from tertulia.kit.bus.nats.line import NatsLine
from tertulia.kit.log import request_scope
from tertulia.kit.tracing.context import continued

log = structlog.get_logger(__name__)


class Serving:
    """The handlers of this process. Requests begin in the order in which they arrive."""

    def __init__(self, line: NatsLine, limits: Limits) -> None:
        self._line = line
        self._limits = limits
        self._handlers: dict[type[Request[Any]], Handler] = {}
        self._kinds: dict[str, type[Request[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, request: type[Request[Any]], handler: Handler) -> None:
        """Answer this class. A second handler is a defect."""
        if request in self._handlers:
            raise ValueError(f"{request.wire_name} has a handler already")
        self._handlers[request] = handler
        self._kinds[request.wire_name] = request

    def find(self, request: type[Request[Any]]) -> Handler | None:
        """The handler of a class, if it is here."""
        return self._handlers.get(request)

    async def hear_request(self, said: NatsSaid) -> None:
        """Begin to answer one request."""
        kind = self._kinds.get(subjects.wire_name(said.subject))
        if said.reply is not None:
            self._begin(self._answer_one(kind, said.payload, said.reply))

    async def hear_list(self, said: NatsSaid) -> None:
        """Begin to answer several requests: the next begins when the one before suspends first."""
        if said.reply is not None:
            self._begin(self._answer_all(said.payload, said.reply))

    async def finished(self) -> None:
        """Wait until everything that was asked is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer_one(
        self, kind: type[Request[Any]] | None, payload: bytes, reply: str
    ) -> None:
        self._send(reply, await self._answer(kind, payload))

    async def _answer_all(self, payload: bytes, reply: str) -> None:
        listed = envelope.read_list(payload, self._kinds)
        answers = await asyncio.gather(*(self._answer(*it) for it in listed))
        self._send(reply, b"\n".join(answers))

    async def _answer(self, kind: type[Request[Any]] | None, payload: bytes) -> bytes:
        """Suspends first where the handler does."""
        try:
            if kind is None:
                raise Unavailable("Nobody answers this here.")
            return envelope.result_bytes(kind, await self._carried_out(kind, payload))
        except AppError as error:
            return envelope.error_bytes(error)
        except Exception:
            log.exception("request_failed", request=kind and kind.wire_name)
            return envelope.error_bytes(Internal())

    async def _carried_out(self, kind: type[Request[Any]], payload: bytes) -> Any:
        asked = self._read(kind, payload)
        with request_scope(asked.id), continued(asked.traceparent):
            try:
                async with asyncio.timeout(asked.deadline_ms / 1000):
                    return await self._handlers[kind](asked.request, asked.actor)
            except TimeoutError:
                raise DeadlinePassed from None

    def _read(self, kind: type[Request[Any]], payload: bytes) -> envelope.Asked[Request[Any]]:
        try:
            return envelope.read_request(kind, payload, self._limits)
        except ValueError as wrong:
            log.warning("request_not_understood", request=kind.wire_name, why=str(wrong))
            raise Invalid("The request does not keep to its contract.") from None

    def _send(self, reply: str, answer: bytes) -> None:
        if len(answer) > self._line.most_bytes > 0:
            answer = envelope.error_bytes(TooLarge("The answer is more than the bus carries."))
        self._line.send(reply, answer)
