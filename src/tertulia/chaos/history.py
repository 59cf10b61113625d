"""What happened in a run: who asked for what, how it ended, and what everybody heard.

Operations end as in Jepsen: `ok`, `fail` (definitely not done) or `info` (unknown). Deliveries are those
of the wire, before any client drops doubles. Times are monotonic nanoseconds of one clock.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

End = Literal["ok", "fail", "info"]
Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Invoked:
    """A client asks for something. `op` is unique in the history, also among tries with the same id."""

    at: int
    client: str
    op: int
    command: str
    """The command's wire name, such as `conversations.post_message`, over any transport."""
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an operation. One without an end is `info`."""

    at: int
    client: str
    op: int
    end: End
    result: dict[str, Any] | None = None
    """What the socket's acknowledgement carries as `result`, over any transport."""
    code: str | None = None
    """The error's code, or why the outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Began:
    """From here on the client must hear every update above `seq`: it is ready, has resumed or has joined."""

    at: int
    client: str
    user_id: str
    conversation_id: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Heard:
    """An update arrived, before any dropping of doubles."""

    at: int
    client: str
    conversation_id: str
    seq: int
    type: str
    update: Update
    by: Literal["live", "catch_up"] = "live"


@dataclass(frozen=True, slots=True)
class Lost:
    """The client's connection ended; `Began` follows for each conversation when it is back."""

    at: int
    client: str
    why: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """Acknowledged: the person hears nothing above `seq`, there or (None) in any conversation."""

    at: int
    user_id: str
    conversation_id: str | None
    seq: int


@dataclass(frozen=True, slots=True)
class Final:
    """The whole log from 1 at the end, as a fresh reader pages it or as the database holds it."""

    conversation_id: str
    epoch: str
    updates: list[Update]
    by: str = "reader"
    """Whose view it is; all views must agree."""


Record = Invoked | Ended | Began | Heard | Lost | Revoked | Final
_KINDS: dict[str, type[Record]] = {
    kind.__name__.lower(): kind for kind in (Invoked, Ended, Began, Heard, Lost, Revoked, Final)
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What was asked, with how it ended."""

    invoked: Invoked
    ended: Ended | None

    @property
    def end(self) -> End:
        """How it ended; without an end nobody knows."""
        return self.ended.end if self.ended else "info"

    @property
    def records(self) -> tuple[Record, ...]:
        """Its one or two records."""
        return (self.invoked, self.ended) if self.ended else (self.invoked,)


class History:
    """The records of a run in the order in which they happened; those without a time come last."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Records of several clients may come in any order; equal times keep theirs."""
        self.records: Sequence[Record] = sorted(records, key=_moment)

    @cached_property
    def operations(self) -> list[Operation]:
        """In the order in which they were invoked."""
        ends = {it.op: it for it in self.records if isinstance(it, Ended)}
        return [Operation(it, ends.get(it.op)) for it in self.records if isinstance(it, Invoked)]

    @cached_property
    def finals(self) -> dict[str, Final]:
        """By conversation, the first view of each."""
        finals: dict[str, Final] = {}
        for final in self.views:
            finals.setdefault(final.conversation_id, final)
        return finals

    @cached_property
    def views(self) -> list[Final]:
        """Every view of every log at the end."""
        return [it for it in self.records if isinstance(it, Final)]

    @cached_property
    def beginnings(self) -> list[Began]:
        """Every moment from which a client must hear a conversation."""
        return [it for it in self.records if isinstance(it, Began)]

    def of_command(self, name: str) -> Iterator[Operation]:
        """The operations with this command."""
        return (it for it in self.operations if it.invoked.command == name)

    def write(self, path: Path) -> None:
        """As JSON lines, one a record."""
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{to_line(record)}\n" for record in self.records)

    @classmethod
    def read(cls, path: Path) -> "History":
        """What `write` wrote."""
        with path.open(encoding="utf-8") as file:
            return cls(map(from_line, file))


def to_line(record: Record) -> str:
    """The record as one line of JSON, without its end."""
    named = {field.name: getattr(record, field.name) for field in fields(record)}
    kind = type(record).__name__.lower()
    return json.dumps({"record": kind, **named}, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Record:
    """The record of such a line."""
    named = cast("dict[str, Any]", json.loads(line))
    return _KINDS[named.pop("record")](**named)


def _moment(record: Record) -> float:
    return float("inf") if isinstance(record, Final) else record.at
