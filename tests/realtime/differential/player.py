"""Plays a script against a server and notes what the server says."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatchmethod
from urllib.parse import quote

from tests.realtime.differential import steps
from tests.realtime.differential.transcript import Transcript, headers_of, packets_of
from tests.realtime.differential.wire.frames import BINARY, TEXT, Frame
from tests.realtime.differential.wire.http import Address, Line, Reply, read_reply, request
from tests.realtime.differential.wire.settling import Settling
from tests.realtime.differential.wire.websocket import LOST, UPGRADE, WebSocket

PATIENCE = 4.0
"""Seconds that a step may wait; no script needs as many, so a server that lets us wait fails."""

Said = dict[str, list[str]]
"""What a server said, by channel."""

VARIABLE = re.compile(r"\$(sid\d?|ack|room)")
SESSION = re.compile(r'^0\{"sid":"([^"]+)"')
QUESTION = re.compile(r"^42(?:/[^,]*,)?(\d+)\[|^45\d+-(?:/[^,]*,)?(\d+)\[")


@dataclass
class Player:
    """One performance of one script."""

    settling: Settling
    room: str
    transcript: Transcript = field(default_factory=Transcript)
    sessions: list[str] = field(default_factory=list)
    _sockets: dict[str, WebSocket] = field(default_factory=dict)
    _requests: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _lines: dict[str, Line] = field(default_factory=dict)
    _count: int = 0

    async def play(self, script: steps.Script) -> Transcript:
        """Take all steps; what stays open at the end is cut."""
        try:
            for step in script.steps:
                await self._patiently(step)
            await self._patiently(steps.Settle())
            self._conclude()
        finally:
            await self._leave()
        return self.transcript

    async def _patiently(self, step: steps.Step) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.take(step)
        except TimeoutError:
            self.transcript.note(getattr(step, "name", "") or "settle", f"(no end of {step})")

    @singledispatchmethod
    async def take(self, step: steps.Step) -> None:
        raise NotImplementedError(step)

    @take.register
    async def _(self, step: steps.Request) -> None:
        self._count += 1
        name = step.name or f"{self._count} {step.method}"
        self.transcript.open(name)
        task = asyncio.create_task(self._ask(step, name))
        if step.later:
            self._requests[name] = task
        else:
            await task

    @take.register
    async def _(self, step: steps.Reply) -> None:
        await self._requests.pop(step.name)

    @take.register
    async def _(self, step: steps.Abandon) -> None:
        await self.settling.settle()
        task = self._requests.pop(step.name)
        task.cancel()
        await asyncio.wait([task])

    @take.register
    async def _(self, step: steps.Poll) -> None:
        self.transcript.open(step.name)
        while True:
            reply = await self._exchange(steps.Request(query=step.query, path=step.path))
            if reply is None or reply.status != 200:
                self._note_reply(step.name, reply)
                return
            packets = packets_of(reply)
            for packet in packets:
                self.transcript.note(step.name, packet)
            self._learn(packets)
            if "1" in packets or any(packet.startswith(step.until) for packet in packets):
                return

    @take.register
    async def _(self, step: steps.Connect) -> None:
        self.transcript.open(step.name)
        socket = self._sockets[step.name] = WebSocket()
        headers = tuple((UPGRADE | dict(step.headers)).items())
        asking = request(step.method, self._target(step.path, step.query), headers)
        await socket.open(
            self.settling.address, asking + b"".join(frame.encode() for frame in step.early)
        )
        if socket.reply is not None:
            self.transcript.note(step.name, headers_of(socket.reply, websocket=True))
            if socket.reply.status != 101:
                self.transcript.note(step.name, socket.reply.body.decode())

    @take.register
    async def _(self, step: steps.Send) -> None:
        socket = self._sockets[step.name]
        self._learn_from(socket)
        await socket.send(*(self._frame(frame) for frame in step.frames))

    @take.register
    async def _(self, step: steps.Write) -> None:
        await self._sockets[step.name].write(step.octets)

    @take.register
    async def _(self, step: steps.Wait) -> None:
        await self._sockets[step.name].wait(step.until)
        self._learn_from(self._sockets[step.name])

    @take.register
    async def _(self, step: steps.End) -> None:
        await self._sockets[step.name].wait("\0")

    @take.register
    async def _(self, step: steps.Cut) -> None:
        self._sockets[step.name].cut(half=step.half)

    @take.register
    async def _(self, step: steps.Settle) -> None:
        await self.settling.settle()

    async def _ask(self, step: steps.Request, name: str) -> None:
        reply = await self._exchange(step)
        self._note_reply(name, reply)
        if reply is not None:
            self._learn(packets_of(reply))

    async def _exchange(self, step: steps.Request) -> Reply | None:
        asking = request(
            step.method,
            self._target(step.path, step.query),
            step.headers,
            None if step.body is None else self._bytes(step.body),
            chunked=step.chunked,
        )
        reader, writer = await self._line(step.line)
        try:
            writer.write(asking)
            return await read_reply(reader, step.method)
        except LOST:
            return None
        finally:
            if not step.line:
                writer.transport.abort()

    async def _line(self, name: str) -> Line:
        """A connection of its own, or the one that has this name."""
        if not name:
            return await self.settling.address.connect()
        if name not in self._lines:
            self._lines[name] = await self.settling.address.connect()
        return self._lines[name]

    def _note_reply(self, name: str, reply: Reply | None) -> None:
        if reply is None:
            self.transcript.note(name, "(cut)")
            return
        self.transcript.note(name, headers_of(reply))
        self.transcript.note(name, reply.content.decode("utf-8", "backslashreplace"))

    def _learn_from(self, socket: WebSocket) -> None:
        self._learn(socket.seen)

    def _learn(self, packets: list[str]) -> None:
        for packet in packets:
            if (found := SESSION.match(packet)) and found[1] not in self.sessions:
                self.sessions.append(found[1])
            if found := QUESTION.match(packet):
                self._ack = found[1] or found[2]

    _ack = "0"

    def _frame(self, frame: str | bytes | Frame) -> Frame:
        if isinstance(frame, str):
            return Frame(TEXT, self._bytes(frame))
        return Frame(BINARY, frame) if isinstance(frame, bytes) else frame

    def _target(self, path: str, query: str) -> str:
        return quote(path + "?" + self._fill(query), safe="/?=&%+,:;@$!*'()#[]\\^|<>{}\"~")

    def _bytes(self, content: str | bytes) -> bytes:
        return content if isinstance(content, bytes) else self._fill(content).encode()

    def _fill(self, content: str) -> str:
        return VARIABLE.sub(self._value, content)

    def _value(self, found: re.Match[str]) -> str:
        variable = found[1]
        if variable == "room":
            return self.room
        if variable == "ack":
            return self._ack
        number = int(variable[3:] or 1)
        return self.sessions[number - 1] if len(self.sessions) >= number else "none"

    def _conclude(self) -> None:
        for name, socket in self._sockets.items():
            for entry in socket.seen:
                self.transcript.note(name, entry)
            if not socket.ended:
                self.transcript.note(name, "(open)")
        for name, task in self._requests.items():
            if not task.done():
                self.transcript.note(name, "(no reply)")

    async def _leave(self) -> None:
        for task in self._requests.values():
            task.cancel()
        for socket in self._sockets.values():
            await socket.close()
        for _, writer in self._lines.values():
            writer.transport.abort()


async def perform(
    scripts: list[steps.Script], at: Callable[[str], Address], *, at_once: int = 12
) -> dict[str, Said]:
    """Play scripts side by side, each at the address that its house has; transcripts by name."""
    turn = asyncio.Semaphore(at_once)
    settling = {address: Settling(address) for address in {at(script.house) for script in scripts}}
    found: dict[str, Said] = {}

    async def one(number: int, script: steps.Script) -> None:
        async with turn:
            player = Player(settling[at(script.house)], f"room-{number}")
            found[script.name] = (await player.play(script)).normalised()

    await asyncio.gather(*(one(number, script) for number, script in enumerate(scripts)))
    for each in settling.values():
        each.close()
    return found
