"""Saved messages: what they say is asked of conversations each time, in the name of who saved them."""

from tertulia.conversations.contract.errors import MessageDeleted
from tertulia.conversations.contract.messages import FindMessages, MessagesFound
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import Connection
from tertulia.kit.service import Kit
from tertulia.personal.contract import (
    ListSaved,
    ListSavedIds,
    MessageSaved,
    MessageUnsaved,
    SavedIds,
    SavedPage,
    SavedView,
    SaveMessage,
    UnsaveMessage,
)
from tertulia.personal.rules import before, check_saved_count, page_size
from tertulia.personal.store import saved, versions
from tertulia.personal.tables import log


class Saved:
    """What people keep to find again."""

    def __init__(self, kit: Kit) -> None:
        self._bus = kit.bus
        self._clock = kit.clock
        self._limits = kit.limits
        self._database = kit.database
        self._add = kit.write(self._added)

    async def save_message(self, request: SaveMessage, actor: Actor) -> None:
        """See `SaveMessage`. What is saved already may be deleted by now."""
        if await self._is_saved(request.message_id, actor):
            return
        found = await self._find([request.message_id], actor)
        message = found.messages.get(request.message_id)
        if message is None:
            raise NotFound
        if message.deleted_at is not None:
            raise MessageDeleted
        await self._add(request, actor)

    def unsave_message(self, connection: Connection, request: UnsaveMessage, actor: Actor) -> None:
        """See `UnsaveMessage`."""
        if saved.is_saved(connection, actor.id, request.message_id):
            saved.remove(connection, actor.id, request.message_id)
            told = MessageUnsaved(user_id=actor.id, message_id=request.message_id)
            log.append(connection, [told])

    async def list_saved(self, request: ListSaved, actor: Actor) -> SavedPage:
        """See `ListSaved`."""
        size, start = page_size(request.limit, self._limits), before(request.cursor)
        rows = await self._database.read(
            lambda reader: saved.list_page(reader, actor.id, start, size + 1)
        )
        if not rows:
            return SavedPage(items=[], next=None)
        found = await self._find([row.message_id for row in rows[:size]], actor)
        page = rows[: found.looked]
        items = [
            SavedView(
                message_id=row.message_id,
                saved_at=row.saved_at,
                message=found.messages.get(row.message_id),
            )
            for row in page
        ]
        next_ = str(page[-1].version) if len(rows) > len(page) else None
        return SavedPage(items=items, next=next_)

    def list_saved_ids(
        self, connection: Connection, _request: ListSavedIds, actor: Actor
    ) -> SavedIds:
        """See `ListSavedIds`."""
        return SavedIds(message_ids=saved.list_ids(connection, actor.id))

    async def _is_saved(self, message_id: str, actor: Actor) -> bool:
        return await self._database.read(
            lambda reader: saved.is_saved(reader, actor.id, message_id)
        )

    async def _find(self, message_ids: list[str], actor: Actor) -> MessagesFound:
        return await self._bus.ask(FindMessages(message_ids=message_ids), actor)

    def _added(self, connection: Connection, request: SaveMessage, actor: Actor) -> None:
        if saved.is_saved(connection, actor.id, request.message_id):
            return
        check_saved_count(saved.count(connection, actor.id), self._limits)
        now = self._clock.now()
        version = versions.advance(connection, actor.id, now)
        saved.add(connection, actor.id, request.message_id, version, now)
        told = MessageSaved(user_id=actor.id, message_id=request.message_id, saved_at=now)
        log.append(connection, [told])
