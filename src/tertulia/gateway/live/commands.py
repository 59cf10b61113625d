"""Commands of the socket: an event's name and argument become a request, its answer an acknowledgement."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import structlog
from prometheus_client import Counter
from pydantic_core import to_json

from tertulia.gateway.answers import ack_error, encoded_result
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.backlog import Backlog
from tertulia.gateway.live.connections import Connection
from tertulia.gateway.live.deadlines import Deadlines
from tertulia.gateway.live.turns import kind_of
from tertulia.gateway.load import Load
from tertulia.gateway.rate_limits import RateLimits
from tertulia.gateway.reception import check_service
from tertulia.gateway.validation import validated
from tertulia.kernel.errors import (
    AppError,
    Internal,
    Malformed,
    NotFound,
    RateLimited,
    Unauthenticated,
)
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Request
from tertulia.kit import failpoints, metrics
from tertulia.kit.bus import Bus
from tertulia.kit.edge import conversation_room
from tertulia.kit.log import request_scope
from tertulia.presence.contract import SetTyping, Watch
from tertulia.realtime import RawJSON

Answer = RawJSON
_SECONDS = metrics.REQUEST_SECONDS.labels("socket")
log = structlog.get_logger(__name__)


class UnknownCommand(NotFound):
    """No service has a command of that name."""

    code: ClassVar[str] = "gateway.unknown_command"
    detail = "There is no such command."


class Commands:
    """Carries out the commands of connections, those of one connection in the order sent.

    Up to the writer's queue nothing suspends: rate, name, load, sign-in, shape and turn are one step.
    """

    def __init__(
        self,
        bus: Bus,
        kinds: Iterable[type[Request[Any]]],
        rates: RateLimits,
        limits: Limits,
        audience: Audience,
        load: Load,
    ) -> None:
        self._bus = bus
        self._audience = audience
        self._kinds = {kind.wire_name: kind for kind in kinds}
        self._rates = rates
        self._limits = limits
        self._load = load
        self._deadlines = Deadlines(limits.deadline_seconds)
        self._changes = Deadlines(limits.deadline_seconds)
        """Of those that are pipelined, which end in the order in which they began, or nearly."""
        load.answer_wait = Backlog(self._changes).wait
        self._counters: dict[tuple[str, str], Counter] = {}
        self.flooded: Callable[[Connection], None] = lambda _connection: None
        """Told of a connection that goes on and on although its rate is refused."""

    async def answer(self, connection: Connection, name: str, arguments: Sequence[Any]) -> Answer:
        """The acknowledgement of an event. Never raises."""
        kind = self._kinds.get(name)
        return await self.answered(connection, kind, lambda: _fields(arguments))

    async def answered(
        self, connection: Connection, kind: type[Request[Any]] | None, fields: Any
    ) -> Answer:
        """The acknowledgement of a request of a class, whose fields are made when it comes to that."""
        began = time.perf_counter()
        with request_scope() as scope:
            try:
                result = await self._carry_out(connection, kind, fields)
                answer, code = RawJSON(b'{"ok":true,"result":%b}' % encoded_result(result)), "ok"
            except Exception as failure:
                error = self._refusal(connection, kind, failure)
                told = {"ok": False, "error": ack_error(error, scope.request_id)}
                answer, code = RawJSON(to_json(told)), error.code
        self._count(kind, code, time.perf_counter() - began)
        failpoints.reach_soon("after_ack")
        return answer

    def _refusal(
        self, connection: Connection, kind: type[Request[Any]] | None, failure: Exception
    ) -> AppError:
        if isinstance(failure, RateLimited) and self._rates.is_flood(connection.id):
            self.flooded(connection)
        if isinstance(failure, AppError):
            return failure
        log.error("command_failed", command=kind and kind.wire_name, exc_info=failure)
        return Internal()

    def _count(self, kind: type[Request[Any]] | None, code: str, seconds: float) -> None:
        name = kind.wire_name if kind else "unknown"
        counter = self._counters.get((name, code))
        if counter is None:
            counter = self._counters[name, code] = metrics.REQUESTS.labels(name, code)
        counter.inc()
        _SECONDS.observe(seconds)

    async def _carry_out(
        self, connection: Connection, kind: type[Request[Any]] | None, fields: Any
    ) -> Any:
        self._rates.check(connection.actor, send=getattr(kind, "costs_send", False))
        if kind is None:
            raise UnknownCommand
        self._load.check(kind.work)
        if connection.farewell is not None:
            raise Unauthenticated
        check_service(connection.actor, kind.owner)
        request = validated(kind, fields(), self._limits)
        if isinstance(request, SetTyping):
            self._check_heard(connection, request)
        turn = kind_of(kind)
        deadlines = self._changes if turn == "pipelined" else self._deadlines
        with deadlines.begin():
            async with connection.turns.turn(turn):
                if isinstance(request, Watch):
                    self._audience.forget_put_off(connection)  # what it is answered is newer
                return await self._bus.ask(request, connection.actor)

    def _check_heard(self, connection: Connection, request: SetTyping) -> None:
        """Who types is where the connection hears; only here is it known where that is."""
        if not self._audience.hears(connection, conversation_room(request.conversation_id)):
            raise NotFound


def _fields(arguments: Sequence[Any]) -> dict[str, Any]:
    """The one object of a command; nothing is `{}`."""
    if len(arguments) == 1 and type(arguments[0]) is dict:
        return arguments[0]
    match [it for it in arguments if it is not None]:
        case []:
            return {}
        case [dict() as fields]:
            return fields
        case _:
            raise Malformed("A command takes one object.")
