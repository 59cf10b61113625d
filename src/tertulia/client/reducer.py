"""The client rule of the protocol: every update once, in the order of its conversation's log.

A pure state machine. It is told what arrives, in any order and any number of times, and answers
what is new; `find_missing` says what to ask `conversations.catch_up` for, and `stale` which
conversations need a new snapshot because their history is another one.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tertulia.client.models import Head, MessagePage, Position
from tertulia.client.updates import CaughtUp, Update

HELD = 1_000
"""How many updates are held while an earlier one is missing; later ones are asked for again."""


@dataclass(frozen=True)
class Resynced:
    """A conversation has another history; `page` is its newest page, as of `page.head`."""

    conversation_id: str
    page: MessagePage


@dataclass(frozen=True)
class Forgotten:
    """A conversation is no longer mine."""

    conversation_id: str


Change = Update | Resynced | Forgotten
"""What a client shows or acts upon."""


@dataclass
class Log:
    """How far one conversation was heard: `seq` in `epoch`, and how far it is known to go."""

    epoch: str
    seq: int
    target: int
    held: dict[int, Update] = field(default_factory=dict[int, Update])
    stale: bool = False
    leaving: bool = False

    def apply(self, update: Update) -> list[Change]:
        """Take one update; answer those that are now next, in order."""
        if update.seq <= self.seq and not self.stale:
            return []
        self.target = max(self.target, update.seq)
        if update.seq == self.seq + 1 or len(self.held) < HELD:
            self.held[update.seq] = update
        return [] if self.stale else self._release()

    def _release(self) -> list[Change]:
        released: list[Change] = []
        while following := self.held.pop(self.seq + 1, None):
            self.seq = following.seq
            released.append(following)
        return released

    def reach(self, head: Head) -> None:
        """Learn how far the log went when the server looked, which may be a moment ago."""
        if head.epoch == self.epoch:
            self.target = max(self.target, head.head)
        else:
            self.spoil()

    def spoil(self) -> None:
        """Give this history up: only a new snapshot helps."""
        if not self.stale:
            self.stale = True
            self.held.clear()

    @property
    def is_behind(self) -> bool:
        """Whether something is missing that a catch-up brings."""
        return not self.stale and (self.seq < self.target or self.leaving)


class Reducer:
    """All conversations of a person, over all connections of a client."""

    def __init__(self) -> None:
        self._logs: dict[str, Log] = {}
        self._early: deque[Update] = deque(maxlen=HELD)
        self._is_new = True
        self._is_ready = False

    def get_position(self, conversation_id: str) -> Position | None:
        """Say how far a conversation was heard; None where it is not mine."""
        log = self._logs.get(conversation_id)
        return Position(epoch=log.epoch, seq=log.seq) if log else None

    def list_positions(self) -> dict[str, Position]:
        """Say how far each conversation of mine was heard."""
        return {it: Position(epoch=log.epoch, seq=log.seq) for it, log in self._logs.items()}

    def list_mine(self) -> frozenset[str]:
        """List my conversations."""
        return frozenset(self._logs)

    def list_held(self, conversation_id: str) -> list[int]:
        """List, ascending, the `seq` of the updates that wait for an earlier one."""
        log = self._logs.get(conversation_id)
        return sorted(log.held) if log else []

    def lost(self) -> None:
        """Note that the connection ended: what comes next waits for the next `ready`."""
        self._is_ready = False
        self._early.clear()

    def ready(self, heads: Mapping[str, Head]) -> list[Change]:
        """Take the heads of `gateway.ready`.

        The first time all conversations begin at their heads: from now on. Later, one that came
        meanwhile begins at its read mark, which is where its membership began.
        """
        for conversation_id in self._logs.keys() - heads.keys():
            self._logs[conversation_id].leaving = True
        for conversation_id, head in heads.items():
            self._begin(conversation_id, head, since=head.head if self._is_new else head.read)
            if head.head < self._logs[conversation_id].seq:
                self._logs[conversation_id].spoil()
        self._is_new, self._is_ready = False, True
        return self._take_early()

    def added(self, conversation_id: str, head: Head) -> list[Change]:
        """Take a conversation that is mine from now on."""
        self._begin(conversation_id, head, since=head.read)
        return self._take_early()

    def removed(self, conversation_id: str) -> list[Change]:
        """Forget a conversation."""
        known = self._logs.pop(conversation_id, None)
        return [Forgotten(conversation_id)] if known else []

    def update(self, update: Update) -> list[Change]:
        """Take an update that arrived live; answer what is new, in order."""
        log = self._logs.get(update.conversation_id)
        if log and self._is_ready:
            return log.apply(update)
        self._early.append(update)
        return []

    def find_missing(self, limit: int = 500) -> dict[str, Position]:
        """Say what to catch up with, at most `limit` positions; empty if nothing is missing."""
        behind = [each for each in self._logs.items() if each[1].is_behind][:limit]
        return {name: Position(epoch=log.epoch, seq=log.seq) for name, log in behind}

    def caught_up(self, asked: Iterable[str], answer: CaughtUp) -> list[Change]:
        """Take the answer of a catch-up about the conversations `asked`."""
        changes: list[Change] = []
        for update in answer.updates():
            if log := self._logs.get(update.conversation_id):
                changes += log.apply(update)
        for name in self._logs.keys() & answer.heads.keys():
            self._logs[name].leaving = False
            self._logs[name].reach(answer.heads[name])
        for name in self._logs.keys() & set(answer.resync):
            self._logs[name].spoil()
        ended = set(answer.gone) if answer.more else set(answer.gone) | self._left(asked, answer)
        return changes + [change for name in sorted(ended) for change in self.removed(name)]

    def _left(self, asked: Iterable[str], answer: CaughtUp) -> set[str]:
        return {name for name in asked if name not in answer.heads}

    def stale(self) -> list[str]:
        """Name the conversations that need a new snapshot."""
        return [name for name, log in self._logs.items() if log.stale]

    def snapshot(self, conversation_id: str, page: MessagePage) -> list[Change]:
        """Begin a conversation anew at the head of its newest page."""
        spoilt = self._logs.get(conversation_id)
        if spoilt is None:
            return []
        log = self._logs[conversation_id] = Log(page.epoch, page.head, page.head)
        changes: list[Change] = [Resynced(conversation_id, page)]
        for seq in sorted(spoilt.held):
            changes += log.apply(spoilt.held[seq])
        return changes

    def _begin(self, conversation_id: str, head: Head, *, since: int) -> None:
        log = self._logs.setdefault(conversation_id, Log(head.epoch, since, since))
        log.leaving = False
        log.reach(head)

    def _take_early(self) -> list[Change]:
        waiting, self._early = self._early, deque(maxlen=HELD)
        return [change for update in waiting for change in self.update(update)]
