"""Carries calls to their answers, over as many connections as it takes."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from tertulia.client.backoff import compute_delay
from tertulia.client.calls import Call, Calls
from tertulia.client.commands.base import Command
from tertulia.client.commands.messages import PostMessage
from tertulia.client.commands.presence import Watch
from tertulia.client.connection import Connection
from tertulia.client.errors import TertuliaError, TimedOut, Withdrawn
from tertulia.client.ids import new_id
from tertulia.client.models import Message, Reconnect
from tertulia.client.outbox import Outbox

R = TypeVar("R")

ANSWER_SECONDS = 30.0
"""After that a call is sent again: its answer is lost, and the server will tell it again."""
REFUSALS = 8
"""How often a call is refused for now before its caller is told."""

_log = logging.getLogger("tertulia.client")


@dataclass(eq=False)
class Pending:
    """A call that is not answered; a patient one is tried for as long as it takes."""

    call: Call
    answer: "asyncio.Future[Mapping[str, Any]]"
    is_patient: bool = False
    deadline: asyncio.TimerHandle | None = None


class Asker:
    """All that a client asks.

    Attributes:
        watch: The last `presence.watch`, which the server forgets with the connection.
    """

    def __init__(self, outbox: Outbox) -> None:
        self.watch: Watch | None = None
        self._outbox = outbox
        self._calls = Calls()
        self._pending: dict[int, Pending] = {}
        self._connection: Connection | None = None
        self._reconnect = Reconnect()
        self._end: TertuliaError | None = None

    def connected(self, connection: Connection, reconnect: Reconnect) -> None:
        """Send everything that is unanswered, in order, with the ids it had."""
        self._connection, self._reconnect = connection, reconnect
        self._send(self._calls.connected())

    def lost(self) -> None:
        """Keep everything for the next connection."""
        self._connection = None
        self._calls.lost()

    def end(self, error: TertuliaError) -> None:
        """Give every caller this error, now and from now on."""
        self._end = error
        for pending in tuple(self._pending.values()):
            self._conclude(pending, error)

    async def perform(self, command: Command[R]) -> R:
        """Carry out a command.

        Raises:
            TertuliaError: The server refused, or this client ended.
        """
        return await self._answer(command, self._begin(command))

    async def post(self, message: PostMessage) -> Message:
        """Post a message; the outbox keeps it until its fate is known."""
        self._outbox.keep(message)
        try:
            posted = await self.perform(message)
        except BaseException:
            if self._end is None:
                self._outbox.drop(message.id)
            raise
        self._outbox.drop(message.id)
        return posted

    def post_kept(self) -> list[Coroutine[Any, Any, None]]:
        """Begin to post, before anything else, what the outbox kept from an earlier run.

        Nobody waits for these, so they are tried until they are posted or refused for good.
        """
        kept = [each.message for each in self._outbox.list_unsent() if each.refusal is None]
        return [self._post_kept(each, self._begin(each, is_patient=True)) for each in kept]

    async def _post_kept(self, message: PostMessage, pending: Pending) -> None:
        try:
            await self._answer(message, pending)
        except TertuliaError as error:
            if self._end is None:
                _log.warning("A message kept from before was not posted: %s", error.code)
                self._outbox.fail(message.id, error.code)
        else:
            self._outbox.drop(message.id)

    def discard(self, message_id: str) -> None:
        """Give up a message, which may be on its way already."""
        for pending in self._list_posts():
            if pending.call.fields["id"] == message_id:
                self._conclude(pending, Withdrawn("This message was discarded"))
        self._outbox.drop(message_id)

    async def flush(self) -> None:
        """Return once no message is on its way."""
        while answers := [pending.answer for pending in self._list_posts()]:
            await asyncio.wait(answers)

    def _list_posts(self) -> list[Pending]:
        return [it for it in self._pending.values() if it.call.name == PostMessage.command]

    def _begin(self, command: Command[Any], *, is_patient: bool = False) -> Pending:
        if self._end is not None:
            raise self._end
        self._remember(command)
        call = Call(command.command, command.to_wire(), _find_lane(command))
        pending = Pending(call, asyncio.get_running_loop().create_future(), is_patient)
        self._pending[call.number] = pending
        self._send(self._calls.add(call))
        return pending

    async def _answer(self, command: Command[R], pending: Pending) -> R:
        try:
            return command.read_answer(await pending.answer)
        finally:
            self._let_go(pending)

    def _remember(self, command: Command[Any]) -> None:
        if isinstance(command, Watch):
            self.watch = command

    def _send(self, calls: Iterable[Call]) -> None:
        if self._connection is None:
            return
        loop = asyncio.get_running_loop()
        for call in calls:
            pending = self._pending[call.number]
            self._connection.emit(call.name, call.fields, partial(self._answered, pending))
            pending.deadline = loop.call_later(ANSWER_SECONDS, self._overdue, pending)

    def _answered(self, pending: Pending, told: object = None, *_: object) -> None:
        answer = cast("Mapping[str, Any]", told if isinstance(told, Mapping) else {})
        if answer.get("ok"):
            self._conclude(pending, answer.get("result") or {})
        else:
            self._refused(pending, TertuliaError.from_wire(answer.get("error") or {}))

    def _overdue(self, pending: Pending) -> None:
        if pending.call.in_flight:
            self._refused(pending, TimedOut(f"No answer to {pending.call.name}"))

    def _refused(self, pending: Pending, error: TertuliaError) -> None:
        call = pending.call
        gives_up = not pending.is_patient and call.refusals + 1 >= REFUSALS
        if not error.retryable or gives_up:
            self._conclude(pending, error)
        elif call.number in self._pending and self._calls.hold(call):
            delay = compute_delay(call.refusals, self._reconnect, at_least_ms=error.retry_after_ms)
            asyncio.get_running_loop().call_later(delay, self._resume, call.lane)

    def _resume(self, lane: str) -> None:
        self._send(self._calls.resume(lane))

    def _conclude(self, pending: Pending, outcome: Mapping[str, Any] | TertuliaError) -> None:
        if pending.answer.done():
            return
        if isinstance(outcome, TertuliaError):
            pending.answer.set_exception(outcome)
        else:
            pending.answer.set_result(outcome)
        self._let_go(pending)

    def _let_go(self, pending: Pending) -> None:
        if pending.deadline:
            pending.deadline.cancel()
        following = self._calls.settle(pending.call)
        self._pending.pop(pending.call.number, None)
        self._send(following)


def _find_lane(command: Command[Any]) -> str:
    """Messages to one conversation keep their order; other calls are alone."""
    return command.conversation_id if isinstance(command, PostMessage) else new_id()
