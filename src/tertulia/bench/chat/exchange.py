"""The load on a chat server: so many messages in flight over all who speak, or one at fixed times.

Run as a process of its own: `python -m tertulia.bench.chat.exchange PLAN`. The plan is JSON (`Plan`); the
report has the fields of the generator's (`generator/report.c`), as far as there is something to report.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tertulia.bench.chat.line import Account, Line
from tertulia.bench.chat.matrix import MatrixLine
from tertulia.bench.chat.xmpp import XmppLine

KINDS = {"matrix": MatrixLine, "xmpp": XmppLine}
SETTLE_SECONDS = 30
"""What is still under way at the end has so long to arrive."""


@dataclass(frozen=True)
class Plan:
    """What is done: `window` messages in flight in all, or `rate` messages a second by the first person."""

    kind: str
    port: int
    server_pid: int
    accounts: Sequence[Account]
    seconds: float
    warm_up: float = 1.0
    window: int = 0
    rate: float = 0.0
    size: int = 100

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """As it was written."""
        fields = json.loads(path.read_text("utf-8"))
        accounts = [Account(**it) for it in fields.pop("accounts")]
        return cls(accounts=accounts, **fields)


@dataclass
class Tally:
    """What was said and heard: every message is heard by everybody in its room, once."""

    members: dict[str, int]
    sent: dict[str, float] = field(default_factory=dict[str, float])
    acknowledged: list[float] = field(default_factory=list[float])
    delivered: list[float] = field(default_factory=list[float])
    heard: int = 0
    _missing: dict[str, int] = field(default_factory=dict[str, int])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, text: str, room: str) -> None:
        """A message leaves."""
        self._missing[text] = self.members[room]
        self.sent[text] = time.perf_counter()

    def answered(self, text: str) -> None:
        """It is acknowledged."""
        self.acknowledged.append(time.perf_counter() - self.sent[text])

    def hears(self, text: str) -> None:
        """Somebody has heard it."""
        left = self._missing.get(text)
        if left is None:
            return
        self.heard += 1
        if left > 1:
            self._missing[text] = left - 1
            return
        del self._missing[text]
        self._changed.set()
        self.delivered.append(time.perf_counter() - self.sent[text])

    async def settled(self) -> None:
        """Wait until everything has been heard, or for as long as that may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while self._missing:
                    self._changed.clear()
                    await self._changed.wait()

    @property
    def missing(self) -> int:
        """Deliveries that are still to come."""
        return sum(self._missing.values())


class Exchange:
    """Everybody of a plan, connected; what they hear counts in the tally of the moment."""

    def __init__(self, plan: Plan) -> None:
        rooms = [account.room for account in plan.accounts]
        self._plan = plan
        self._members = {room: rooms.count(room) for room in rooms}
        self._tally = Tally(self._members)
        kind = KINDS[plan.kind]
        self._lines: list[Line] = [
            kind(plan.port, account, self._hear) for account in plan.accounts
        ]

    def _hear(self, text: str) -> None:
        self._tally.hears(text)

    async def run(self) -> dict[str, Any]:
        """The report."""
        try:
            for line in self._lines:
                await line.open()
            await _speak(self._plan, self._lines, self._tally, self._plan.warm_up)
            await self._tally.settled()
            return await self._measure()
        finally:
            await asyncio.gather(*(it.close() for it in self._lines), return_exceptions=True)

    async def _measure(self) -> dict[str, Any]:
        plan, tally = self._plan, Tally(self._members)
        self._tally = tally
        began, server, own = time.perf_counter(), _cpu_of(plan.server_pid), time.process_time()
        await _speak(plan, self._lines, tally, plan.seconds)
        seconds, acknowledged = time.perf_counter() - began, len(tally.acknowledged)
        await tally.settled()
        return {
            "seconds": seconds,
            "messages": acknowledged,
            "deliveries": tally.heard,
            "lost": tally.missing,
            "server_cpu": _cpu_of(plan.server_pid) - server,
            "generator_cpu": time.process_time() - own,
            "ack_latency": _quantiles(tally.acknowledged),
            "latency": _quantiles(tally.delivered),
        }


async def _speak(plan: Plan, lines: Sequence[Line], tally: Tally, seconds: float) -> None:
    until = time.perf_counter() + seconds
    if plan.rate:
        await _speak_at_times(plan, lines[0], tally, until)
        return
    pairs = list(zip(lines, plan.accounts, strict=True))
    seats = [pairs[at % len(pairs)] for at in range(plan.window)]
    await asyncio.gather(
        *(_speak_on(plan, line, it, tally, until, at) for at, (line, it) in enumerate(seats))
    )


async def _speak_on(
    plan: Plan, line: Line, account: Account, tally: Tally, until: float, seat: int
) -> None:
    for number in count():
        if time.perf_counter() >= until:
            return
        await _say(line, f"{seat}-{number}-{until:.6f}".ljust(plan.size, "x"), account.room, tally)


async def _speak_at_times(plan: Plan, line: Line, tally: Tally, until: float) -> None:
    due = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in count():
            due += 1 / plan.rate
            if due >= until:
                return
            await asyncio.sleep(due - time.perf_counter())
            text = f"{number}-{until:.6f}".ljust(plan.size, "x")
            group.create_task(_say(line, text, plan.accounts[0].room, tally))


async def _say(line: Line, text: str, room: str, tally: Tally) -> None:
    tally.says(text, room)
    await line.say(text)
    tally.answered(text)


def _quantiles(seconds: Sequence[float]) -> dict[str, float] | None:
    """Milliseconds."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    found = {"p50": 0.5, "p99": 0.99}
    return {name: 1000 * ordered[int(q * (len(ordered) - 1))] for name, q in found.items()}


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    """Carry out the plan whose path is the argument, and print the report."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    report = asyncio.run(Exchange(Plan.read(Path(sys.argv[1]))).run())
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
