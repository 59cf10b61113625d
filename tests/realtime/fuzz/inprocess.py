"""The engine without sockets: bytes go in as they are cut, and everything that comes of them is kept."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from tests.realtime.fuzz import wire
from tests.realtime.fuzz.application import DRIVERS, MESSAGE_BYTES, is_ours

PATIENCE = 5.0
MOMENT = 0.2
LAST = '42424242["last"]'
"""The event that stands behind everything, to know when all was read."""

ANSWER = b"43424242["

SID = re.compile(rb'"sid":"[\w-]{20}"')
"""Another one for each client that connects, within the same bytes too."""


@dataclass
class Outcome:
    """What came of some bytes."""

    heard: list[list[Any]]
    written: bytes
    answered: bool
    """Whether `LAST` was; what comes after an error, or within something unfinished, is not."""

    errors: list[str]

    def agrees(self, other: "Outcome") -> bool:
        """Whether it is the same, but for new ids, where control frames stand and what was cut off by closing."""
        same = replace(self, written=b"") == replace(other, written=b"")
        return same and self._told() == other._told()

    def _told(self) -> list[bytes]:
        frames = wire.sent_frames(self.written)
        if not self.answered:
            return [payload for opcode, payload in frames if opcode == wire.CLOSE]
        return [SID.sub(b"", payload) for _, payload in sorted(frames, key=_is_control)]


def _is_control(frame: tuple[int, bytes]) -> bool:
    return frame[0] >= wire.CLOSE


@dataclass
class Wire(asyncio.Transport):
    """A transport that keeps what is written to it."""

    written: bytearray = field(default_factory=bytearray)
    closed: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    protocol: Any = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        self.changed.set()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.changed.set()
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 4711), "sockname": ("127.0.0.1", 80)}.get(name, default)

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    async def until(self, marker: bytes, patience: float = PATIENCE) -> bool:
        """Wait until something was written; false when it was closed before."""
        async with asyncio.timeout(patience):
            while not (found := marker in self.written) and not self.is_ending():
                self.changed.clear()
                await self.changed.wait()
        return found

    def is_ending(self) -> bool:
        """Whether it was closed, or is by a close frame."""
        head, _, body = self.written.partition(b"\r\n\r\n")
        frames = wire.sent_frames(bytes(body)) if b" 101 " in head else []
        return self.closed or any(opcode == wire.CLOSE for opcode, _ in frames)


class Errors(logging.Handler):
    """What is logged as an error while it is listened to, handlers' and the loop's."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if is_ours(record):
            self.texts.append(self.format(record))

    def take(self) -> list[str]:
        """What was logged since the last time."""
        texts, self.texts = self.texts, []
        return texts


class InProcess:
    """A server whose handlers of `/` write down what they hear, behind one driver."""

    def __init__(self, engine: Any, driver: str) -> None:
        self.heard: list[list[Any]] = []
        self._errors = Errors()
        server = engine.AsyncServer(async_mode="asgi", max_http_buffer_size=MESSAGE_BYTES)
        server.on("*", self._hear)
        self.app = engine.ASGIApp(server)
        self._config = uvicorn.Config(
            self.app, ws=DRIVERS[driver], ws_max_size=MESSAGE_BYTES, lifespan="off", log_config=None
        )
        self._config.load()
        self._state = ServerState()

    async def _hear(self, name: str, sid: str, *args: Any) -> Any:
        self.heard.append([name, *args])
        return args

    async def read(self, chunks: Sequence[bytes], *, patience: float = PATIENCE) -> Outcome:
        """Feed frames that end with `LAST` to a connected client; the outcome when that was read.

        It is taken as it is after `patience` if the end does not come.
        """
        connection = await self._connected()
        self.heard.clear()
        start = len(connection.written)
        for chunk in chunks:
            if connection.closed:
                break
            connection.protocol.data_received(chunk)
            await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            await connection.until(ANSWER, patience)
        written = bytes(connection.written[start:])
        heard = list(self.heard)
        await self._leave(connection)
        return Outcome(heard, written, ANSWER in written, self._errors.take())

    async def _connected(self) -> Wire:
        connection = Wire()
        factory: Any = self._config.ws_protocol_class
        protocol = factory(config=self._config, server_state=self._state, app_state={})
        connection.protocol = protocol
        protocol.connection_made(connection)
        connection.protocol.data_received(wire.upgrade())
        assert await connection.until(b'"maxPayload"')
        connection.protocol.data_received(wire.frame("40"))
        assert await connection.until(b'40{"sid"')
        return connection

    async def _leave(self, connection: Wire) -> None:
        connection.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    # ---- long-polling

    async def post(
        self, chunks: Sequence[bytes], *, patience: float = PATIENCE
    ) -> tuple[int, Outcome]:
        """Post a body that ends with `LAST` to a connected client in pieces; the status, and the outcome."""
        sid = json.loads((await self._request("GET", None))[1][1:])["sid"]
        await self._request("POST", sid, [b"40"])
        assert (await self._request("GET", sid))[1].startswith(b"40{")
        self.heard.clear()
        status, _ = await self._request("POST", sid, chunks)
        answered = await self._is_answered(sid, patience)
        heard = list(self.heard)
        await self._request("POST", sid, [b"1"])
        return status, Outcome(heard, b"", answered, self._errors.take())

    async def _is_answered(self, sid: str, patience: float) -> bool:
        """Whether polls end with the answer to `LAST`, and not with an error or a CLOSE packet."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    status, body = await self._request("GET", sid)
                    if status != 200 or b"1" in body.split(b"\x1e"):
                        return False
                    if ANSWER in body:
                        return True
        return False

    async def _request(
        self, method: str, sid: str | None, chunks: Sequence[bytes] = (b"",)
    ) -> tuple[int, bytes]:
        messages = [
            {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
            for number, chunk in enumerate(chunks)
        ]
        size = str(sum(map(len, chunks))).encode()
        answer: list[dict[str, Any]] = []
        never = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not messages:
                await never.wait()
            return messages.pop(0)

        async def send(message: dict[str, Any]) -> None:
            answer.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": wire.PATH,
            "raw_path": wire.PATH.encode(),
            "root_path": "",
            "query_string": wire.query("polling", sid).encode(),
            "headers": [(b"host", b"localhost"), (b"content-length", size)],
            "client": ("127.0.0.1", 4711),
            "server": ("127.0.0.1", 80),
        }
        async with asyncio.timeout(PATIENCE):
            await self.app(scope, receive, send)
        return answer[0]["status"], b"".join(one.get("body", b"") for one in answer[1:])
