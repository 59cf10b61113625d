"""One conversation's updates in the order of its log, each once, however the bus brings them.

The bus may lose, double, reorder and delay what it carries; the owner's log has all of it. What comes out of
turn is kept for a moment, in case what is missing is only late, and then the owner is asked.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, Protocol

import structlog

from tertulia.conversations.contract.errors import Resync
from tertulia.conversations.contract.updates import Position, Update
from tertulia.kernel.errors import AppError, NotFound, TooLarge
from tertulia.kit import metrics

GAP_SECONDS = 0.2
"""How long what is missing may be late before the owner is asked for it."""
MOST_HELD = 256
"""Updates kept out of turn; what comes beyond them is dropped, and asked for in its turn."""
PAGE = 200
"""Updates asked for at once."""
RETRY_SECONDS = 1.0
"""Between two questions to an owner that is away."""

log = structlog.get_logger(__name__)


class Hands(Protocol):
    """What is done with the updates of a conversation."""

    def read(
        self, conversation_id: str, position: Position, limit: int
    ) -> Awaitable[Sequence[Update]]:
        """The first updates above a position. Raises an `AppError`."""
        ...

    def permit(self, update: Update, /) -> Awaitable[None]:
        """Wait until a barrier may be carried out; does not raise."""
        ...

    def react(self, update: Update, /) -> Awaitable[None]:
        """Carry out one update; does not raise."""
        ...


class Held:
    """Updates above a place in a log, kept until all before them are there."""

    def __init__(self) -> None:
        self.place: int | None = None
        """Up to where all have been taken; nothing is taken before there is a place to begin from."""
        self.known = 0
        """The last that is known to be in the log."""
        self._updates: dict[int, Update] = {}

    def begin(self, place: int) -> None:
        """Everything up to there is told otherwise."""
        self.place = place
        self.known = max(self.known, place)
        self._updates = {seq: it for seq, it in self._updates.items() if seq > place}

    def put(self, update: Update) -> None:
        """Keep one, unless it was taken, is here already, or there is no room for what comes later."""
        self.known = max(self.known, update.seq)
        next_ = 0 if self.place is None else self.place + 1
        if update.seq == next_ or (update.seq > next_ and len(self._updates) < MOST_HELD):
            self._updates.setdefault(update.seq, update)

    def take(self) -> Update | None:
        """The next one, if it is here."""
        if self.place is None:
            return None
        update = self._updates.pop(self.place + 1, None)
        if update is not None:
            self.place = update.seq
        return update

    def is_behind(self) -> bool:
        """Whether there is more in the log than was taken."""
        return self.place is not None and self.place < self.known

    def missing(self) -> int:
        """How many are missing before the first that is here."""
        if self.place is None:
            return 0
        return min(self._updates, default=self.known + 1) - self.place - 1


class Sequencer:
    """Carries out the updates of one conversation: exactly those above where it began, in order."""

    def __init__(self, conversation_id: str, hands: Hands) -> None:
        self.conversation_id = conversation_id
        self.epoch = ""
        self.began = 0
        """Above there is what it carries out."""
        self.reached = -1
        """Up to where all have been carried out; below every log until it has begun."""
        self.is_lost = False
        """Whether the log is not the one that it was: nothing more comes until it begins anew."""
        self._hands = hands
        self._held = Held()
        self._page = PAGE
        self._is_over = False
        self._free = asyncio.Event()
        """Whether nothing is being carried out, and no barrier waits."""
        self._free.set()
        self._noticed: float | None = None
        """Since when something is missing, while that is looked after."""
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, position: Position) -> None:
        """Carry out what is above a position, from now on."""
        self.epoch, self.began, self.reached = position.epoch, position.seq, position.seq
        self._held.begin(position.seq)
        self._wake()
        await self._advance()

    def end(self) -> None:
        """Carry out nothing more. Who waits, waits no more."""
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        self._wake()

    async def hear(self, update: Update) -> None:
        """Take one, in any order and any number of times.

        Returns when all whose turn it is have been carried out; a barrier that has to wait is not waited for.
        """
        self._held.put(update)
        await self._advance()

    def expect(self, seq: int) -> None:
        """The log is known to have come so far."""
        self._held.known = max(self._held.known, seq)
        self._mind_gap()

    async def reach(self, seq: int, *, at_once: bool = False) -> None:
        """Wait until everything up to there has been carried out, or the sequencer ends.

        With `at_once` the owner is asked for what is missing before it can have been late.
        """
        if self.reached >= seq or self._is_over:
            return
        self.expect(seq)
        if at_once and self._timer is not None:
            self._timer.cancel()
            self._look()
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[reached] = seq
        try:
            await reached
        finally:
            self._waiting.pop(reached, None)

    # --- in order -------------------------------------------------------------------------------

    async def _advance(self) -> None:
        """Carry out all whose turn it is, unless that is being done."""
        barrier = None
        while barrier is None and self._free.is_set() and (update := self._take()) is not None:
            if update.barrier:
                barrier = update
            else:
                await self._carry_out(update)
        if barrier is not None:
            self._free.clear()
            self._start(self._pass(barrier))
        else:
            self._mind_gap()

    def _take(self) -> Update | None:
        return None if self._is_over else self._held.take()

    async def _pass(self, barrier: Update) -> None:
        await self._hands.permit(barrier)
        await self._carry_out(barrier)
        await self._advance()

    async def _carry_out(self, update: Update) -> None:
        self._free.clear()
        try:
            await self._hands.react(update)
            self.reached = update.seq
        finally:
            self._free.set()
        self._wake()

    def _wake(self) -> None:
        for waits, seq in self._waiting.items():
            if (self._is_over or self.reached >= seq) and not waits.done():
                waits.set_result(None)

    # --- what is missing ------------------------------------------------------------------------

    def _is_behind(self) -> bool:
        stands = self._is_over or self.is_lost or not self._free.is_set()
        return not stands and self._held.is_behind()

    def _mind_gap(self) -> None:
        if self._noticed is None and self._is_behind():
            loop = asyncio.get_running_loop()
            self._noticed = loop.time()
            self._timer = loop.call_later(GAP_SECONDS, self._look)

    def _look(self) -> None:
        """What was late may be here by now."""
        self._timer = None
        if self._is_behind():
            metrics.GAPS.inc()
            self._start(self._backfill())
        else:
            self._noticed = None

    async def _backfill(self) -> None:
        while self._is_behind():
            await self._read_page()
            while not self._free.is_set():
                await self._free.wait()
        if self._noticed is not None:
            metrics.GAP_SECONDS.observe(asyncio.get_running_loop().time() - self._noticed)
        self._noticed = None

    async def _read_page(self) -> None:
        position = Position(epoch=self.epoch, seq=self._held.place or 0)
        limit = min(self._held.missing(), self._page)
        try:
            updates = await self._hands.read(self.conversation_id, position, limit)
        except (Resync, NotFound):
            updates = ()
        except TooLarge:
            self._page = max(1, limit // 2)
            return
        except AppError as error:
            log.info("gap_not_read", conversation=self.conversation_id, code=error.code)
            await asyncio.sleep(RETRY_SECONDS)
            return
        self.is_lost, self._page = not updates, PAGE
        for update in updates:
            await self.hear(update)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
