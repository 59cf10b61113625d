"""An application that emits to a crowd by a seed, and knows what each of it must receive."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

ROOMS = tuple("abcd")
SIDE = "/side"


@dataclass
class Guest:
    """One of the crowd: its ids, its rooms, and what it must receive."""

    sid: str
    side: str
    rooms: set[str] = field(default_factory=set)
    due: list[Any] = field(default_factory=list)


class Director:
    """Emits in every way to whoever has come, until everybody is there and all steps are made."""

    def __init__(self, seed: int, count: int, steps: int) -> None:
        self.guests: dict[int, Guest] = {}
        self._random = random.Random(seed)
        self._count = count
        self._steps = steps
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._everybody = asyncio.Event()

    def application(self, socketio: Any) -> Any:
        """The application."""
        self._io = socketio.AsyncServer(async_mode="asgi", namespaces=["/", SIDE])
        self._io.on("ready", self._welcome)
        self._io.on("work", self._work)
        return socketio.ASGIApp(self._io)

    async def _welcome(self, sid: str, name: int, side: str) -> None:
        """From here on a guest is counted on."""
        await self._io.emit("begin", to=sid)
        self.guests[name] = Guest(sid, side)
        if len(self.guests) == 1:
            self._io.start_background_task(self._direct)
        if len(self.guests) == self._count:
            self._everybody.set()

    async def _work(self, sid: str, number: int) -> int:
        """An answer has its place among the events: here."""
        guest = next(guest for guest in self.guests.values() if guest.sid == sid)
        guest.due.append(["answer", number])
        return number

    async def _direct(self) -> None:
        ways = (self._one, self._side, self._room, self._some, self._all, self._but, self._move)
        for step in range(self._steps):
            await self._random.choice(ways)()
            if step % 5 == 0:
                await self._io.sleep(self._random.choice((0, 0, 0.002)))
            if step % 25 == 0:
                await self._ask_all()
            if step == self._steps // 2:
                await self._everybody.wait()
        await self._ask_all()
        for guest in self.guests.values():
            await self._io.emit("end", to=guest.sid)

    # --- ways to emit ---------------------------------------------------------------------------

    async def _one(self) -> None:
        guest = self._any_guest()
        for _ in range(self._random.randint(1, 4)):
            await self._io.emit("one", self._payload([guest], "one"), to=guest.sid)

    async def _side(self) -> None:
        guest = self._any_guest()
        payload = self._payload([guest], "side")
        await self._io.emit("side", payload, to=guest.side, namespace=SIDE)

    async def _room(self) -> None:
        room = self._random.choice(ROOMS)
        payload = self._payload(self._in(room), "room")
        await self._io.emit("room", payload, room=room)

    async def _some(self) -> None:
        guest, (first, second) = self._any_guest(), self._random.sample(ROOMS, 2)
        heard = {it.sid: it for it in (*self._in(first), *self._in(second), guest)}
        payload = self._payload(heard.values(), "some")
        await self._io.emit("some", payload, to=[first, guest.sid, second])

    async def _all(self) -> None:
        await self._io.emit("all", self._payload(self.guests.values(), "all"))

    async def _but(self) -> None:
        room, guest = self._random.choice(ROOMS), self._any_guest()
        others = [it for it in self._in(room) if it is not guest]
        payload = self._payload(others, "but")
        await self._io.emit("but", payload, room=room, skip_sid=guest.sid)

    async def _move(self) -> None:
        guest, room = self._any_guest(), self._random.choice(ROOMS)
        if room in guest.rooms:
            guest.rooms.discard(room)
            await self._io.leave_room(guest.sid, room)
        else:
            guest.rooms.add(room)
            await self._io.enter_room(guest.sid, room)

    async def _ask_all(self) -> None:
        """Ask everybody something, and wait: nobody falls behind by more than what is in between."""
        answers = []
        for name, guest in tuple(self.guests.items()):
            answer = asyncio.get_running_loop().create_future()
            payload = self._payload([guest], "question")
            await self._io.emit(
                "question", payload, to=guest.sid, callback=lambda *it, f=answer: f.set_result(it)
            )
            answers.append((name, answer))
        for name, answer in answers:
            assert await answer == (name, bytes([name]))

    # --- who and what ---------------------------------------------------------------------------

    def _any_guest(self) -> Guest:
        return self._random.choice(tuple(self.guests.values()))

    def _in(self, room: str) -> list[Guest]:
        return [guest for guest in self.guests.values() if room in guest.rooms]

    def _payload(self, hearers: Any, event: str) -> tuple[Any, ...]:
        """The next number with or without bytes, noted for all who must receive it."""
        self._number += 1
        n, octet = self._number, bytes([self._number % 256])
        told = f"bytes {octet.hex()}"
        payload, note = [
            ((n,), [n]),
            ((n, octet), [n, told]),
            ((n, {"in": [octet, "ñ"]}, octet), [n, {"in": [told, "ñ"]}, told]),
        ][n % 3]
        for guest in hearers:
            guest.due.append([event, *note])
        return payload


def first_difference(received: list[Any], due: list[Any]) -> str:
    """Where two sequences part."""
    pairs = zip([*received, "(nothing)"], [*due, "(nothing)"], strict=False)
    found = next((n, *pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
    return "after {} events: received {}, due {}".format(*found)


def count_kinds(guests: dict[int, Guest]) -> dict[str, int]:
    """How many events of each kind were due."""
    counts: dict[str, int] = defaultdict(int)
    for guest in guests.values():
        for event, *_ in guest.due:
            counts[event] += 1
    return counts
