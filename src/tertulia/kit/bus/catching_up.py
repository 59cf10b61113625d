"""Hearing the barriers of an owner for certain: its log is read, however much of what it said was lost.

A live listener may miss what is told. Who must not act in ignorance of a barrier catches up first: what the
log has above the position reached before is heard, perhaps for the second time.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from tertulia.kernel.errors import AppError, Unavailable
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Listener
from tertulia.kit.bus.barriers import BEAT_SECONDS, Barrier, BarrierPage, Look, barriers_of
from tertulia.kit.bus.line import Line

LOOK_SECONDS = 3.0
"""Between two looks that nobody asked for: well within the time for which an owner keeps its rows."""

log = structlog.get_logger(__name__)


class CatchUp:
    """The barriers of one owner, heard by listeners of this process in the order of its log."""

    def __init__(
        self,
        line: Line,
        service: str,
        listeners: Mapping[type[Event], Listener],
        missed: Callable[[], None],
    ) -> None:
        """`missed` is told when rows were gone before they were read."""
        self._line = line
        self._service = service
        self._kinds = {kind.wire_name: kind for kind in listeners}
        self._listeners = listeners
        self._missed = missed
        self._reached: int | None = None
        self._turn = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look now and then."""
        self._looking = asyncio.create_task(self._look_now_and_then())

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def heard(self) -> None:
        """Hear all barriers that are committed by now; those before the first time are not heard.

        Raises `Unavailable`.
        """
        async with self._turn:
            while await self._hear_page():
                pass

    async def _hear_page(self) -> bool:
        """Hear what is next; whether there is more."""
        page = await self._page()
        if self._reached is not None and not page.kept_from - 1 <= self._reached <= page.head:
            log.warning("barriers_missed", service=self._service, kept_from=page.kept_from)
            self._missed()
        for barrier in page.items:
            await self._hear(barrier)
        self._reached = min(page.reached, page.head)
        return self._reached < page.head

    async def _hear(self, barrier: Barrier) -> None:
        kind = self._kinds.get(barrier.wire_name)
        if kind is None:
            return
        try:
            event = kind.model_validate(barrier.body)
        except ValueError:
            log.warning("event_not_understood", wire_event=barrier.wire_name)
            self._missed()
        else:
            await self._listeners[kind](event)

    async def _page(self) -> BarrierPage:
        question = Look(gateway_id="", after=self._reached)
        try:
            told = await self._line.call(
                barriers_of(self._service), question.encoded, seconds=BEAT_SECONDS
            )
            return BarrierPage.model_validate_json(told)
        except (AppError, ValueError) as failure:
            raise Unavailable(f"{self._service} does not say what happened.") from failure

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.heard()
            except Unavailable as error:
                log.info("barriers_not_heard", service=self._service, reason=error.detail)
