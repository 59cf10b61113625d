"""The order of pipelined commands on their way to an owner who may be several processes.

What a connection asks in one conversation is a *lane*: one request of it is on the line at a time. What
arrives meanwhile follows as one list, whose owner carries it out in order. A command without a conversation
waits for all lanes of its connection and holds them back, so the order within a connection never changes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Request
from tertulia.kit.bus.nats.hearing import expire
from tertulia.kit.metrics import BUS_LISTED, BUS_WAITING

MOST_LISTED = 200
MOST_LISTED_BYTES = 512 * 1024

Kind = type[Request[object]]


@dataclass(eq=False, slots=True)
class Entry:
    """A command that waits for its turn, or for its answer."""

    kind: Kind
    body: bytes
    lane: str | None
    """The conversation; None concerns the whole connection."""
    due_at: float
    answer: asyncio.Future[bytes]


Carry = Callable[[Sequence[Entry]], Awaitable[Sequence[bytes]]]
"""Asks one owner for several commands in order; an answer for each, or raises an `AppError`."""


class Lanes:
    """The lanes of all connections."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry
        self._connections: dict[str, _Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        BUS_WAITING.set_function(lambda: sum(it.waiting for it in self._connections.values()))

    async def ask(
        self, connection_id: str, kind: Kind, body: bytes, lane: str | None, due_at: float
    ) -> bytes:
        """The answer, when it was this command's turn. `DeadlinePassed` when it is due before."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        connection = self._connections.setdefault(connection_id, _Connection())
        connection.add(Entry(kind, body, lane, due_at, answer))
        if not connection.is_held(lane):
            self._go_on(connection_id, connection)
        timer = loop.call_at(due_at, expire, answer)
        try:
            return await answer
        finally:
            timer.cancel()

    def _go_on(self, connection_id: str, connection: "_Connection") -> None:
        for entries in connection.ready():
            task = asyncio.create_task(self._fly(connection_id, connection, entries))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if connection.is_idle:
            self._connections.pop(connection_id, None)

    async def _fly(
        self, connection_id: str, connection: "_Connection", entries: Sequence[Entry]
    ) -> None:
        BUS_LISTED.observe(len(entries))
        try:
            answers = await self._carry(entries)
        except AppError as error:
            _fail(entries, error)
        except BaseException:
            _fail(entries, None)
            raise
        else:
            for entry, answer in zip(entries, answers, strict=True):
                if not entry.answer.done():
                    entry.answer.set_result(answer)
        finally:
            connection.landed(entries[0].lane)
            self._go_on(connection_id, connection)


class _Connection:
    """What of one connection waits and what is on the line."""

    __slots__ = ("_flying", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[Entry] = deque()
        self._flying: set[str | None] = set()

    @property
    def is_idle(self) -> bool:
        return not self._waiting and not self._flying

    @property
    def waiting(self) -> int:
        """How many commands are not on the line yet."""
        return len(self._waiting)

    def add(self, entry: Entry) -> None:
        self._waiting.append(entry)

    def is_held(self, lane: str | None) -> bool:
        """Whether what was added last has to wait in any case."""
        return lane in self._flying or None in self._flying

    def landed(self, lane: str | None) -> None:
        self._flying.discard(lane)

    def ready(self) -> Iterable[Sequence[Entry]]:
        """Those whose turn has come: a list for each lane that is free."""
        taken: dict[str | None, list[Entry]] = {}
        kept: deque[Entry] = deque()
        held: set[str | None] = set(self._flying)
        while self._waiting and None not in held:
            entry = self._waiting.popleft()
            if entry.answer.done():
                continue  # who asked has given up before it was sent
            if _are_apart(entry.lane, held | taken.keys()):
                kept.append(entry)
                break
            if entry.lane in held or not _fits(entry, taken.get(entry.lane, ())):
                held.add(entry.lane)
                kept.append(entry)
            else:
                taken.setdefault(entry.lane, []).append(entry)
        self._waiting.extendleft(reversed(kept))
        self._flying.update(taken)
        return list(taken.values())


def _are_apart(lane: str | None, others: Set[str | None]) -> bool:
    """Whether one of them concerns the whole connection, and the other is something else."""
    return any(other != lane for other in others) if lane is None else None in others


def _fits(entry: Entry, listed: Sequence[Entry]) -> bool:
    """Whether it may be on one list with those before it."""
    if not listed:
        return True
    size = sum(len(it.body) for it in listed) + len(entry.body)
    same_owner = listed[0].kind.owner == entry.kind.owner
    return same_owner and len(listed) < MOST_LISTED and size <= MOST_LISTED_BYTES


def _fail(entries: Iterable[Entry], error: AppError | None) -> None:
    for entry in entries:
        if entry.answer.done():
            continue
        if error is None:
            entry.answer.cancel()
        else:
            entry.answer.set_exception(error)
