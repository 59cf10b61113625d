"""A broker in memory, and an owner behind it whose log a test writes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from tertulia.kernel.errors import DeadlinePassed, Unavailable
from tertulia.kernel.messages import Event
from tertulia.kit.bus.barriers import Barrier, BarrierPage, LineBarriers


@dataclass
class Said:
    subject: str
    payload: bytes
    reply: str | None = None


class Broker:
    """Carries at once what is said; `is_lost` tells of a message that it is not carried."""

    def __init__(self) -> None:
        self.connected = True
        self.said: list[Said] = []
        self.is_lost: Callable[[Said], bool] = lambda _: False
        self.seconds = 0.0
        """How long a message is on its way."""
        self._ears: dict[str, dict[str, list[Callable[[Any], Awaitable[None]]]]] = {}
        self._numbers = count()
        self._tasks: set[asyncio.Task[None]] = set()

    def to(self, subject: str) -> list[Said]:
        """What was said on a subject, lost or not."""
        return [it for it in self.said if it.subject == subject]

    async def call(self, subject: str, payload: bytes, *, seconds: float) -> bytes:
        if not self.connected or subject not in self._ears:
            raise Unavailable
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        inbox = f"inbox.{next(self._numbers)}"

        async def hear(said: Said) -> None:
            if not answered.done():
                answered.set_result(said.payload)

        await self.subscribe(inbox, hear)
        self.send(subject, payload, reply=inbox)
        try:
            async with asyncio.timeout(seconds):
                return await answered
        except TimeoutError:
            raise DeadlinePassed from None
        finally:
            del self._ears[inbox]

    def send(self, subject: str, payload: bytes, *, reply: str | None = None) -> None:
        said = Said(subject, payload, reply)
        self.said.append(said)
        if self.connected and not self.is_lost(said):
            task = asyncio.create_task(self._carry(said))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def subscribe(
        self, subject: str, callback: Callable[[Any], Awaitable[None]], *, queue: str = ""
    ) -> None:
        self._ears.setdefault(subject, {}).setdefault(queue, []).append(callback)

    async def _carry(self, said: Said) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        for queue, ears in list(self._ears.get(said.subject, {}).items()):
            for ear in [ears[next(self._numbers) % len(ears)]] if queue else list(ears):
                await ear(said)


class Owner:
    """A service, in one process or several, whose barriers stand in a log."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.rows: list[Barrier] = []
        self.head = 0
        self.kept_from = 1
        self.asked: list[int | None] = []
        self.processes: list[LineBarriers] = []

    def serve(self, broker: Broker) -> LineBarriers:
        """One more process, to be started."""
        barriers = LineBarriers(broker)
        barriers.serve(self.service, self.read)
        self.processes.append(barriers)
        return barriers

    def commit(self, event: Event) -> int:
        """The position of a barrier in the log."""
        self.head += 1
        body = event.model_dump(mode="json")
        self.rows.append(Barrier(position=self.head, wire_name=event.wire_name, body=body))
        return self.head

    def forget(self) -> None:
        """All rows are old, and nobody needs them."""
        self.rows, self.kept_from = [], self.head + 1

    async def read(self, after: int | None, limit: int) -> BarrierPage:
        self.asked.append(after)
        start = self.head if after is None else after
        items = [it for it in self.rows if it.position > start][:limit]
        reached = items[-1].position if len(items) == limit else max(start, self.head)
        return BarrierPage(items=items, reached=reached, head=self.head, kept_from=self.kept_from)
