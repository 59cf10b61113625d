"""Writes the history of a simulation: the records of all clients, by the loop's one clock."""

import itertools
from collections.abc import Callable
from typing import Any, Literal

from tertulia.chaos.history import Began, End, Ended, Heard, Invoked, Lost, Record, Revoked

NANOSECONDS = 10**9


class Recorder:
    """Keeps records in the order in which they are made; no two have the same time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0
        self._numbers = itertools.count(1)
        self.records: list[Record] = []

    def invoked(self, client: str, command: str, arguments: dict[str, Any]) -> int:
        """The number of a new operation."""
        op = next(self._numbers)
        self.records.append(Invoked(self._moment(), client, op, command, arguments))
        return op

    def ended(
        self,
        client: str,
        op: int,
        end: End,
        result: dict[str, Any] | None = None,
        code: str | None = None,
    ) -> None:
        """How an operation ended."""
        self.records.append(Ended(self._moment(), client, op, end, result, code))

    def began(self, client: str, user_id: str, conversation_id: str, epoch: str, seq: int) -> None:
        """A client hears a conversation from here on."""
        at = self._moment()
        self.records.append(Began(at, client, user_id, conversation_id, epoch, seq))

    def heard(self, client: str, update: dict[str, Any], by: Literal["live", "catch_up"]) -> None:
        """An update arrived."""
        conversation_id, seq, kind = update["conversation_id"], update["seq"], update["type"]
        at = self._moment()
        self.records.append(Heard(at, client, conversation_id, seq, kind, update, by))

    def lost(self, client: str, why: str) -> None:
        """A client's connection ended."""
        self.records.append(Lost(self._moment(), client, why))

    def revoked(self, user_id: str, conversation_id: str, seq: int) -> None:
        """Somebody is told of a removal. One that was undone before is nobody's business any more."""
        place = (user_id, conversation_id)
        later = (it for it in self.records if isinstance(it, Began) and it.seq > seq)
        if any((it.user_id, it.conversation_id) == place for it in later):
            return
        self.records.append(Revoked(self._moment(), user_id, conversation_id, seq))

    def _moment(self) -> int:
        self._last = max(self._last + 1, int(self._now() * NANOSECONDS))
        return self._last
