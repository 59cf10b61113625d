"""Pages of the timeline and of threads, each read in one transaction and true as of its head."""

from tertulia.conversations.contract.messages import ListThread, ThreadPage
from tertulia.conversations.contract.updates import ListMessages, MessagePage
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.membership import conversation_view
from tertulia.conversations.rules.pages import check_one_direction, fitting, page_size, place_in_log
from tertulia.conversations.rules.places import Place
from tertulia.conversations.store import messages
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import Connection, Record

Stretch = tuple[list[Record], bool, bool]
"""Rows, and whether there are more before and after."""


class Timeline(Desk):
    """What was said, in order."""

    def list_messages(
        self, connection: Connection, request: ListMessages, actor: Actor
    ) -> MessagePage:
        """See `ListMessages`."""
        place = self.place(connection, request.conversation_id, actor)
        check_one_direction(request)
        rows, has_before, has_after = self._stretch(connection, place, request)
        is_snapshot = request.before is None and request.after is None and request.around is None
        return MessagePage(
            items=self.shown(connection, rows, actor),
            head=place.head,
            epoch=place.epoch,
            has_before=has_before,
            has_after=has_after,
            conversation=conversation_view(connection, place.id, actor.id) if is_snapshot else None,
        )

    def list_thread(self, connection: Connection, request: ListThread, actor: Actor) -> ThreadPage:
        """See `ListThread`."""
        root, place = self.message(connection, request.message_id, actor)
        if root.thread_id is not None:
            raise NotFound("A message in a thread has no thread.")
        limit = page_size(request.limit, self.limits)
        after = place_in_log(request.after or 0, place.head)
        rows = messages.list_replies(connection, root.id, after, limit + 1)
        page = rows[: _fitting(rows[:limit])]
        shown = self.shown(connection, [root, *page], actor)
        return ThreadPage(root=shown[0], items=shown[1:], has_after=len(rows) > len(page))

    def _stretch(self, connection: Connection, place: Place, request: ListMessages) -> Stretch:
        limit = page_size(request.limit, self.limits)
        if request.around is not None:
            seq = self._seq(connection, place, request.around)
            return _around(connection, place, seq, limit)
        if request.after is not None:
            after = place_in_log(request.after, place.head)
            return _after(connection, place, after, limit)
        before = place.head + 1 if request.before is None else request.before
        return _before(connection, place, place_in_log(before, place.head), limit)

    def _seq(self, connection: Connection, place: Place, around: str | int) -> int:
        if isinstance(around, int):
            return place_in_log(around, place.head)
        row = messages.find(connection, [around]).get(around)
        if row is None or row.conversation_id != place.id:
            raise NotFound
        return row.seq


def _around(connection: Connection, place: Place, seq: int, limit: int) -> Stretch:
    half = limit // 2
    earlier, has_before, _ = _before(connection, place, seq, half)
    later, _, has_after = _after(connection, place, seq - 1, limit - half)
    return earlier + later, has_before, has_after


def _before(connection: Connection, place: Place, before: int, limit: int) -> Stretch:
    rows = messages.list_before(connection, place.id, before, limit + 1)
    newest = rows[::-1][:limit]
    page = newest[: _fitting(newest)][::-1]
    has_after = bool(messages.list_after(connection, place.id, before - 1, 1))
    return page, len(rows) > len(page), has_after


def _after(connection: Connection, place: Place, after: int, limit: int) -> Stretch:
    rows = messages.list_after(connection, place.id, after, limit + 1)
    has_before = bool(messages.list_before(connection, place.id, after + 1, 1))
    page = rows[: _fitting(rows[:limit])]
    return page, has_before, len(rows) > len(page)


def _fitting(rows: list[Record]) -> int:
    return fitting([len(row.text) for row in rows])
