"""Logs of conversations in memory, as their owner keeps them, and who carries out what comes of them."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.errors import Resync
from tertulia.conversations.contract.updates import (
    ListHeads,
    ListUpdates,
    LogHeads,
    MemberLeft,
    Position,
    ReactionAdded,
    Update,
    UpdatePage,
)
from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.ids import new_id

NOON = datetime(2026, 10, 8, 12, tzinfo=UTC)
ANA = UserView(id=new_id(), username="ana", display_name="Ana", avatar_url=None, kind="person")


def said(conversation_id: str, seq: int) -> Update:
    """An update like any other."""
    return ReactionAdded(
        conversation_id=conversation_id,
        seq=seq,
        at=NOON,
        actor_id=ANA.id,
        message_id=ANA.id,
        emoji="👍",
        user_id=ANA.id,
        count=seq,
    )


def left(conversation_id: str, seq: int) -> Update:
    """One that is a barrier."""
    return MemberLeft(
        conversation_id=conversation_id,
        seq=seq,
        at=NOON,
        actor_id=ANA.id,
        user=ANA,
        role="member",
        member_count=1,
    )


class Logs:
    """The owner of all logs. What is written is told to nobody: tests carry it around."""

    def __init__(self) -> None:
        self.updates: dict[str, list[Update]] = defaultdict(list)
        self.epoch = "1"
        self.asked: list[ListHeads | ListUpdates] = []
        self.away: AppError | None = None
        """What everybody is refused with."""
        self.gate = asyncio.Event()
        """Answers wait for it; open at first."""
        self.gate.set()

    def write(
        self, conversation_id: str, number: int = 1, *, barrier: bool = False
    ) -> list[Update]:
        """The next updates of a log."""
        log = self.updates[conversation_id]
        make = left if barrier else said
        new = [make(conversation_id, len(log) + n) for n in range(1, number + 1)]
        log += new
        return new

    def asked_for(self, kind: type[ListHeads | ListUpdates]) -> int:
        return sum(isinstance(it, kind) for it in self.asked)

    async def ask(self, request: ListHeads | ListUpdates, actor: Actor = SYSTEM):
        """Answer as of the moment of asking, and then wait at the gate."""
        assert actor is SYSTEM
        self.asked.append(request)
        if self.away is not None:
            raise self.away
        answer = self._heads(request) if isinstance(request, ListHeads) else self._page(request)
        await self.gate.wait()
        return answer

    def _heads(self, request: ListHeads) -> LogHeads:
        return LogHeads(
            heads={
                it: Position(epoch=self.epoch, seq=len(self.updates[it]))
                for it in request.conversation_ids
                if it in self.updates
            }
        )

    def _page(self, request: ListUpdates) -> UpdatePage:
        log = self.updates[request.conversation_id]
        if request.epoch != self.epoch or request.after > len(log):
            raise Resync
        items = log[request.after : request.after + (request.limit or 200)]
        bodies = [it.model_dump(mode="json") for it in items]
        return UpdatePage(items=bodies, head=len(log), epoch=self.epoch)

    async def read(self, conversation_id: str, position: Position, limit: int) -> Sequence[Update]:
        """A page, read as a sequencer wants it."""
        asked = ListUpdates(
            conversation_id=conversation_id,
            after=position.seq,
            epoch=position.epoch,
            limit=limit,
        )
        await self.ask(asked)
        return self.updates[conversation_id][position.seq : position.seq + limit]


class Carrying:
    """Hands that note what they carry out, over the logs of an owner."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self.done: list[Update] = []
        self.permits = asyncio.Event()
        self.permits.set()
        self.read = logs.read

    @property
    def seqs(self) -> list[int]:
        return [it.seq for it in self.done]

    async def permit(self, update: Update) -> None:
        await self.permits.wait()

    async def react(self, update: Update) -> None:
        await asyncio.sleep(0)
        self.done.append(update)
