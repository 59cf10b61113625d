"""Reading one message, editing and deleting it."""

from typing import Any

from tertulia.conversations.contract.messages import (
    DeleteMessage,
    EditMessage,
    FindMessages,
    GetMessage,
    ListRevisions,
    MessageFound,
    MessagesFound,
    Revision,
    RevisionList,
)
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.recounting import recount
from tertulia.conversations.rules.mentions import named, resolved
from tertulia.conversations.rules.messages import (
    check_deletable,
    check_editable,
    counts_as_undone,
    may_see_revisions,
)
from tertulia.conversations.rules.pages import fitting
from tertulia.conversations.rules.permissions import Level
from tertulia.conversations.rules.places import Place, check_speaker, level_in, may_read
from tertulia.conversations.store import (
    conversations,
    log,
    mentions,
    messages,
    people,
    places,
    reactions,
)
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden
from tertulia.kit.db import Connection, Record

TOMBSTONE: dict[str, Any] = {"text": "", "data": None, "reply_to": None, "pinned_at": None}


class Messages(Desk):
    """Messages once they are posted."""

    def get_message(
        self, connection: Connection, request: GetMessage, actor: Actor
    ) -> MessageFound:
        """See `GetMessage`."""
        row, _ = self.message(connection, request.message_id, actor)
        return self._found(connection, row, actor)

    def find_messages(
        self, connection: Connection, request: FindMessages, actor: Actor
    ) -> MessagesFound:
        """See `FindMessages`."""
        rows = messages.find(connection, request.message_ids)
        where = {(row.conversation_id, actor.id) for row in rows.values()}
        stood = places.find_places(connection, where).values()
        readable = {place.id for place in stood if self.can_read(place, actor)}
        mine = {id_: row for id_, row in rows.items() if row.conversation_id in readable}
        asked = request.message_ids
        looked = fitting([len(mine[id_].text) if id_ in mine else 0 for id_ in asked])
        shown = self.shown(connection, [mine[id_] for id_ in asked[:looked] if id_ in mine], actor)
        return MessagesFound(messages={it.id: it for it in shown}, looked=looked)

    def edit_message(
        self, connection: Connection, request: EditMessage, actor: Actor
    ) -> MessageFound:
        """See `EditMessage`."""
        row, place = self.message(connection, request.message_id, actor)
        check_editable(messages.state(row), actor.id)
        if request.text == row.text:
            return self._found(connection, row, actor)
        check_speaker(place)
        change = self.change(place, actor)
        messages.add_revision(connection, row.id, row.text, row.edited_at or row.created_at)
        messages.change(connection, row.id, {"text": request.text, "edited_at": change.at})
        changed = self._mention_anew(connection, row, place, request.text, actor)
        _record(connection, change, "message_edited", row.id)
        recount(connection, row, changed)
        return self._found(connection, messages.find(connection, [row.id])[row.id], actor)

    def delete_message(self, connection: Connection, request: DeleteMessage, actor: Actor) -> None:
        """See `DeleteMessage`."""
        row, place = self.message(connection, request.message_id, actor)
        state = messages.state(row)
        check_deletable(state, actor.id, level_in(place, actor))
        if state.deleted:
            return
        check_speaker(place)
        change = self.change(place, actor)
        undone = counts_as_undone(state, actor.id, change.at, self.limits, asked=request.undone)
        mentioned = mentions.find(connection, [row.id]).get(row.id, [])
        messages.add_revision(connection, row.id, row.text, row.edited_at or row.created_at)
        self._erase(connection, row, {**TOMBSTONE, "deleted_at": change.at, "undone": undone})
        _record(connection, change, "message_deleted", row.id)
        recount(connection, row, mentioned)

    def list_revisions(
        self, connection: Connection, request: ListRevisions, actor: Actor
    ) -> RevisionList:
        """See `ListRevisions`."""
        row, place = self.message(connection, request.message_id, actor)
        state = messages.state(row)
        if not may_see_revisions(state, actor.id, level_in(place, actor)):
            raise Forbidden
        earlier = messages.list_revisions(connection, row.id)
        items = [Revision(text=each.text, at=each.at) for each in earlier]
        if not state.deleted:
            items.append(Revision(text=row.text, at=row.edited_at or row.created_at))
        return RevisionList(items=items)

    def _erase(self, connection: Connection, row: Record, values: dict[str, Any]) -> None:
        messages.change(connection, row.id, values)
        mentions.forget(connection, row.id)
        reactions.forget(connection, row.id)
        if row.thread_id is not None:
            messages.count_replies(connection, row.thread_id)

    def _mention_anew(
        self, connection: Connection, row: Record, place: Place, text: str, actor: Actor
    ) -> set[str]:
        """Read the mentions of the new text; whom it mentions and did not, or the other way round."""
        before = mentions.find(connection, [row.id]).get(row.id, [])
        names = named(text)
        users = people.find_by_usernames(connection, {n for each in names for n in each})
        readers = self._readers(connection, place, users)
        may_everyone = level_in(place, actor) >= Level.MODERATOR
        after = resolved(names, readers, may_everyone=may_everyone)
        mentions.forget(connection, row.id)
        mentions.add(connection, mentions.rows(row._mapping, after))  # noqa: SLF001 - public in SQLAlchemy
        return set(before) ^ set(after)

    def _readers(
        self, connection: Connection, place: Place, users: dict[str, str]
    ) -> dict[str, str]:
        theirs = places.find_places(connection, [(place.id, each) for each in users.values()])
        able = {pair[1] for pair, each in theirs.items() if may_read(each, "person")}
        return {username: user_id for username, user_id in users.items() if user_id in able}

    def _found(self, connection: Connection, row: Record, actor: Actor) -> MessageFound:
        return MessageFound(message=self.shown(connection, [row], actor)[0])


def _record(connection: Connection, change: log.Change, kind: str, message_id: str) -> None:
    seq = conversations.next_seq(connection, change.conversation_id)
    log.record(connection, [change.entry(kind, seq, message_id)])
