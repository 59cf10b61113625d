"""The lease of one owner: its barriers are asked for, carried out, and only then is it had."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from tertulia.gateway.cluster.permits import Permits
from tertulia.kernel.errors import AppError
from tertulia.kit import metrics
from tertulia.kit.bus.barriers import (
    BEAT_SECONDS,
    LEASE_SECONDS,
    Barrier,
    BarrierPage,
    Look,
    Passed,
    barriers_of,
    pokes_of,
)
from tertulia.kit.bus.line import Line, Said

MOST_ASKED = 4
"""Questions under way at once: one that is not answered in time is asked again beside."""
AGAIN_SECONDS = 0.1
"""After which it is asked again when nobody was there to answer."""

log = structlog.get_logger(__name__)


class Lease:
    """Follows the barriers of an owner, in their order."""

    def __init__(self, line: Line, gateway_id: str, service: str) -> None:
        self.service = service
        self.permits = Permits()
        self.permits.wanted = self.look
        self.known: Callable[[], Awaitable[float]]
        """Waits until the owner knows of this gateway: the moment at which it did."""
        self.carry_out: Callable[[Barrier], Awaitable[None]]
        self.revalidate: Callable[[], Awaitable[None]]
        """Makes everything here what the owner says that it is now."""
        self.renewed: Callable[[float], None]
        """Told until when the lease is good."""
        self._line = line
        self._gateway_id = gateway_id
        self._position: int | None = None
        """All barriers up to it are carried out; None where that is not known."""
        self._wanted = asyncio.Event()
        self._pokes: list[str] = []
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Follow the owner from now on."""
        await self._line.subscribe(pokes_of(self.service), self._hear_poke)
        self._following = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no more."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    def look(self) -> None:
        """Look for barriers at once."""
        self._wanted.set()

    async def _hear_poke(self, said: Said) -> None:
        if said.reply is not None:
            self._pokes.append(said.reply)
            self.look()

    async def _follow(self) -> None:
        while True:
            self._wanted.clear()
            try:
                await self._renew()
            except Exception as error:
                self._take_back(error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), BEAT_SECONDS)

    def _take_back(self, error: Exception) -> None:
        """What failed is tried again, or made good by revalidation; there is no lease until then."""
        if is_passing(error):
            log.warning("barriers_not_carried_out", service=self.service, why=str(error))
        else:
            self._position = None
            log.error("barriers_not_carried_out", service=self.service, exc_info=error)

    async def _renew(self) -> None:
        pokes, self._pokes = self._pokes, []
        with self.permits.round():
            asked_at = await self._catch_up()
        self.renewed(asked_at + LEASE_SECONDS)
        self._confirm(pokes)

    async def _catch_up(self) -> float:
        """Come to where the owner is; when the question was asked that says so."""
        while True:
            asked_at, page = await self._asked()
            if self._is_lost(page):
                await self.revalidate()
                self._pass(page.head)
                continue
            for barrier in page.items:
                await self.carry_out(barrier)
                self._pass(barrier.position)
            self._pass(page.reached)
            if page.reached >= page.head:
                return asked_at

    def _is_lost(self, page: BarrierPage) -> bool:
        """Whether barriers may be missing: their rows are gone, or the owner was set back."""
        at = self._position
        return at is None or page.head < at or page.kept_from > at + 1

    def _pass(self, position: int) -> None:
        self._position = position
        metrics.BARRIER_POSITION.labels(self.service).set(position)

    def _confirm(self, pokes: Sequence[str]) -> None:
        passed = Passed(
            gateway_id=self._gateway_id, service=self.service, position=self._position or 0
        )
        for reply in dict.fromkeys(pokes):
            self._line.send(reply, passed.encoded)

    # --- asking ---------------------------------------------------------------------------------

    async def _asked(self) -> tuple[float, BarrierPage]:
        """The first page that comes, and when it was asked for."""
        asked: dict[asyncio.Task[BarrierPage], float] = {}
        try:
            while True:
                if len(asked) < MOST_ASKED:
                    asked_at = await self.known()
                    asked[asyncio.create_task(self._ask())] = asked_at
                ended, _ = await asyncio.wait(
                    asked, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for task in ended:
                    asked_at = asked.pop(task)
                    if task.exception() is None:
                        return asked_at, task.result()
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            for task in asked:
                task.cancel()

    async def _ask(self) -> BarrierPage:
        """A page. Raises what the line raises; `ValueError` for what is no page."""
        look = Look(gateway_id=self._gateway_id, after=self._position)
        subject = barriers_of(self.service)
        answer = await self._line.call(subject, look.encoded, seconds=LEASE_SECONDS)
        return BarrierPage.model_validate_json(answer)


def is_passing(error: Exception) -> bool:
    """Whether it may go well the next time: somebody did not answer."""
    if isinstance(error, ExceptionGroup):
        return all(is_passing(it) for it in error.exceptions)
    return isinstance(error, AppError) and error.retryable
