"""Barriers: a command that silences somebody is answered when every gateway has heard of it.

This is the side of the owner. Gateways *follow* the barrier events of its log: each asks twice a second, and
at once when it is poked, for those above the position that it has reached. The answer, carried out, is a
lease of `LEASE_SECONDS` from the moment of asking, and without a lease from every owner a gateway tells
nothing to anybody. So who waits for the confirmations of those who are alive, or for as long as a lease
lasts, knows that nobody is told anything in ignorance of the barrier.

Source: Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache
Consistency" (1989).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import structlog

from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Model
from tertulia.kit.bus.line import Line, Said

LEASE_SECONDS = 2.0
"""How long an answer about barriers is good for, from the moment of asking."""
BEAT_SECONDS = 0.5
"""Between two signs of life of a gateway, and between two of its questions."""
ALIVE_SECONDS = 10.0
"""A gateway that was heard within these is waited for."""
POKE_SECONDS = 0.25
"""After these a poke that not everybody has answered is repeated."""
KEPT_SECONDS = 10.0
"""For how long an owner keeps the rows of its log at least, for those who follow it."""
PAGE = 500

ALIVE = "tertulia.gateways.alive"
ROLL_CALL = "tertulia.gateways.roll_call"

M = TypeVar("M", bound=Model)
log = structlog.get_logger(__name__)


def barriers_of(service: str) -> str:
    """Where the barriers of a service are asked for: a `Look`, answered by a `BarrierPage`."""
    return f"tertulia.barriers.{service}.list"


def pokes_of(service: str) -> str:
    """Where a service says that there is a barrier: a `Poke`."""
    return f"tertulia.barriers.{service}.poke"


class Barrier(Model):
    """A barrier event of a log: its position, the event's name and its JSON."""

    position: int
    wire_name: str
    body: dict[str, Any]


class Look(Model):
    """A gateway asks for the barriers above a position; for none of them, where it begins."""

    gateway_id: str
    after: int | None


class BarrierPage(Model):
    """The barriers above a position, in order, all of them up to `reached`."""

    items: list[Barrier]
    reached: int
    head: int
    """The position that was given last when this was read; a lease is had by who has come so far."""
    kept_from: int
    """No row from here on is missing. Who asks from further back has lost the thread."""


class Poke(Model):
    """There is a barrier at a position; who has passed it says so."""

    position: int


class Passed(Model):
    """A gateway has carried out all barriers of a service up to a position."""

    gateway_id: str
    service: str
    position: int


class Beat(Model):
    """A gateway is there, or goes."""

    gateway_id: str
    leaves: bool = False


ReadBarriers = Callable[[int | None, int], Awaitable[BarrierPage]]
"""`(after, limit)`: the page above a position. The head is read before the rows, or at one moment with them."""


class Barriers(Protocol):
    """How a command waits until nobody is told anything in ignorance of what it changed."""

    async def confirmed(self, service: str, position: int) -> None:
        """Every gateway has carried out the barriers of a service up to a position, or tells nothing."""
        ...


class LocalBarriers:
    """Of one process: the gateway, if there is one, heard them when they were published."""

    async def confirmed(self, service: str, position: int) -> None:
        """Nobody else is to be waited for."""


class LineBarriers:
    """Of many processes: those who are alive confirm, and those who do not have no lease any more."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._inbox = f"tertulia.barriers.passed.{new_id()}"
        self._readers: dict[str, ReadBarriers] = {}
        self._heard: dict[str, float] = {}
        """By gateway, when it was heard last."""
        self._passed: dict[tuple[str, str], int] = {}
        self._news = asyncio.Event()
        self._known_at = float("inf")
        """From when on everybody who is alive has been heard."""
        self._ticked = float("-inf")
        self._ticking: asyncio.Task[None] | None = None

    def serve(self, service: str, read: ReadBarriers) -> None:
        """Answer those who follow the barriers of a service; before `start`."""
        self._readers[service] = read

    async def start(self) -> None:
        """Listen for gateways, and let them follow."""
        await self._line.subscribe(ALIVE, self._hear_beat)
        await self._line.subscribe(self._inbox, self._hear_passed)
        for service, read in self._readers.items():
            await self._line.subscribe(barriers_of(service), self._answerer(read), queue=service)
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Know nobody any more: who still waits, waits as long as a lease lasts."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    async def confirmed(self, service: str, position: int) -> None:
        """Wait for everybody who is alive, at most as long as a lease lasts."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEASE_SECONDS):
                while not self._is_passed(service, position):
                    poke = Poke(position=position)
                    self._line.send(pokes_of(service), poke.encoded, reply=self._inbox)
                    await _within(POKE_SECONDS, self._wait(service, position))

    async def _wait(self, service: str, position: int) -> None:
        while not self._is_passed(service, position):
            await self._news.wait()

    def _is_passed(self, service: str, position: int) -> bool:
        now = _now()
        if not self._knows_all(now):
            return False
        alive = [it for it, heard in self._heard.items() if now - heard < ALIVE_SECONDS]
        return all(self._passed.get((it, service), 0) >= position for it in alive)

    def _knows_all(self, now: float) -> bool:
        """Whether no gateway can be alive that was not heard: not just after a start, a cut or a stop."""
        was_awake = now - self._ticked < LEASE_SECONDS / 2
        return was_awake and self._line.connected and now >= self._known_at

    async def _tick(self) -> None:
        """Note when this process or its line was gone: who came meanwhile was not heard."""
        while True:
            now = _now()
            if now - self._ticked >= LEASE_SECONDS / 2 or not self._line.connected:
                self._known_at = now + LEASE_SECONDS
                self._line.send(ROLL_CALL, b"{}")
            self._ticked = now
            self._forget_silent(now)
            await asyncio.sleep(POKE_SECONDS)

    def _forget_silent(self, now: float) -> None:
        silent = {it for it, heard in self._heard.items() if now - heard >= ALIVE_SECONDS}
        for gateway_id in silent:
            self._forget(gateway_id)

    def _forget(self, gateway_id: str) -> None:
        self._heard.pop(gateway_id, None)
        for key in [it for it in self._passed if it[0] == gateway_id]:
            del self._passed[key]

    async def _hear_beat(self, said: Said) -> None:
        beat = heard(Beat, said)
        if beat is None:
            return
        if beat.leaves:
            self._forget(beat.gateway_id)
        else:
            self._heard[beat.gateway_id] = _now()
        self._tell_news()

    async def _hear_passed(self, said: Said) -> None:
        passed = heard(Passed, said)
        if passed is not None:
            key = (passed.gateway_id, passed.service)
            self._passed[key] = max(passed.position, self._passed.get(key, 0))
            self._tell_news()

    def _tell_news(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _answerer(self, read: ReadBarriers) -> Callable[[Said], Coroutine[Any, Any, None]]:
        async def answer(said: Said) -> None:
            look = heard(Look, said)
            if look is None or said.reply is None:
                return
            try:
                page = await read(look.after, PAGE)
            except Exception:
                log.exception("barriers_not_read")  # no answer is no lease
                return
            self._line.send(said.reply, page.encoded)

        return answer


def heard(kind: type[M], said: Said) -> M | None:
    """What was said, as a message of a kind; nothing, and a line in the log, when it is none."""
    try:
        return kind.model_validate_json(said.payload)
    except ValueError:
        log.warning("not_understood", subject=said.subject, kind=kind.__name__)
        return None


async def _within(seconds: float, awaited: Coroutine[Any, Any, Any]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await awaited


def _now() -> float:
    return asyncio.get_running_loop().time()
