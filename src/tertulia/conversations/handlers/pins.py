"""Pinning messages for everybody."""

from tertulia.conversations.contract.messages import ListPins, PinMessage, PinPage, UnpinMessage
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.system_lines import write_line
from tertulia.conversations.rules.messages import check_alive
from tertulia.conversations.rules.pages import (
    after_moment,
    fitting,
    moment_cursor,
    page_size,
    paged,
)
from tertulia.conversations.rules.permissions import Level
from tertulia.conversations.rules.places import check_may
from tertulia.conversations.store import conversations, log, messages
from tertulia.kernel.actor import Actor
from tertulia.kit.db import Connection, Record


class Pins(Desk):
    """What is pinned."""

    def pin_message(self, connection: Connection, request: PinMessage, actor: Actor) -> None:
        """See `PinMessage`."""
        row = self._pinnable(connection, request.message_id, actor)
        if row.pinned_at is None:
            self._move(connection, row, "pinned", actor)

    def unpin_message(self, connection: Connection, request: UnpinMessage, actor: Actor) -> None:
        """See `UnpinMessage`."""
        row = self._pinnable(connection, request.message_id, actor)
        if row.pinned_at is not None:
            self._move(connection, row, "unpinned", actor)

    def list_pins(self, connection: Connection, request: ListPins, actor: Actor) -> PinPage:
        """See `ListPins`."""
        place = self.place(connection, request.conversation_id, actor)
        limit = page_size(request.limit, self.limits)
        before = after_moment(request.cursor)
        rows = messages.list_pinned(connection, place.id, before, limit + 1)
        fits = fitting([len(row.text) for row in rows[:limit]])
        page, next_ = paged(rows, fits, lambda row: moment_cursor(row.pinned_at, row.id))
        return PinPage(items=self.shown(connection, page, actor), next=next_)

    def _pinnable(self, connection: Connection, message_id: str, actor: Actor) -> Record:
        row, place = self.message(connection, message_id, actor)
        check_may(place, actor, Level.MEMBER)
        check_alive(messages.state(row))
        return row

    def _move(self, connection: Connection, row: Record, line: str, actor: Actor) -> None:
        change = log.Change(row.conversation_id, actor.id, self.now())
        pinned_at = change.at if line == "pinned" else None
        messages.change(connection, row.id, {"pinned_at": pinned_at})
        seq = conversations.next_seq(connection, row.conversation_id)
        data = {"type": line, "message_id": row.id}
        line_id = write_line(connection, change, seq, data)
        parts = {"message_id": row.id}
        log.record(connection, [change.entry(f"message_{line}", seq, line_id, parts)])
