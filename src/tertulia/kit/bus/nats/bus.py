"""The bus of many processes, over a line that may lose, double, reorder and delay what is said."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import Internal, Unavailable
from tertulia.kernel.limits import DEFAULTS, Limits
from tertulia.kernel.messages import Command, Event, Request
from tertulia.kit.bus import Handler, Listener
from tertulia.kit.bus.nats import envelope, subjects
from tertulia.kit.bus.nats.hearing import Subscription
from tertulia.kit.bus.nats.hearsay import Hearsay
from tertulia.kit.bus.nats.lanes import Entry, Lanes
from tertulia.kit.bus.nats.line import NatsLine, NobodyListens
from tertulia.kit.bus.nats.serving import Serving
from tertulia.kit.log import current_request_id
from tertulia.kit.tracing.context import traceparent

R = TypeVar("R")


class NatsBus:
    """See `tertulia.kit.bus.Bus`. The line is started before the bus, and stopped after it."""

    def __init__(self, line: NatsLine, limits: Limits = DEFAULTS) -> None:
        """A request may take `limits.deadline_seconds`; what arrives is validated by the limits."""
        self._line = line
        self._limits = limits
        self._serving = Serving(line, limits)
        self._hearsay = Hearsay(line, limits)
        self._lanes = Lanes(self._carry)
        self._asked: dict[str, Subscription] = {}
        self._started = False
        self._subscribing: set[asyncio.Task[None]] = set()

    def serve(self, request: type[Request[Any]], handler: Handler) -> None:
        """Answer this class of requests from now on. A second handler is a defect."""
        self._serving.add(request, handler)
        hears = {
            subjects.ask(request): self._serving.hear_request,
            subjects.asked_list(request.owner): self._serving.hear_list,
        }
        new = [
            Subscription(subject, hear, request.owner)
            for subject, hear in hears.items()
            if subject not in self._asked
        ]
        self._asked.update({it.subject: it for it in new})
        self._subscribe(new)

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """Hear this class of events, and those derived from it so far, from now on."""
        self._subscribe(self._hearsay.add(event, listener, followed=followed))

    async def start(self) -> None:
        """Subscribe to everything that is served and listened to."""
        self._started = True
        await self._line.subscribe_all([*self._asked.values(), *self._hearsay.all()])

    async def stop(self) -> None:
        """Answer what was asked, then take part no more."""
        self._started = False
        await self._line.drain(self._asked.values())
        await self._serving.finished()
        await self._line.drain(self._hearsay.all())

    async def follow(self, topics: Iterable[str]) -> None:
        """Hear the events of these topics too. `Unavailable` while the server is away."""
        await self._hearsay.follow(topics)

    def unfollow(self, topics: Iterable[str]) -> None:
        """Hear the events of these topics no more."""
        self._hearsay.unfollow(topics)

    async def publish(self, event: Event) -> None:
        """Say it to the other processes, and tell those who listen here, one after another."""
        await self._hearsay.publish(event)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """The answer of the owner, who may be in this process.

        Raises what the owner raises; `Unavailable` when nobody serves this class or the server is away,
        at once; `DeadlinePassed`; `TooLarge`.
        """
        kind = type(request)
        handler = self._serving.find(kind)
        if handler is not None:
            return await handler(request, actor)
        body = envelope.request_body(request, actor, current_request_id(), traceparent())
        due_at = asyncio.get_running_loop().time() + self._limits.deadline_seconds
        if actor.connection_id and isinstance(request, Command) and request.pipelined:
            lane = getattr(request, "conversation_id", None)
            answer = await self._lanes.ask(actor.connection_id, kind, body, lane, due_at)
        else:
            answer = await self._call(kind, subjects.ask(kind), body, due_at)
        return envelope.read_answer(kind, answer, self._limits)

    async def _carry(self, entries: Sequence[Entry]) -> Sequence[bytes]:
        """The answers to what one lane has ready."""
        if len(entries) == 1:
            [it] = entries
            return [await self._call(it.kind, subjects.ask(it.kind), it.body, it.due_at)]
        now = asyncio.get_running_loop().time()
        listed = [(it.kind, envelope.request_bytes(it.body, it.due_at - now)) for it in entries]
        subject = subjects.asked_list(entries[0].kind.owner)
        seconds = max(it.due_at for it in entries) - now
        told = await self._said(entries[0].kind, subject, envelope.list_bytes(listed), seconds)
        answers = told.split(b"\n")
        if len(answers) == len(entries):
            return answers
        if len(answers) == 1:  # one refusal for all, such as that the answers are too large
            return answers * len(entries)
        raise Internal(f"{subject} was answered with what is no answer.")

    async def _call(
        self, kind: type[Request[Any]], subject: str, body: bytes, due_at: float
    ) -> bytes:
        seconds = due_at - asyncio.get_running_loop().time()
        return await self._said(kind, subject, envelope.request_bytes(body, seconds), seconds)

    async def _said(
        self, kind: type[Request[Any]], subject: str, payload: bytes, seconds: float
    ) -> bytes:
        try:
            return await self._line.call(subject, payload, seconds=seconds)
        except NobodyListens as away:
            detail = f"Nobody answers {kind.wire_name}."
            raise Unavailable(detail, retry_after=away.retry_after) from None

    def _subscribe(self, new: Sequence[Subscription]) -> None:
        if self._started and new:
            task = asyncio.create_task(self._line.subscribe_all(new))
            self._subscribing.add(task)
            task.add_done_callback(self._subscribing.discard)
