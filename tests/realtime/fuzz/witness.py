"""Clients that do nothing wrong, and notice when the server does.

Each has an echo acknowledged, answers and asks, is heard and hears in its room, and expects its pings.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.realtime.fuzz.target import Target

PATIENCE = 5.0
PAUSE = 0.02
SEPARATOR = "\x1e"


class Complaint(Exception):
    """What a witness saw that should not be."""


class WrongAnswer(Complaint):
    """What no machine is slow enough for."""


class Witness:
    """One client over a transport that `send`s packets and calls `hear` with those that come."""

    def __init__(self, name: str, secret: str) -> None:
        self.name = name
        self.secret = secret
        self.rounds = 0
        self.pings = 0
        self.send: Callable[[str], Any]
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._heard: dict[str, int] = defaultdict(int)
        self._connected = asyncio.get_running_loop().create_future()
        self.faults: list[str] = []

    async def hear(self, packet: str) -> None:
        """Take one Engine.IO packet."""
        if packet == "2":
            self.pings += 1
            await self.send("3")
        elif packet.startswith("40/ws,"):
            self._connected.set_result(None)
        elif packet.startswith("43"):
            number, data = _split(packet[2:])
            if answer := self._acks.pop(number, None):
                answer.set_result(data)
        elif packet.startswith("42"):
            await self._hear_event(*_split(packet[2:]))
        elif packet not in {"6", "3probe"} and not packet.startswith(("0{", "40{")):
            self.faults.append(f"unexpected packet {packet[:100]!r}")

    async def _hear_event(self, number: int, event: list[Any]) -> None:
        if event[0] == "riddle":
            await self.send(f"43{number}{json.dumps([self.name])}")
        elif event[0] == "said":
            _, who, count = event
            if count != self._heard[who] + 1 and self._heard[who]:
                self.faults.append(f"heard {count} of {who} after {self._heard[who]}")
            self._heard[who] = count

    async def live(self) -> None:
        """Connect, and talk until cancelled; `Complaint` if anything is not as it should be."""
        await self.send("40")
        await self.send("40/ws,")
        await self._within(self._connected, "CONNECT")
        await self.send(f'42["join",{json.dumps(self.secret)}]')
        while True:
            await self._talk()
            if self.faults:
                raise WrongAnswer(f"{self.name}: {self.faults[0]}")
            self.rounds += 1
            await asyncio.sleep(PAUSE)

    async def _talk(self) -> None:
        count = self.rounds + 1
        await self.send("42" + json.dumps(["say", self.secret, self.name, count]))
        if (echo := await self._ask("echo", count)) != [count]:
            raise WrongAnswer(f"{self.name}: echo of {count} is {echo}")
        if self._heard[self.name] != count:
            raise WrongAnswer(f"{self.name}: said {count}, heard {self._heard[self.name]}")
        if (answer := await self._ask("ask")) != [self.name]:
            raise Complaint(f"{self.name}: its answer came back as {answer}")

    async def _ask(self, *event: Any) -> Any:
        number = max(self._acks, default=self.rounds * 2) + 1
        answer = self._acks[number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{number}{json.dumps(event)}")
        return await self._within(answer, f"the ack of {event[0]}")

    async def _within(self, future: asyncio.Future[Any], what: str) -> Any:
        try:  # `asyncio.wait_for` of Python 3.11 may swallow that it is cancelled
            async with asyncio.timeout(PATIENCE):
                return await future
        except TimeoutError:
            raise Complaint(f"{self.name}: no answer within {PATIENCE} s: {what}") from None


def _split(packet: str) -> tuple[int, Any]:
    start = packet.index("[")
    return int(packet[:start] or 0), json.loads(packet[start:])


# ---- transports


async def over_websocket(http: aiohttp.ClientSession, url: str, witness: Witness) -> None:
    """Live on a WebSocket."""
    async with http.ws_connect(f"{url}&transport=websocket") as socket:
        await _live_on(socket, witness)


async def over_polling(http: aiohttp.ClientSession, url: str, witness: Witness) -> None:
    """Live on long-polling."""
    async with _polled(http, url, witness) as polling, asyncio.TaskGroup() as group:
        group.create_task(_poll(http, polling, witness))
        group.create_task(witness.live())


async def over_both(http: aiohttp.ClientSession, url: str, witness: Witness) -> None:
    """Begin with long-polling and live on a WebSocket, as the official client does."""
    async with (
        _polled(http, url, witness) as polling,
        http.ws_connect(polling.replace("polling", "websocket")) as socket,
    ):
        await socket.send_str("2probe")
        if (await socket.receive_str(timeout=PATIENCE)) != "3probe":
            raise Complaint(f"{witness.name}: the probe was not answered")
        await _poll_once(http, polling, witness)
        await socket.send_str("5")
        await _live_on(socket, witness)


async def _live_on(socket: aiohttp.ClientWebSocketResponse, witness: Witness) -> None:
    witness.send = socket.send_str
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(socket, witness))
        group.create_task(witness.live())


async def _listen(socket: aiohttp.ClientWebSocketResponse, witness: Witness) -> None:
    async for message in socket:
        await witness.hear(message.data)
    raise Complaint(f"{witness.name}: closed with {socket.close_code}")


@asynccontextmanager
async def _polled(http: aiohttp.ClientSession, url: str, witness: Witness) -> AsyncIterator[str]:
    async with http.get(f"{url}&transport=polling") as answer:
        sid = json.loads((await answer.text())[1:])["sid"]
    polling = f"{url}&transport=polling&sid={sid}"

    one_by_one = asyncio.Lock()

    async def send(packet: str) -> None:
        async with one_by_one, http.post(polling, data=packet) as answer:
            if (status := answer.status) != 200:
                raise Complaint(f"{witness.name}: a POST was answered with {status}")

    witness.send = send
    yield polling


async def _poll(http: aiohttp.ClientSession, polling: str, witness: Witness) -> None:
    while True:
        await _poll_once(http, polling, witness)


async def _poll_once(http: aiohttp.ClientSession, polling: str, witness: Witness) -> None:
    async with http.get(polling) as answer:
        text = await answer.text()
        if answer.status != 200:
            raise Complaint(f"{witness.name}: a poll was answered with {answer.status} {text}")
    for packet in text.split(SEPARATOR):
        await witness.hear(packet)


class Lag:
    """How late this process itself is."""

    def __init__(self) -> None:
        self.most = 0.0

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PAUSE
            await asyncio.sleep(PAUSE)
            self.most = max(self.most, loop.time() - due)


WAYS = {"websocket": over_websocket, "polling": over_polling, "both": over_both}


@asynccontextmanager
async def watching(target: Target) -> AsyncIterator[list[Witness]]:
    """Witnesses on all transports while the block runs; raises the first complaint of theirs.

    A complaint interrupts the block.
    """
    url = "http://{}:{}/socket.io/?EIO=4".format(*target.address)
    witnesses = [Witness(name, target.secret) for name in WAYS]
    lag = Lag()
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as group:
            lives = [
                group.create_task(WAYS[witness.name](http, url, witness)) for witness in witnesses
            ]
            lives.append(group.create_task(lag.watch()))
            yield witnesses
            for life in lives:
                life.cancel()
    except ExceptionGroup as group_of_errors:
        complaint = _complaint(group_of_errors)
        complaint.add_note(f"the fuzzer itself was late by up to {lag.most:.1f} s")
        raise complaint from None


def _complaint(error: Exception) -> Complaint:
    """The complaint, or what broke a witness as one."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, Complaint) else Complaint(f"a witness broke: {error!r}")
