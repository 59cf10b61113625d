"""Refusing events by their names alone: while there is too much to do, a no is to cost next to nothing."""

from collections.abc import Iterable
from typing import Any

from prometheus_client import Counter
from pydantic_core import to_json

from tertulia.conversations.contract.messages import PostMessage
from tertulia.gateway.answers import error_body
from tertulia.gateway.live.plain_lane import MESSAGE
from tertulia.gateway.load import Load
from tertulia.kernel.errors import Overloaded
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Request, Work
from tertulia.kit import metrics
from tertulia.realtime import RawJSON, Server

_ID = "?"
_HEAD, _, _REST = to_json(
    {"ok": False, "error": {**error_body(Overloaded(), _ID), "retry_after_ms": 0}}
).partition(_ID.encode())
_TAIL = _REST.replace(b":0}", b":%d}")


class Refusals:
    """Answers for a Socket.IO server while the load is high; otherwise it is not asked."""

    def __init__(self, kinds: Iterable[type[Request[Any]]], load: Load) -> None:
        self._load = load
        self._head = _HEAD + new_id().encode()
        """With an id that all share who are refused between two samples: nothing is logged of any of them."""
        named = {kind.wire_name: kind for kind in kinds} | {MESSAGE: PostMessage}
        self._known: dict[str, tuple[Work, Counter]] = {
            name: (kind.work, metrics.REQUESTS.labels(kind.wire_name, Overloaded.code))
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

    def refuse(self, name: str) -> RawJSON | None:
        """The acknowledgement of an event that there is too much to do for, else none."""
        known = self._known.get(name)
        if known is None or not self._load.sheds(known[0]):
            return None
        known[1].inc()
        milliseconds = 1000 * self._load.refuse(known[0])
        return RawJSON(self._head + _TAIL % milliseconds)
