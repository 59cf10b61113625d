"""The fast WebSocket: frames read from and written to an `asyncio` transport, without a task."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tertulia.realtime.engine import frames
from tertulia.realtime.engine.frames import FrameError, FrameReader
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.transports import Reason
from tertulia.realtime.engine.websocket import WebSocketTransport, as_text

if TYPE_CHECKING:
    from tertulia.realtime.engine.socket import Socket

HIGH_WATER = 256 * 1024
"""Bytes in the stream from where on a client is behind."""

MOST_UNREAD = 2 * 1024 * 1024
"""What the stream may hold for a client that asks on and on and reads nothing."""


class StreamTransport(WebSocketTransport):
    """A WebSocket over an `asyncio.Transport`, after its handshake."""

    __slots__ = ("_closing", "_head", "_lingering", "_paused", "_reader", "_ready", "_stream")

    def __init__(self, stream: asyncio.Transport, most_bytes: int, head: bytes = b"") -> None:
        """`head` is the answer to the handshake: it goes with the first packet."""
        super().__init__()
        self._head = head
        stream.set_write_buffer_limits(high=HIGH_WATER)
        self._stream = stream
        self._reader = FrameReader(most_bytes)
        self._paused = False
        self._closing = False
        self._lingering: asyncio.TimerHandle | None = None
        self._ready = True

    # --- towards the client ---------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether the system takes more."""
        return self._ready

    @property
    def push(self) -> Callable[[bytes], None] | None:
        """The stream's own `write`."""
        return None if self.base64 else self._stream.write

    def open(self, socket: "Socket", *, probing: bool = False) -> None:
        """Carry a socket from now on, or try to take it over."""
        super().open(socket, probing=probing)
        if probing:
            self._write_head()

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Send parcels."""
        if self._head:
            self._stream.write(self._head + self._frames(parcels))
            self._head = b""
        else:
            self._stream.write(self._frames(parcels))

    def send_first(self, parcel: Parcel) -> None:
        """Send a heartbeat in front of what has not been written yet."""
        if not self._closing:
            self._stream.write(parcel.wire)

    def send_text(self, text: str) -> None:
        """Send a packet at once."""
        if not self._closing:
            self._answer(frames.frame(frames.TEXT, text.encode()))

    def buffered(self) -> int:
        """Bytes that the system has not taken."""
        return self._stream.get_write_buffer_size()

    def _write_head(self) -> None:
        if self._head:
            self._stream.write(self._head)
            self._head = b""

    def _frames(self, parcels: Sequence[Parcel]) -> bytes:
        if not self.base64:
            return b"".join([parcel.wire for parcel in parcels])
        texts = [as_text(packet) for parcel in parcels for packet in parcel.packets]
        return b"".join([frames.frame(frames.TEXT, text.encode()) for text in texts])

    # --- from the client ------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Carry out the frames that are complete with `data`."""
        payload = self._reader.only_text(data)
        if payload is not None and not self._closing:
            self._receive_payload(payload)
        else:
            self._read(data)

    def _receive_payload(self, payload: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self._break(frames.NOT_TEXT)
        else:
            self.receive_text(text)

    def _read(self, data: bytes) -> None:
        messages = self._reader.read(data)
        try:
            for opcode, payload in messages:
                if opcode == frames.TEXT and not self._closing:
                    self._receive_payload(payload)
                else:
                    self._receive_other_frame(opcode, payload)
                if self._paused:
                    break
        except FrameError as error:
            self._break(error.code)
        finally:
            messages.close()

    def pause(self) -> None:
        """Read nothing more from the client for now."""
        if not self._paused and not self._stream.is_closing():
            self._paused = True
            self._stream.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._paused:
            self._paused = False
            if not self._stream.is_closing():
                self._stream.resume_reading()
                asyncio.get_running_loop().call_soon(self.feed, b"")

    def _receive_other_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.CLOSE:
            frames.check_close(payload)
            self._answer_close(payload)
        elif self._closing:
            return
        elif opcode == frames.BINARY:
            self.receive_binary(payload)
        elif opcode == frames.PING:
            self._answer(frames.frame(frames.PONG, payload))

    def _answer(self, frame: bytes) -> None:
        """Answer a client that may ask without ever reading."""
        if self.buffered() > MOST_UNREAD:
            self._stream.abort()
        else:
            self._stream.write(frame)

    # --- the end --------------------------------------------------------------------------------

    def close(self, parcels: Sequence[Parcel] = (), code: int | None = None) -> None:
        """Send the last parcels and a close frame; the client has a moment to answer it."""
        if self._closing:
            return
        self._closing, self._ready = True, False
        if self._stream.is_closing():
            return
        self._write_head()
        code = frames.NO_STATUS if code is None else code
        self._stream.write(self._frames(parcels) + frames.close_frame(code))
        self.resume()
        loop = asyncio.get_running_loop()
        self._lingering = loop.call_later(
            self.socket.server.limits.linger_seconds, self._stream.abort
        )

    def lost(self) -> None:
        """The stream is gone."""
        self._closing, self._ready = True, False
        if self._lingering is not None:
            self._lingering.cancel()
        self.over()

    def shut_down(self) -> None:
        """The server stops."""
        self.fail(frames.RESTART)

    def writable(self, ready: bool) -> None:
        """Whether the system takes more."""
        self._ready = ready and not self._closing
        if self._probing:
            return
        if self._ready:
            self.socket.settle()
        else:
            self.socket.push = None

    def _answer_close(self, payload: bytes) -> None:
        if not self._closing:
            self._closing, self._ready = True, False
            self._stream.write(frames.frame(frames.CLOSE, payload))
        self._stream.close()
        self.over(Reason.TRANSPORT_CLOSE)

    def _break(self, code: int) -> None:
        if self._closing:
            self._stream.abort()
        else:
            self.fail(code)
