"""Making, finding and changing conversations."""

from collections.abc import Callable
from typing import Any

from tertulia.conversations.contract.conversations import (
    ArchiveConversation,
    ConversationCreated,
    ConversationFound,
    ConversationList,
    CreateConversation,
    GetConversation,
    ListConversations,
    ListSpaceConversations,
    UpdateConversation,
)
from tertulia.conversations.contract.errors import IdInUse, NameTaken
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.membership import conversation_view, open_conversation
from tertulia.conversations.handlers.system_lines import write_line
from tertulia.conversations.rules.conversations import (
    asked_changes,
    changes,
    check_change,
    check_creation,
    direct_key,
    name_key,
)
from tertulia.conversations.rules.permissions import Level, check_level, space_level
from tertulia.conversations.rules.places import Place, check_open, is_in, level_in
from tertulia.conversations.store import (
    conversation_views,
    conversations,
    log,
    people,
    space_members,
)
from tertulia.conversations.store.log import Change
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound
from tertulia.kit.db import Connection, Record

Made = tuple[str, bool]
"""A conversation's id, and whether this call made it."""


class Conversations(Desk):
    """The conversations of spaces and of people."""

    # --- finding ----------------------------------------------------------------------------------

    def list_conversations(
        self, connection: Connection, _request: ListConversations, actor: Actor
    ) -> ConversationList:
        """See `ListConversations`."""
        rows = conversations.list_of_person(connection, actor.id, with_plaza=self.plaza_open)
        return ConversationList(items=conversation_views.views(connection, rows, actor.id))

    def list_space_conversations(
        self, connection: Connection, request: ListSpaceConversations, actor: Actor
    ) -> ConversationList:
        """See `ListSpaceConversations`."""
        role = space_members.role_of(connection, request.space_id, actor.id)
        if role is None:
            raise NotFound
        with_public = space_level(role) >= Level.MEMBER
        rows = conversations.list_of_space(
            connection, request.space_id, actor.id, with_public=with_public
        )
        return ConversationList(items=conversation_views.views(connection, rows, actor.id))

    def get_conversation(
        self, connection: Connection, request: GetConversation, actor: Actor
    ) -> ConversationFound:
        """See `GetConversation`."""
        place = self.place(connection, request.conversation_id, actor)
        return self._found(connection, place.id, actor)

    # --- making -----------------------------------------------------------------------------------

    def create_conversation(
        self, connection: Connection, request: CreateConversation, actor: Actor
    ) -> ConversationCreated:
        """See `CreateConversation`."""
        if actor.kind == "guest":
            raise Forbidden("Guests talk in the plaza.")
        check_creation(request, actor.id, self.limits)
        kinds: dict[str, Callable[[Connection, CreateConversation, Actor], Made]] = {
            "channel": self._create_channel,
            "group": self._create_group,
            "direct": self._create_direct,
        }
        made, created = kinds[request.kind](connection, request, actor)
        view = conversation_view(connection, made, actor.id)
        return ConversationCreated(conversation=view, created=created)

    def _create_channel(
        self, connection: Connection, request: CreateConversation, actor: Actor
    ) -> Made:
        space_id, name = str(request.space_id), str(request.name)
        role = space_members.role_of(connection, space_id, actor.id)
        if role is None:
            raise NotFound
        if known := self._known(connection, request, actor):
            return known, False
        check_level(space_level(role), Level.MEMBER)
        others = _others(request, actor)
        self._check_of_space(connection, space_id, others)
        if conversations.find_by_name(connection, space_id, name_key(name)):
            raise NameTaken
        values = {
            "kind": "channel",
            "space_id": space_id,
            "name_key": name_key(name),
            "visibility": request.visibility or "public",
        }
        return self._open(connection, request, values, actor, others), True

    def _create_group(
        self, connection: Connection, request: CreateConversation, actor: Actor
    ) -> Made:
        if known := self._known(connection, request, actor):
            return known, False
        others = _others(request, actor)
        self._check_share(connection, actor, others)
        values = {"kind": "group", "visibility": "private"}
        return self._open(connection, request, values, actor, others), True

    def _create_direct(
        self, connection: Connection, request: CreateConversation, actor: Actor
    ) -> Made:
        other = request.members[0]
        key = direct_key(actor.id, other)
        if there := conversations.find_direct(connection, key):
            return there, False
        if self._known(connection, request, actor):
            raise IdInUse
        others = _others(request, actor)
        self._check_share(connection, actor, others)
        values = {"kind": "direct", "visibility": "private", "direct_key": key}
        return self._open(connection, request, values, actor, others), True

    def _known(
        self, connection: Connection, request: CreateConversation, actor: Actor
    ) -> str | None:
        """The conversation that a repeated id names: the same author's, in the same place."""
        if request.id is None:
            return None
        row = conversations.find(connection, [request.id]).get(request.id)
        if row is None:
            return None
        asked = (actor.id, request.kind, request.space_id)
        if (row.created_by, row.kind, row.space_id) != asked:
            raise IdInUse
        self.place(connection, row.id, actor)
        return row.id

    def _open(
        self,
        connection: Connection,
        request: CreateConversation,
        values: dict[str, Any],
        actor: Actor,
        others: list[str],
    ) -> str:
        self.check_room(connection, actor.id, *others)
        people.ensure_person(connection, actor)
        shape = {"id": request.id, "name": request.name, "topic": request.topic, **values}
        return open_conversation(connection, shape, actor.id, others, self.now())

    def _check_of_space(self, connection: Connection, space_id: str, others: list[str]) -> None:
        pairs = [(space_id, user_id) for user_id in others]
        if pairs and len(space_members.roles_of(connection, pairs)) < len(pairs):
            raise NotFound

    def _check_share(self, connection: Connection, actor: Actor, others: list[str]) -> None:
        if others and space_members.share_space(connection, actor.id, others) != set(others):
            raise NotFound

    # --- changing ---------------------------------------------------------------------------------

    def update_conversation(
        self, connection: Connection, request: UpdateConversation, actor: Actor
    ) -> ConversationFound:
        """See `UpdateConversation`."""
        place = self.place(connection, request.conversation_id, actor)
        level = level_in(place, actor)
        if level < Level.ADMIN and not is_in(place):
            raise Forbidden
        check_change(request, place.kind, level, is_plaza=place.is_plaza)
        row = conversations.find(connection, [place.id])[place.id]
        if request.archived is not False:
            _check_still_open(place, request)
        self._check_name(connection, request, row)
        for values, line in changes(request, row, self.now()):
            self._change(connection, self.change(place, actor), values, line)
        return self._found(connection, place.id, actor)

    def archive_conversation(
        self, connection: Connection, request: ArchiveConversation, actor: Actor
    ) -> None:
        """See `ArchiveConversation`."""
        asked = UpdateConversation(conversation_id=request.conversation_id, archived=True)
        self.update_conversation(connection, asked, actor)

    def _check_name(self, connection: Connection, request: UpdateConversation, row: Record) -> None:
        if request.name is None or row.kind != "channel" or row.space_id is None:
            return
        there = conversations.find_by_name(connection, row.space_id, name_key(request.name))
        if there not in {None, row.id}:
            raise NameTaken

    def _change(
        self, connection: Connection, change: Change, values: dict[str, Any], line: dict[str, Any]
    ) -> None:
        conversations.change(connection, change.conversation_id, values)
        seq = conversations.next_seq(connection, change.conversation_id)
        message_id = write_line(connection, change, seq, line)
        log.record(connection, [change.entry("conversation_changed", seq, message_id)])

    def _found(
        self, connection: Connection, conversation_id: str, actor: Actor
    ) -> ConversationFound:
        return ConversationFound(
            conversation=conversation_view(connection, conversation_id, actor.id)
        )


def _others(request: CreateConversation, actor: Actor) -> list[str]:
    return [user_id for user_id in dict.fromkeys(request.members) if user_id != actor.id]


def _check_still_open(place: Place, request: UpdateConversation) -> None:
    """An archived conversation refuses every change but bringing it back; archiving it again is so."""
    if asked_changes(request) != {"archived"}:
        check_open(place)
