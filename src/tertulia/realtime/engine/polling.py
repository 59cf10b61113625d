"""Engine.IO over HTTP long-polling."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tertulia.realtime.engine import packets
from tertulia.realtime.engine.packets import Malformed, Parcel
from tertulia.realtime.engine.transports import Reason, Transport

if TYPE_CHECKING:
    from tertulia.realtime.engine.socket import Socket

BREATH = 16
"""Packets of one body that are carried out before others have their turn."""


class PollingTransport(Transport):
    """Packets wait at the socket until the client asks: it is ready while a poll waits."""

    __slots__ = ("_last", "_poll", "_polled", "_posting", "_resumed", "most", "socket")

    name = "polling"

    def __init__(self, socket: "Socket", most: int) -> None:
        self.socket = socket
        self.most = most
        self._poll: asyncio.Future[list[Parcel]] | None = None
        self._posting = False
        self._resumed: asyncio.Event | None = None
        self._polled: asyncio.Event | None = None
        self._last: list[Parcel] | None = None

    # --- towards the client ---------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether a poll waits."""
        return self._poll is not None and not self._poll.done()

    @property
    def push(self) -> None:
        """None: polls are not answered with frames."""
        return

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Answer the poll."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(list(parcels))
        self._let_on()

    def send_first(self, parcel: Parcel) -> None:
        """Answer the poll with a heartbeat, or the next one."""
        if self.ready:
            self.send([parcel])
        else:
            self.socket.send_first(parcel)

    def buffered(self) -> int:
        """Nothing: a poll is answered at once."""
        return 0

    async def poll(self) -> list[Parcel] | None:
        """What waits for the client, or the first thing that comes. None when two ask at once."""
        if self._last is not None:
            last, self._last = self._last, None
            self.socket.server.forget(self.socket)
            return last
        if self.socket.closed:
            return [packets.CLOSE_PARCEL]
        if self._poll is not None:
            self.socket.abort(Reason.TRANSPORT_ERROR)
            return None
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            self.socket.settle()
            if self.socket.is_changing_over():
                self.send([packets.NOOP_PARCEL])
            return await poll
        finally:
            self._poll = None

    # --- from the client ------------------------------------------------------------------------

    async def post(self, body: bytes) -> None:
        """Carry out the packets of a body, in order."""
        try:
            await self._carry_out(body)
        except Malformed:
            self.socket.abort(Reason.PARSE_ERROR)

    @property
    def is_posting(self) -> bool:
        """Whether a body is read or carried out."""
        return self._posting

    @contextmanager
    def posting(self) -> Generator[bool]:
        """While a body is read and carried out; false for a second one, which ends the client."""
        if self._posting:
            self.socket.abort(Reason.TRANSPORT_ERROR)
            yield False
            return
        self._posting = True
        try:
            yield True
        finally:
            self._posting = False

    async def _carry_out(self, body: bytes) -> None:
        """What is answered waits for polls, so whoever asks much at once and polls is not slow."""
        for count, (kind, data) in enumerate(packets.decode_payload(body), start=1):
            if self.socket.closed:
                return
            if len(data) >= self.socket.server.max_http_buffer_size:
                raise Malformed("a packet larger than a frame")
            if kind == packets.CLOSE:
                self.send([packets.NOOP_PARCEL])
                self.socket.abort(Reason.CLIENT_DISCONNECT)
            else:
                self.socket.receive(kind, data)
            if self._resumed is not None:
                await self._resumed.wait()
            elif count % BREATH == 0:
                await asyncio.sleep(0)
            while self.socket.is_half_full() and not self.socket.closed:
                self._polled = asyncio.Event()
                await self._polled.wait()

    def pause(self) -> None:
        """Carry out nothing more of a body for now."""
        if self._resumed is None:
            self._resumed = asyncio.Event()

    def resume(self) -> None:
        """Go on with the body."""
        if self._resumed is not None:
            self._resumed.set()
            self._resumed = None

    def _let_on(self) -> None:
        if self._polled is not None:
            self._polled.set()
            self._polled = None

    # --- the end --------------------------------------------------------------------------------

    def close(self, parcels: Sequence[Parcel] = (), code: int | None = None) -> None:
        """Answer the poll with the last parcels; without one, the next gets them."""
        self.resume()
        self._let_on()
        if self.ready:
            self.send([*parcels, packets.CLOSE_PARCEL])
        else:
            self._last = [*(parcels or [packets.NOOP_PARCEL]), packets.CLOSE_PARCEL]

    def abort(self) -> None:
        """Answer the poll, and forget the client."""
        self.resume()
        self.send([packets.CLOSE_PARCEL])

    def has_last(self) -> bool:
        """Whether it waits for a poll that fetches its last parcels."""
        return self._last is not None
