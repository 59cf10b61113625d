"""Joining, leaving, adding, removing; who is in it."""

from tertulia.conversations.contract.conversations import (
    AddMember,
    ConversationMember,
    ConversationMembers,
    FindStandings,
    Join,
    Leave,
    ListMembers,
    RemoveMember,
    Standings,
)
from tertulia.conversations.handlers import membership
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.rules.conversations import check_group_size
from tertulia.conversations.rules.pages import after_moment, moment_cursor, page_size, paged
from tertulia.conversations.rules.permissions import Level, check_level
from tertulia.conversations.rules.places import (
    Place,
    check_has_members,
    check_may,
    check_open,
    is_in,
    level_in,
    may_read,
)
from tertulia.conversations.store import members, people, places, space_members
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound
from tertulia.kit.db import Connection


class Members(Desk):
    """Who is in a conversation, and how that changes."""

    def list_members(
        self, connection: Connection, request: ListMembers, actor: Actor
    ) -> ConversationMembers:
        """See `ListMembers`."""
        place = self.place(connection, request.conversation_id, actor)
        limit = page_size(request.limit, self.limits)
        after = after_moment(request.cursor)
        rows = members.list_page(connection, place.id, after, limit + 1)
        page, next_ = paged(rows, limit, lambda row: moment_cursor(row.joined_at, row.user_id))
        known = people.find_people(connection, {row.user_id for row in page})
        items = [
            ConversationMember(user=known[row.user_id], role=row.role, joined_at=row.joined_at)
            for row in page
        ]
        return ConversationMembers(items=items, next=next_)

    def find_standings(
        self, connection: Connection, request: FindStandings, actor: Actor
    ) -> Standings:
        """See `FindStandings`."""
        pairs = {(conversation_id, actor.id) for conversation_id in request.conversation_ids}
        stood = places.find_places(connection, pairs).values()
        readable = [place for place in stood if self.can_read(place, actor)]
        return Standings(standings={it.id: "in" if is_in(it) else "reads" for it in readable})

    def join(self, connection: Connection, request: Join, actor: Actor) -> None:
        """See `Join`."""
        place = self.place(connection, request.conversation_id, actor)
        if is_in(place):
            return
        check_open(place)
        self.check_room(connection, actor.id)
        entry = members.Entry(actor.id, "member")
        membership.enter(connection, self.change(place, actor), entry, line="joined")

    def leave(self, connection: Connection, request: Leave, actor: Actor) -> None:
        """See `Leave`."""
        place = self.place(connection, request.conversation_id, actor)
        check_has_members(place)
        self._depart(connection, place, actor)

    def add_member(self, connection: Connection, request: AddMember, actor: Actor) -> None:
        """See `AddMember`."""
        place = self.place(connection, request.conversation_id, actor)
        check_has_members(place)
        theirs = members.find_role(connection, place.id, request.user_id)
        if theirs is not None and request.role in {None, theirs}:
            return
        check_may(place, actor, Level.MEMBER)
        if theirs is None:
            self._add(connection, place, request, actor)
        else:
            self._change_role(connection, place, request, theirs, actor)

    def remove_member(self, connection: Connection, request: RemoveMember, actor: Actor) -> None:
        """See `RemoveMember`."""
        place = self.place(connection, request.conversation_id, actor)
        check_has_members(place)
        if request.user_id == actor.id:
            self._depart(connection, place, actor)
            return
        check_open(place)
        check_level(level_in(place, actor), Level.MODERATOR)
        theirs = places.find_place(connection, place.id, request.user_id)
        if theirs is None or theirs.role is None:
            return
        if _own_level(theirs) > level_in(place, actor):
            raise Forbidden("Their role is above yours.")
        change = self.change(place, actor)
        membership.depart(connection, change, request.user_id, line="removed")

    def _depart(self, connection: Connection, place: Place, actor: Actor) -> None:
        if place.role is not None:
            check_open(place)
            membership.depart(connection, self.change(place, actor), actor.id, line="left")

    def _add(self, connection: Connection, place: Place, request: AddMember, actor: Actor) -> None:
        role = request.role or "member"
        if role != "member":
            check_level(level_in(place, actor), Level.ADMIN)
        self._check_addable(connection, place, request.user_id, actor)
        self.check_room(connection, request.user_id)
        entry = members.Entry(request.user_id, role)
        membership.enter(connection, self.change(place, actor), entry, line="added")

    def _change_role(
        self,
        connection: Connection,
        place: Place,
        request: AddMember,
        theirs: str,
        actor: Actor,
    ) -> None:
        check_level(level_in(place, actor), Level.ADMIN)
        if theirs == "owner" and members.count_owners(connection, place.id) == 1:
            raise Forbidden("A conversation needs an owner.")
        entry = members.Entry(request.user_id, request.role or theirs)
        membership.change_role(connection, self.change(place, actor), entry)

    def _check_addable(
        self, connection: Connection, place: Place, user_id: str, actor: Actor
    ) -> None:
        """Who is added is of the space or, for a group, shares one with the asker; else 404."""
        if not people.is_active(connection, user_id):
            raise NotFound
        if place.space_id is not None:
            if space_members.role_of(connection, place.space_id, user_id) is None:
                raise NotFound
            return
        if user_id not in space_members.share_space(connection, actor.id, [user_id]):
            raise NotFound
        check_group_size(len(members.list_ids(connection, place.id)) + 1, self.limits)


def _own_level(place: Place) -> Level:
    return (
        level_in(place, Actor(id="", kind="person")) if may_read(place, "person") else Level.NOBODY
    )
