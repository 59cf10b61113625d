"""Refusing events by their names alone: while there is too much to do, a no is to cost next to nothing.

This is only the quick way. Events whose names are not seen at once, written with escapes or spaces or sent
with attachments, are refused by `Commands`.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

from prometheus_client import Counter
from pydantic_core import to_json

from tertulia.conversations.contract.messages import PostMessage
from tertulia.gateway.answers import error_body
from tertulia.gateway.live.connections import Connections
from tertulia.gateway.live.plain_lane import MESSAGE
from tertulia.gateway.load import Load
from tertulia.gateway.rate_limits import RateLimits
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Overloaded, RateLimited
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Request, Work
from tertulia.kit import metrics
from tertulia.realtime import RawJSON, Server

_ID = "?"
_HEAD, _, _REST = to_json(
    {"ok": False, "error": {**error_body(Overloaded(), _ID), "retry_after_ms": 0}}
).partition(_ID.encode())
_TAIL = _REST.replace(b":0}", b":%d}")


class _Known(NamedTuple):
    work: Work
    costs_send: bool
    refused: Counter


class Refusals:
    """Answers for a Socket.IO server while the load is high; otherwise it is not asked."""

    def __init__(
        self,
        kinds: Iterable[type[Request[Any]]],
        load: Load,
        connections: Connections,
        rates: RateLimits,
    ) -> None:
        self._load = load
        self._connections = connections
        self._rates = rates
        self._head = _HEAD + new_id().encode()
        """With an id that all share who are refused between two samples: nothing is logged of any of them."""
        self._refusing: set[Work] = set()
        """What was refused in this turn of the loop, and is to its end: nothing is answered before, so there
        is no room, and what came later does not overtake what is to come again."""
        named = {kind.wire_name: kind for kind in kinds} | {MESSAGE: PostMessage}
        self._known = {
            name: _Known(
                kind.work,
                getattr(kind, "costs_send", False),
                metrics.REQUESTS.labels(kind.wire_name, Overloaded.code),
            )
            for name, kind in named.items()
        }

    def follow(self, server: Server) -> None:
        """Let the server ask, take in fewer, and keep back what may be lost, as the load says."""
        engine = server.eio

        def felt() -> None:
            self._head = _HEAD + new_id().encode()
            engine.admission.slow_down(self._load.share())
            server.refuse = self.refuse if self._load.is_high else None

        engine.volatile.waits = lambda: self._load.sheds("ephemeral")
        self._load.felt = felt

    def refuse(self, sid: str, name: str) -> RawJSON | None:
        """The acknowledgement of an event that there is too much to do for, else none.

        It counts against the rates as any other. What they refuse goes on to where floods are ended.
        """
        known = self._known.get(name)
        if known is None or not self._sheds(known.work):
            return None
        connection = self._connections.find(sid)
        if connection is None or not self._may_ask(connection.actor, send=known.costs_send):
            return None
        known.refused.inc()
        milliseconds = 1000 * self._load.refuse(known.work)
        return RawJSON(self._head + _TAIL % milliseconds)

    def _sheds(self, work: Work) -> bool:
        if work in self._refusing:
            return True
        if not self._load.sheds(work):
            return False
        if not self._refusing:
            asyncio.get_running_loop().call_soon(self._refusing.clear)
        self._refusing.add(work)
        return True

    def _may_ask(self, actor: Actor, *, send: bool) -> bool:
        try:
            self._rates.check(actor, send=send)
        except RateLimited:
            return False
        return True
