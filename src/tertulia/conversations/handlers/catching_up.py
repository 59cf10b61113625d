"""The log as clients read it: what a new connection starts from, and what one missed."""

from collections.abc import Collection, Sequence
from typing import Any

from tertulia.conversations.contract.conversations import GetHeads, Head, Heads
from tertulia.conversations.contract.errors import Resync
from tertulia.conversations.contract.updates import (
    CatchUp,
    CaughtUp,
    ListHeads,
    ListUpdates,
    LogHeads,
    Position,
    UpdatePage,
)
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.shared_pages import Page, SharedPages
from tertulia.conversations.rules.pages import (
    check_positions,
    fitting,
    missed_size,
    updates_size,
)
from tertulia.conversations.rules.places import Place, may_read
from tertulia.conversations.store import epochs, log, places, space_members, standing
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound
from tertulia.kit import failpoints
from tertulia.kit.db import Connection, Record
from tertulia.kit.service import Kit


class CatchingUp(Desk):
    """Resume, live and history are one mechanism: the log."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._shared = SharedPages()

    def get_heads(self, connection: Connection, _request: GetHeads, actor: Actor) -> Heads:
        """See `GetHeads`."""
        return Heads(
            heads=self._heads(connection, actor),
            space_ids=space_members.list_space_ids(connection, actor.id),
        )

    def list_updates(
        self, connection: Connection, request: ListUpdates, actor: Actor
    ) -> UpdatePage:
        """See `ListUpdates`."""
        place = self._place_of_log(connection, request.conversation_id, actor)
        asked = Position(epoch=request.epoch or place.epoch, seq=request.after)
        if _is_elsewhere(asked, place):
            raise Resync
        limit = updates_size(request.limit, self.limits)
        rows = _fitting(log.list_after(connection, place.id, request.after, limit))
        return UpdatePage(items=_read(connection, rows), head=place.head, epoch=place.epoch)

    def list_heads(self, connection: Connection, request: ListHeads, actor: Actor) -> LogHeads:
        """See `ListHeads`."""
        if actor.kind != "system":
            raise Forbidden
        found = epochs.find_some_heads(connection, request.conversation_ids)
        return LogHeads(
            heads={each: Position(epoch=epoch, seq=head) for each, (epoch, head) in found.items()}
        )

    def catch_up(self, connection: Connection, request: CatchUp, actor: Actor) -> CaughtUp:
        """See `CatchUp`."""
        check_positions(request.positions, self.limits)
        heads = self._heads(connection, actor)
        able = self._readable(connection, request.positions, heads, actor)
        gone = [each for each in request.positions if each not in able]
        resync = [
            each
            for each, position in request.positions.items()
            if each in able and _is_elsewhere(position, able[each])
        ]
        behind = {
            each: (position.seq, able[each].head)
            for each, position in request.positions.items()
            if each in able and each not in resync and position.seq < able[each].head
        }
        limit = missed_size(request.limit, self.limits)
        updates, more = self._shared.find(
            (tuple(behind.items()), limit), lambda: self._missed(connection, behind, limit)
        )
        return CaughtUp(updates=updates, heads=heads, resync=resync, gone=gone, more=more)

    def _place_of_log(self, connection: Connection, conversation_id: str, actor: Actor) -> Place:
        """Where somebody reads the log. The system reads every log, to tell those who may hear it."""
        if actor.kind != "system":
            return self.place(connection, conversation_id, actor)
        place = places.find_place(connection, conversation_id, actor.id)
        if place is None:
            raise NotFound
        return place

    def _readable(
        self,
        connection: Connection,
        asked: Collection[str],
        heads: dict[str, Head],
        actor: Actor,
    ) -> dict[str, Head | Place]:
        """Where each conversation stands that may be read: one's own as known, others looked up."""
        able: dict[str, Head | Place] = {each: heads[each] for each in asked if each in heads}
        pairs = [(each, actor.id) for each in asked if each not in heads]
        for pair, place in places.find_places(connection, pairs).items() if pairs else ():
            if self._may_read(place, actor):
                able[pair[0]] = place
        return able

    def _missed(
        self, connection: Connection, behind: dict[str, tuple[int, int]], limit: int
    ) -> Page:
        """The updates above each position, one conversation finished before the next begins."""
        rows: list[Record] = []
        for conversation_id, (seq, _head) in behind.items():
            room = limit - len(rows)
            if room:
                rows += log.list_after(connection, conversation_id, seq, room)
        missed = _read(connection, _fitting(rows))
        return missed, sum(head - seq for seq, head in behind.values()) > len(missed)

    def _heads(self, connection: Connection, actor: Actor) -> dict[str, Head]:
        own = actor.kind != "guest"
        return standing.heads(connection, actor.id, own=own, plaza=self.plaza_open)

    def _may_read(self, place: Place, actor: Actor) -> bool:
        return may_read(place, actor.kind) and (self.plaza_open or not place.is_plaza)


def _is_elsewhere(position: Position, place: Head | Place) -> bool:
    """Whether a position is of another history than the place's."""
    return position.epoch != place.epoch or position.seq > place.head


def _fitting(rows: Sequence[Record]) -> Sequence[Record]:
    return rows[: fitting([row.length for row in rows])]


def _read(connection: Connection, rows: Sequence[Record]) -> list[dict[str, Any]]:
    failpoints.reach("mid_backfill_page")
    return [update.model_dump(mode="json") for update in log.read(connection, rows)]
