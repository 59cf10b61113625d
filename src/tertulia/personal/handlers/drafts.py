"""Drafts over devices: saved, read, told to the person's other connections, and gone with the place."""

from collections.abc import Sequence
from dataclasses import dataclass

from tertulia.conversations.contract.conversations import FindStandings
from tertulia.conversations.contract.errors import NotAMember
from tertulia.conversations.contract.messages import FindMessages
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import FieldError, Invalid, NotFound
from tertulia.kit.db import Connection, Record
from tertulia.kit.service import Kit
from tertulia.personal.contract import (
    DraftChanged,
    DraftFound,
    DraftPage,
    DraftView,
    GetDraft,
    ListDrafts,
    SaveDraft,
)
from tertulia.personal.rules import (
    Place,
    before,
    check_draft_count,
    check_seen,
    fitting,
    page_size,
    says_something,
)
from tertulia.personal.store import drafts, versions
from tertulia.personal.tables import log


@dataclass(frozen=True, slots=True)
class Lost:
    """Conversations that the person is not in any more, as of a version of their drafts."""

    conversation_ids: Sequence[str]
    version: int


class Drafts:
    """What people began to write."""

    def __init__(self, kit: Kit) -> None:
        self._bus = kit.bus
        self._clock = kit.clock
        self._limits = kit.limits
        self._database = kit.database
        self._save = kit.write(self._saved)
        self._find = kit.read(self._found)
        self._forget = kit.write(self._forgotten)

    async def save_draft(self, request: SaveDraft, actor: Actor) -> DraftFound:
        """See `SaveDraft`. What is only deleted is one's own, wherever it is."""
        if says_something(request.text):
            await self._check_writable(request, actor)
        return await self._save(request, actor)

    async def get_draft(self, request: GetDraft, actor: Actor) -> DraftFound:
        """See `GetDraft`."""
        if not await self._standings([request.conversation_id], actor):
            raise NotFound
        return await self._find(request, actor)

    async def list_drafts(self, request: ListDrafts, actor: Actor) -> DraftPage:
        """See `ListDrafts`. What is left of conversations that were lost is not shown, and goes."""
        size, start = page_size(request.limit, self._limits), before(request.cursor)
        rows, version = await self._database.read(
            lambda reader: (
                drafts.list_page(reader, actor.id, start, size + 1),
                versions.last(reader, actor.id),
            )
        )
        page = rows[: fitting([len(row.text) for row in rows], size)]
        mine = await self.keep_own(page, version, actor)
        next_ = str(page[-1].version) if len(rows) > len(page) else None
        items = [drafts.view(row) for row in page if row.conversation_id in mine]
        return DraftPage(items=items, next=next_, version=version)

    async def keep_own(self, rows: Sequence[Record], version: int, actor: Actor) -> set[str]:
        """The conversations of these drafts that the person is in; what is left of others goes."""
        named = {row.conversation_id for row in rows}
        standings = await self._standings(sorted(named), actor) if named else {}
        mine = {id_ for id_, standing in standings.items() if standing == "in"}
        if lost := sorted(named - mine):
            await self._forget(Lost(lost, version), actor)
        return mine

    async def look_again(self, conversation_id: str, actor: Actor) -> None:
        """Keep nothing in a conversation unless the person is in it."""
        rows, version = await self._database.read(
            lambda reader: (
                drafts.list_of_conversation(reader, actor.id, conversation_id),
                versions.last(reader, actor.id),
            )
        )
        await self.keep_own(rows, version, actor)

    async def _check_writable(self, request: SaveDraft, actor: Actor) -> None:
        standings = await self._standings([request.conversation_id], actor)
        if request.conversation_id not in standings:
            raise NotFound
        if standings[request.conversation_id] != "in":
            raise NotAMember
        if request.thread_id is not None:
            await self._check_thread(request.conversation_id, request.thread_id, actor)

    async def _check_thread(self, conversation_id: str, thread_id: str, actor: Actor) -> None:
        found = await self._bus.ask(FindMessages(message_ids=[thread_id]), actor)
        root = found.messages.get(thread_id)
        if root is None or root.conversation_id != conversation_id:
            raise NotFound
        if root.thread_id is not None:
            wrong = FieldError("thread_id", "in_a_thread", "that message is in a thread itself")
            raise Invalid(errors=[wrong])

    async def _standings(self, conversation_ids: Sequence[str], actor: Actor) -> dict[str, str]:
        asked = FindStandings(conversation_ids=list(conversation_ids))
        return dict((await self._bus.ask(asked, actor)).standings)

    def _found(self, connection: Connection, request: GetDraft, actor: Actor) -> DraftFound:
        place = Place(actor.id, request.conversation_id, request.thread_id)
        return DraftFound(draft=_current(connection, place))

    def _saved(self, connection: Connection, request: SaveDraft, actor: Actor) -> DraftFound:
        place = Place(actor.id, request.conversation_id, request.thread_id)
        current = _current(connection, place)
        text = request.text if says_something(request.text) else ""
        if text == current.text:
            return DraftFound(draft=current)
        check_seen(current.version if current.text else 0, request.version)
        if not current.text:
            check_draft_count(drafts.count(connection, actor.id), self._limits)
        return DraftFound(draft=self._change(connection, place, text, actor))

    def _change(self, connection: Connection, place: Place, text: str, actor: Actor) -> DraftView:
        now = self._clock.now()
        version = versions.advance(connection, actor.id, now)
        if text:
            draft = drafts.save(connection, place, text, version, now)
        else:
            drafts.remove(connection, place)
            draft = place.draft(text="", version=version, saved_at=None)
        told = DraftChanged(user_id=actor.id, connection_id=actor.connection_id, draft=draft)
        log.append(connection, [told])
        return draft

    def _forgotten(self, connection: Connection, lost: Lost, actor: Actor) -> None:
        drafts.forget(connection, actor.id, lost.conversation_ids, lost.version)


def _current(connection: Connection, place: Place) -> DraftView:
    """What stands there; without text there is none, as of the last version."""
    found = drafts.find(connection, place)
    version = versions.last(connection, place.user_id)
    return found or place.draft(text="", version=version, saved_at=None)
