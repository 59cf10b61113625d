"""Presence: hears of connections, answers who is online, and tells watchers what changes.

Everything is in memory and on the loop. Nothing waits for a change to be told.
"""

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from tertulia.conversations.contract.people import FindAcquaintances
from tertulia.conversations.contract.spaces import SpaceAdded, SpaceRemoved
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kernel.actor import Actor
from tertulia.kernel.buckets import Buckets
from tertulia.kernel.errors import AppError, FieldError, Invalid, RateLimited
from tertulia.kernel.ids import new_id
from tertulia.kit.service import Kit
from tertulia.presence.contract import (
    Changed,
    Connect,
    Disconnect,
    Presume,
    Renew,
    Renewal,
    SetTyping,
    State,
    States,
    Typing,
    Watch,
)
from tertulia.presence.rules.gateways import Gateways
from tertulia.presence.rules.roster import Roster
from tertulia.presence.rules.told import Told
from tertulia.presence.rules.watchers import Watchers

TYPING_LASTS = timedelta(seconds=5)
TOLD_AT_ONCE = 100
"""Changes that are told before it is asked again who lost a place."""
RETRY_SECONDS = 1.0
CONVERSATIONS = "conversations"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Untold:
    """A change that is about to be told to who watched the person when it came about."""

    user_id: str
    state: State
    connection_ids: frozenset[str]


class Presence:
    """Who is online, who watches whom, and who types."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._roster = Roster()
        self._watchers = Watchers()
        self._gateways = Gateways()
        self._told = Told(int(kit.clock.now().timestamp()) * 1_000_000)  # more than any earlier one
        self._typing = Buckets(per_second=kit.limits.typing_per_second, burst=1)
        self._untold: deque[Untold] = deque()
        self._teller: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Know of every loss from now on. Raises `Unavailable`."""
        await self._kit.heard(CONVERSATIONS)

    async def connect(self, request: Connect, actor: Actor) -> None:
        """See `Connect`."""
        connection_id, now = actor.connection_id, _now()
        if connection_id is None:
            return
        is_new = self._roster.connect(connection_id, actor.id, now)
        if request.gateway_id is not None:
            self._gateways.hear(request.gateway_id, now, new_id())
            if is_new:
                self._gateways.connect(connection_id, request.gateway_id)
        self._advance()

    async def disconnect(self, _request: Disconnect, actor: Actor) -> None:
        """See `Disconnect`."""
        if actor.connection_id is not None:
            self._watchers.forget(actor.connection_id)
            self._gateways.disconnect(actor.connection_id)
            self._roster.disconnect(actor.connection_id, _now())
            self._advance()

    async def renew(self, request: Renew, _actor: Actor) -> Renewal:
        """See `Renew`."""
        self._lose_silent(_now())
        keeping_id = self._gateways.hear(request.gateway_id, _now(), new_id())
        self._advance()
        if request.keeping_id != keeping_id:
            return Renewal(keeping_id=keeping_id, number=self._told.number, missed=[])
        changes, number = self._told.page(request.heard)
        if changes:
            await self._kit.heard(CONVERSATIONS)
        missed = [*filter(None, (self._still(it, request.gateway_id) for it in changes))]
        return Renewal(keeping_id=keeping_id, number=number, missed=missed)

    async def presume(self, request: Presume, _actor: Actor) -> None:
        """See `Presume`."""
        for user_id in request.user_ids:
            self._roster.presume(user_id, _now())
        self._advance()

    async def watch(self, request: Watch, actor: Actor) -> States:
        """See `Watch`."""
        self._check_number(request)
        seen = await self._seen_by(actor, set(request.user_ids))
        connection_id = actor.connection_id
        if connection_id is not None and self._roster.may_hear(connection_id, actor.id):
            self._watchers.watch(connection_id, actor.id, seen)
        return States(states={it: self._state(it, seen) for it in request.user_ids})

    async def set_typing(self, request: SetTyping, actor: Actor) -> None:
        """See `SetTyping`. That the connection hears the conversation was checked at the edge."""
        clock = self._kit.clock
        wait = self._typing.take(actor.id, clock.seconds()) if self._kit.rate_limits else 0
        if wait > 0:
            raise RateLimited(retry_after=wait)
        told = Typing(
            conversation_id=request.conversation_id,
            user_id=actor.id,
            until=clock.now() + TYPING_LASTS,
        )
        await self._kit.bus.publish(told)

    async def member_left(self, event: MemberLeft) -> None:
        """Who left may see others, and be seen, no more."""
        self._watchers.doubt(event.user.id)

    async def space_removed(self, event: SpaceRemoved) -> None:
        """Who left may see others, and be seen, no more."""
        self._watchers.doubt(event.user_id)

    async def space_added(self, event: SpaceAdded) -> None:
        """Who is now limited to their own conversations may see others no more."""
        if not event.hear:
            for user_id in event.user_ids:
                self._watchers.doubt(user_id)

    def missed(self) -> None:
        """Nobody knows who left."""
        self._watchers.doubt_all()

    async def stop(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._teller is not None:
            self._teller.cancel()
            await asyncio.gather(self._teller, return_exceptions=True)

    def _check_number(self, request: Watch) -> None:
        limit = self._kit.limits.watched
        if len(request.user_ids) > limit:
            error = FieldError("user_ids", "too_long", f"more than {limit}")
            raise Invalid(params={"limit": limit}, errors=[error])

    def _state(self, user_id: str, seen: Collection[str]) -> State:
        return self._roster.state(user_id) if user_id in seen else "offline"

    async def _seen_by(self, actor: Actor, user_ids: Collection[str]) -> set[str]:
        """Those of the people whom the actor may see, at a moment after the last doubt."""
        others = [user_id for user_id in user_ids if user_id != actor.id]
        found: set[str] = set()
        doubts = None
        while others and doubts != self._watchers.doubts:
            doubts = self._watchers.doubts
            answer = await self._kit.bus.ask(FindAcquaintances(user_ids=others), actor)
            found = set(answer.user_ids)
        return found | ({actor.id} & set(user_ids))

    def _advance(self) -> None:
        """Let what is due be told, and come back when the next change is."""
        now = _now()
        self._lose_silent(now)
        for user_id, state in self._roster.advance(now).items():
            self._untold.append(Untold(user_id, state, self._watchers.tied(user_id)))
        if self._untold and (self._teller is None or self._teller.done()):
            self._teller = asyncio.create_task(self._tell_all())
        self._set_timer(self._roster.next_due, self._gateways.next_due)

    def _lose_silent(self, now: float) -> None:
        for connection_id in self._gateways.forget_silent(now):
            self._watchers.forget(connection_id)
            self._roster.lose(connection_id, now)

    def _set_timer(self, *dues: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        due = min((it for it in dues if it is not None), default=None)
        self._timer = None if due is None else loop.call_at(due, self._advance)

    def _still(self, change: Changed, gateway_id: str) -> Changed | None:
        """A change for those connections of a gateway that surely may hear it still."""
        mine = set(change.connection_ids) & set(self._gateways.connections(gateway_id))
        hearers = sorted(mine & self._watchers.hearers(change.user_id))
        if not hearers:
            return None
        return Changed(
            user_id=change.user_id,
            state=change.state,
            connection_ids=hearers,
            number=change.number,
        )

    async def _tell_all(self) -> None:
        """Tell what waits; of those who lost a place before it came about nobody is told."""
        while self._untold:
            count = min(len(self._untold), TOLD_AT_ONCE)
            try:
                await self._kit.heard(CONVERSATIONS)
            except AppError as refusal:
                log.info("losses_not_known", code=refusal.code)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for _ in range(count):
                await self._tell(self._untold.popleft())

    async def _tell(self, change: Untold) -> None:
        if not change.connection_ids:
            return
        try:
            await self._settle_doubts(change.user_id)
        except AppError as refusal:
            log.warning("doubts_not_settled", user_id=change.user_id, code=refusal.code)
        hearers = change.connection_ids & self._watchers.hearers(change.user_id)
        if hearers:
            told = self._told.next(change.user_id, change.state, hearers)
            if self._gateways.next_due is not None:
                self._told.keep(told)
            await self._kit.bus.publish(told)

    async def _settle_doubts(self, user_id: str) -> None:
        """Ask whether those who may have lost sight of a person still see them."""
        while doubtful := self._watchers.doubtful(user_id):
            watcher = Actor(id=doubtful.pop(), kind="person")
            sees = user_id in await self._seen_by(watcher, [user_id])
            self._watchers.settle(user_id, watcher.id, sees=sees)


def _now() -> float:
    return asyncio.get_running_loop().time()
