"""Compares two running servers by scripts that nobody read before."""

import asyncio
import re

from tests.realtime.differential import servers
from tests.realtime.differential.minimiser import minimal
from tests.realtime.differential.player import Said, perform
from tests.realtime.differential.steps import Script
from tests.realtime.differential.through_asgi import through_asgi

POLLED = "200; cache-control: no-store; content-type: text/plain; charset=UTF-8"
ERROR = re.compile(r'^\{"code":\d,"message":"(.*)"\}$')
REFUSED = re.compile(r"^(4\d\d);.*")


def same(oracle: Said, engine: Said) -> bool:
    """Whether two transcripts agree, but for what is deliberate whatever the script.

    The engine ends a session in the reply that brings its last packets, the reference in one more: replies
    from there on are not compared.
    """
    oracle, engine = through_asgi(oracle), through_asgi(engine)
    one, other = sorted((_polled(oracle), _polled(engine)), key=len)
    if oracle.keys() != engine.keys() or one != other[: len(one)]:
        return False
    over = False
    for channel, entries in engine.items():
        if "101" in entries or not over:
            over = over or (entries[-1:] == ["1"] and oracle[channel][-1:] != ["1"])
            if _plain(oracle[channel]) != _plain(entries):
                return False
    return True


def _polled(said: Said) -> list[str]:
    """The packets of all polls, however they were grouped; the last poll may have left some behind."""
    replies = [entries[1:] for entries in said.values() if _is_poll(entries)]
    return [packet for packets in replies for packet in packets if packet not in {"1", "6"}]


def _is_poll(entries: list[str]) -> bool:
    return entries[:1] == [POLLED] and not entries[1].startswith("0{")


def _plain(entries: list[str]) -> list[str]:
    """Errors without their dress; nothing of polls."""
    if _is_poll(entries) or entries == ["(no reply)"]:
        return []
    return [ERROR.sub(r"\1", REFUSED.sub(r"\1", entry)) for entry in entries]


class Comparison:
    """Two running servers."""

    def __init__(self, oracle: servers.Side, engine: servers.Side) -> None:
        self.oracle = oracle
        self.engine = engine

    def differ(self, scripts: list[Script]) -> list[Script]:
        """The scripts to which they do not say the same."""
        oracle, engine = self.both(scripts)
        return [s for s in scripts if not same(oracle[s.name], engine[s.name])]

    def both(self, scripts: list[Script]) -> tuple[dict[str, Said], dict[str, Said]]:
        return self._play(scripts, self.oracle), self._play(scripts, self.engine)

    def _play(self, scripts: list[Script], side: servers.Side) -> dict[str, Said]:
        return asyncio.run(perform(scripts, side.at))

    def report(self, script: Script) -> str:
        """The smallest script that still shows the difference, and what is said to it."""
        script = minimal(script, lambda smaller: bool(self.differ([smaller])))
        oracle, engine = self.both([script])
        steps = "\n    ".join(str(step) for step in script.steps)
        return f"{script.name}\n    {steps}\n  {oracle}\n  {engine}"
