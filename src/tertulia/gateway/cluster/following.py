"""The conversations that a gateway follows: those of the people who are connected to it (docs/adr/0028)."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress

import structlog

from tertulia.conversations.contract.conversations import Heads
from tertulia.conversations.contract.updates import (
    MOST_HEADS,
    ListHeads,
    ListUpdates,
    Position,
    Update,
    read_update,
)
from tertulia.gateway.cluster.sequencer import Sequencer
from tertulia.kernel.errors import AppError
from tertulia.kit import metrics
from tertulia.kit.bus import Bus
from tertulia.kit.edge import conversation_of, conversation_room

CHECK_SECONDS = 5.0
"""Between two looks where the logs end: so late comes, at most, what was lost with nothing after it."""
GRACE_SECONDS = 30.0
"""How long a conversation is followed that nobody hears: more than an arrival or a reconnect may take."""
MOST_READS = 8
"""Pages that are read at the same time, so that an owner that comes back is not overrun."""

log = structlog.get_logger(__name__)


async def _at_once(_update: Update) -> None:
    """No barrier has to wait for another one."""


class Following:
    """Hears updates as the bus brings them, and carries them out as they stand in their logs.

    `bus` asks the owners, also while this gateway may tell nothing.
    """

    def __init__(self, bus: Bus) -> None:
        self.permit: Callable[[Update], Awaitable[None]] = _at_once
        """Awaited before a barrier is carried out; what happened before anything was followed is let pass."""
        self.react: Callable[[Update], Awaitable[None]]
        """Carries out one update; does not raise."""
        self.unheard: Callable[[Iterable[str]], Collection[str]] = lambda _: ()
        """Of rooms, those that nobody here hears."""
        self.resync: Callable[[str], Awaitable[None]]
        """Those in a room have to look at its conversation anew: its log is another one."""
        self._bus = bus
        self._sequencers: dict[str, Sequencer] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}
        """By conversation, while its sequencer has not begun."""
        self._wanted_at: dict[str, float] = {}
        """By conversation, when it was asked for or heard last."""
        self._bell = asyncio.Event()
        self._reads = asyncio.Semaphore(MOST_READS)
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look from now on what was lost, and what nobody hears any more."""
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Follow nothing any more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self.unfollow(list(self._sequencers))

    # --- what is followed -----------------------------------------------------------------------

    @property
    def followed(self) -> Collection[str]:
        """The conversations."""
        return self._sequencers.keys()

    async def arrive(self, read_heads: Callable[[], Awaitable[Heads]]) -> Heads:
        """See `Interest.arrive`."""
        heads = await self._followed(read_heads)
        while not all(self._is_told_above(it, head.head) for it, head in heads.heads.items()):
            heads = await self._followed(read_heads)
        await self.caught_up({it: head.head for it, head in heads.heads.items()})
        return heads

    async def _followed(self, read_heads: Callable[[], Awaitable[Heads]]) -> Heads:
        heads = await read_heads()
        await self.follow(heads.heads)
        return heads

    def _is_told_above(self, conversation_id: str, seq: int) -> bool:
        """Whether nothing was said between there and where following began."""
        sequencer = self._sequencers.get(conversation_id)
        return sequencer is None or sequencer.began <= seq

    async def enter(self, rooms: Iterable[str]) -> None:
        """See `Interest.enter`."""
        await self.follow([it for it in map(conversation_of, rooms) if it is not None])

    async def follow(self, conversation_ids: Iterable[str]) -> None:
        """Follow these too.

        When this returns nothing is missed that is said from now on. Raises `Unavailable` and the like when
        that is not certain.
        """
        ids = list(conversation_ids)
        new = [it for it in ids if it not in self._sequencers]
        self._wanted_at |= dict.fromkeys(ids, _now())
        if new:
            self._open(new)
        opening = {self._opening[it] for it in ids if it in self._opening}
        # Whoever else waits for the same is not to suffer when one of them gives up.
        await asyncio.gather(*map(asyncio.shield, opening))

    def unfollow(self, conversation_ids: Iterable[str]) -> None:
        """Follow these no more."""
        self._let_go([self._sequencers[it] for it in conversation_ids if it in self._sequencers])

    def _open(self, conversation_ids: Sequence[str]) -> None:
        new = [Sequencer(it, self) for it in conversation_ids]
        self._sequencers |= {it.conversation_id: it for it in new}
        metrics.FOLLOWED.set(len(self._sequencers))
        task = asyncio.create_task(self._begin(new))
        self._opening |= dict.fromkeys(conversation_ids, task)
        task.add_done_callback(self._opened)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening = {it: other for it, other in self._opening.items() if other is not task}
        if not task.cancelled():
            task.exception()  # told to those who wait, if any still do

    async def _begin(self, sequencers: Sequence[Sequencer]) -> None:
        ids = [it.conversation_id for it in sequencers]
        try:
            await self._bus.follow(ids)
            heads = await self._heads(ids)
        except BaseException:
            self._let_go(sequencers)
            raise
        self._let_go([it for it in sequencers if it.conversation_id not in heads])
        for it in sequencers:
            if it.conversation_id in heads:
                await it.begin(heads[it.conversation_id])

    def _let_go(self, sequencers: Iterable[Sequencer]) -> None:
        """Those of them that have not been followed by others."""
        gone = [it for it in sequencers if self._sequencers.get(it.conversation_id) is it]
        for it in gone:
            it.end()
            del self._sequencers[it.conversation_id]
            self._wanted_at.pop(it.conversation_id, None)
        self._bus.unfollow([it.conversation_id for it in gone])
        metrics.FOLLOWED.set(len(self._sequencers))

    # --- what is heard --------------------------------------------------------------------------

    async def hear(self, update: Update) -> None:
        """Take an update from the bus; one of a conversation that is not followed is nobody's."""
        sequencer = self._sequencers.get(update.conversation_id)
        if sequencer is not None:
            await sequencer.hear(update)

    async def read(self, conversation_id: str, position: Position, limit: int) -> Sequence[Update]:
        """See `Hands.read`."""
        asked = ListUpdates(
            conversation_id=conversation_id,
            after=position.seq,
            epoch=position.epoch,
            limit=limit,
        )
        async with self._reads:
            page = await self._bus.ask(asked)
        return [read_update(it) for it in page.items]

    async def reached(self, conversation_id: str, seq: int) -> None:
        """Wait until all updates up to there are carried out; at once where the conversation is not followed.

        What is missing is asked for without delay.
        """
        sequencer = self._sequencers.get(conversation_id)
        if sequencer is not None:
            await sequencer.reach(seq, at_once=True)

    async def caught_up(self, heads: Mapping[str, int]) -> None:
        """Wait until all that is followed has reached these heads."""
        behind = [(it, seq) for id_, seq in heads.items() if (it := self._sequencers.get(id_))]
        for sequencer, seq in behind:
            sequencer.expect(seq)
        for sequencer, seq in behind:
            await sequencer.reach(seq)

    def look(self) -> None:
        """Look at once what was lost: the bus was away."""
        self._bell.set()

    async def check(self) -> None:
        """Look where the logs end. Raises what their owner raises while it is away."""
        looked_at = dict(self._sequencers)
        heads = await self._heads(list(looked_at))
        for id_, sequencer in looked_at.items():
            head = heads.get(id_)
            if self._sequencers.get(id_) is not sequencer or id_ in self._opening:
                continue
            if head is None or sequencer.is_lost or sequencer.epoch != head.epoch:
                await self._begin_anew(sequencer, head)
            else:
                sequencer.expect(head.seq)

    async def _begin_anew(self, sequencer: Sequencer, head: Position | None) -> None:
        """Another history: nothing of it is told to those who know the one that was."""
        log.warning("log_is_another", conversation=sequencer.conversation_id)
        sequencer.end()
        if head is None:
            self._let_go([sequencer])
        await self.resync(conversation_room(sequencer.conversation_id))
        if self._sequencers.get(sequencer.conversation_id) is sequencer and head is not None:
            fresh = Sequencer(sequencer.conversation_id, self)
            self._sequencers[sequencer.conversation_id] = fresh
            await fresh.begin(head)

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._bell.wait()
            self._bell.clear()
            self.unfollow(self._unwanted())
            try:
                await self.check()
            except AppError as error:
                log.info("heads_not_read", code=error.code)
            except Exception:
                log.exception("heads_not_read")

    def _unwanted(self) -> list[str]:
        rooms = {conversation_room(it): it for it in self._sequencers}
        now, unheard = _now(), {rooms[it] for it in self.unheard(rooms)}
        self._wanted_at |= {it: now for it in self._sequencers if it not in unheard}
        return [it for it in unheard if now - self._wanted_at[it] >= GRACE_SECONDS]

    async def _heads(self, conversation_ids: Sequence[str]) -> dict[str, Position]:
        heads: dict[str, Position] = {}
        for start in range(0, len(conversation_ids), MOST_HEADS):
            some = list(conversation_ids[start : start + MOST_HEADS])
            heads |= (await self._bus.ask(ListHeads(conversation_ids=some))).heads
        return heads


def _now() -> float:
    return asyncio.get_running_loop().time()
