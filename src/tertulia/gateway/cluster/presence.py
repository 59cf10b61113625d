"""What presence knows of this gateway's connections: said again whenever it was lost.

Presence keeps what it hears in the memory of one process, which may start anew or be cut off, and what is
said to it may be lost. So the gateway keeps who is here and whom each watches, and asks every few seconds
under what name presence keeps that: after another name than before it says everything again.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError, Unavailable
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Bus, Listener
from tertulia.kit.bus.passing import PassingBus
from tertulia.presence.contract import (
    Changed,
    Connect,
    Disconnect,
    Presume,
    Renew,
    Renewal,
    States,
    Watch,
)

RENEW_SECONDS = 3.0
"""Between two signs of life: presence gives up a gateway that is silent for ten."""
AT_ONCE = 16
"""Connections that are said again at the same time."""
MANY = 500
"""People who are named in one message."""

R = TypeVar("R")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Attendee:
    actor: Actor
    watched: tuple[str, ...] = ()


class _Changes:
    """Which changes were told here, by their numbers, which have no gaps."""

    def __init__(self) -> None:
        self.heard = 0
        """All up to this one were, or need not be."""
        self._above: set[int] = set()
        self._latest: dict[str, int] = {}
        """By person, the last change of them."""

    def take(self, change: Changed) -> bool:
        """Note one; whether it is news, neither told already nor overtaken by a later one."""
        number = change.number
        if number > self.heard:
            self._above.add(number)
            self._close_gaps()
        is_news = number > self._latest.get(change.user_id, 0)
        if is_news:
            self._latest[change.user_id] = number
        return is_news

    def pass_(self, number: int) -> None:
        """Nothing up to there is missing."""
        self.heard = max(self.heard, number)
        self._above = {it for it in self._above if it > self.heard}
        self._close_gaps()

    def _close_gaps(self) -> None:
        while self.heard + 1 in self._above:
            self.heard += 1
            self._above.discard(self.heard)


class Attendance(PassingBus):
    """A bus around another one, which notes what is said to presence."""

    def __init__(self, bus: Bus, gateway_id: str) -> None:
        super().__init__(bus)
        self._gateway_id = gateway_id
        self._keeping_id: str | None = None
        self._here: dict[str, _Attendee] = {}
        """By connection, those who were connected and not closed."""
        self._online: set[str] = set()
        """The people of whom connections here were told last that they are online."""
        self._online_before: frozenset[str] = frozenset()
        """Those of before everything was said again."""
        self._changes = _Changes()
        self._listeners: list[Listener] = []
        """Hear changes from here: those that were missed too."""
        self.may_tell: Callable[[], bool] = lambda: True
        """Whether connections may be told anything now; what they may not be told is missed."""
        self._unsaid: dict[str, Actor] = {}
        """By connection, those of whom presence does not know for certain how they are."""
        self._renewing: asyncio.Task[None] | None = None
        bus.listen(Changed, self._hear_change, followed=True)

    def attend(self) -> None:
        """Give signs of life from now on, and say again what was lost."""
        self._renewing = asyncio.create_task(self._renew_for_ever())

    async def leave(self) -> None:
        """Give no more of them."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """See `Bus.ask`. Who came or went is said again until presence knows it."""
        answer: Any
        match request:
            case Connect():
                self._here[actor.connection_id or ""] = _Attendee(actor)
                answer = await self._say(actor)
            case Disconnect():
                self._here.pop(actor.connection_id or "", None)
                answer = await self._say(actor)
            case Watch():
                answer = await self._bus.ask(request, actor)
                self._note_watched(request, answer, actor)
            case _:
                answer = await self._bus.ask(request, actor)
        return answer

    # --- what is said ---------------------------------------------------------------------------

    async def _say(self, actor: Actor) -> None:
        """Say of one connection how it is now. Raises what presence raises, or that it is away."""
        connection_id = actor.connection_id or ""
        self._unsaid.pop(connection_id, None)
        try:
            attendee = self._here.get(connection_id)
            if attendee is None:
                await self._bus.ask(Disconnect(), actor)
            else:
                await self._bus.ask(Connect(gateway_id=self._gateway_id), actor)
                await self._watch_again(attendee)
        except AppError as error:
            if error.retryable:
                self._unsaid[connection_id] = actor
            raise

    async def _watch_again(self, attendee: _Attendee) -> None:
        """Another watch of the connection may be under way meanwhile: what it says last counts."""
        said: tuple[str, ...] = ()
        while attendee.watched != said:
            said = attendee.watched
            answer = await self._bus.ask(Watch(user_ids=list(said)), attendee.actor)
            for user_id, state in answer.states.items():
                if state == "online" and user_id not in self._online_before:
                    await self._tell_one(attendee, user_id)

    async def _tell_one(self, attendee: _Attendee, user_id: str) -> None:
        """Tell a connection of somebody who came while presence did not know whom it watches."""
        if not self.may_tell():
            raise Unavailable
        ids = [attendee.actor.connection_id or ""]
        self._online.add(user_id)
        for listener in self._listeners:
            await listener(Changed(user_id=user_id, state="online", connection_ids=ids))

    def _note_watched(self, request: Watch, answer: States, actor: Actor) -> None:
        attendee = self._here.get(actor.connection_id or "")
        if attendee is not None:
            attendee.watched = tuple(request.user_ids)
        self._online.update(it for it, state in answer.states.items() if state == "online")

    async def _hear_change(self, change: Changed) -> None:
        if not self.may_tell() or not self._changes.take(change):
            return
        if change.state == "online":
            self._online.add(change.user_id)
        else:
            self._online.discard(change.user_id)
        for listener in self._listeners:
            await listener(change)

    # --- what is said again ---------------------------------------------------------------------

    async def _renew_for_ever(self) -> None:
        while True:
            try:
                await self._renew()
            except AppError as error:
                log.info("presence_away", code=error.code)
            except Exception:
                log.exception("presence_not_renewed")
            await asyncio.sleep(RENEW_SECONDS)

    async def _renew(self) -> None:
        renewal = await self._bus.ask(
            Renew(
                gateway_id=self._gateway_id,
                keeping_id=self._keeping_id,
                heard=self._changes.heard,
            )
        )
        if renewal.keeping_id != self._keeping_id:
            await self._presume()
            self._online_before = frozenset(self._online)
            self._unsaid |= {it: attendee.actor for it, attendee in self._here.items()}
            self._keeping_id, self._changes = renewal.keeping_id, _Changes()
        await self._make_good(renewal)
        waiting = iter(list(self._unsaid.values()))
        await asyncio.gather(*(self._say_again(waiting) for _ in range(AT_ONCE)))

    async def _make_good(self, renewal: Renewal) -> None:
        for change in renewal.missed:
            await self._hear_change(change)
            if not self.may_tell():
                return
        self._changes.pass_(renewal.number)

    async def _presume(self) -> None:
        online = list(self._online)
        for start in range(0, len(online), MANY):
            await self._bus.ask(Presume(user_ids=online[start : start + MANY]))

    async def _say_again(self, waiting: Iterator[Actor]) -> None:
        for actor in waiting:
            try:
                await self._say(actor)
            except AppError as error:
                log.info("presence_not_told", code=error.code)
                if error.retryable:
                    return

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """See `Bus.listen`."""
        if event is Changed:
            self._listeners.append(listener)
        else:
            self._bus.listen(event, listener, followed=followed)
