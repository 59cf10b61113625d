"""What is the same on every Socket.IO connection: packets in, events and acknowledgements out."""

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

from tertulia.chaos.simulation.network import Cut, Refused

Answer = dict[str, Any]
Hear = Callable[[str, Any], object]


class Exchange:
    """The commands under way on one connection, and the end of it. Raises are `Cut` and `Refused`."""

    def __init__(self, hear: Hear) -> None:
        self.over = asyncio.Event()
        self._hear = hear
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self.ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        """What `gateway.ready` says."""

    def asked(self) -> tuple[int, "asyncio.Future[Answer]"]:
        """The number of a new command, and where its acknowledgement will be."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        if self.over.is_set():
            answer.set_exception(Cut())
        else:
            self._asked[number] = answer
        return number, answer

    def answered(self, number: int, answer: Answer) -> None:
        """An acknowledgement came. A second one is nobody's."""
        asked = self._asked.pop(number, None)
        if asked is not None and not asked.done():
            asked.set_result(answer)

    def told(self, name: str, body: Any = None, *_: Any) -> None:
        """An event came; after the end it is nobody's."""
        if self.over.is_set():
            return
        if name == "gateway.ready" and not self.ready.done():
            self.ready.set_result(body)
        self._hear(name, body)

    def end(self, error: Exception) -> None:
        """The connection is over: nothing that was asked is answered any more."""
        if self.over.is_set():
            return
        self.over.set()
        for future in (self.ready, *self._asked.values()):
            if not future.done():
                future.set_exception(error)
                future.exception()  # nobody may be waiting
        self._asked.clear()

    def take(self, packet: str) -> str | None:
        """A packet of the wire; what must be said in return, if anything. Raises `Refused`."""
        if packet == "2":
            return "3"
        if packet.startswith("42"):
            self.told(*json.loads(packet[2:]))
        elif packet.startswith("43"):
            number, _, body = packet[2:].partition("[")
            self.answered(int(number), json.loads("[" + body)[0])
        elif packet.startswith("44"):
            raise Refused(json.loads(packet[2:])["message"])
        elif packet.startswith("41"):
            raise Cut
        return None
