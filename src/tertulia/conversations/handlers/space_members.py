"""The people of a space: who they are, what they may do, who comes and who goes."""

from tertulia.conversations.contract.spaces import (
    ListSpaceMembers,
    MemberPage,
    MemberView,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceMemberSet,
)
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.space_membership import (
    change_space_role,
    enter_space,
    quit_space,
)
from tertulia.conversations.rules.pages import after_name, name_cursor, page_size, paged
from tertulia.conversations.rules.people import ACCOUNTS
from tertulia.conversations.rules.permissions import Level, check_role_of_kind, hears_space
from tertulia.conversations.rules.spaces import (
    check_in_space,
    check_not_above,
    check_owner_remains,
    check_space_level,
)
from tertulia.conversations.store import acquaintances, people, space_members, spaces
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import Connection, Record


class SpaceMembers(Desk):
    """Who is in a space, and how that changes."""

    def list_space_members(
        self, connection: Connection, request: ListSpaceMembers, actor: Actor
    ) -> MemberPage:
        """See `ListSpaceMembers`. Who is limited to own conversations sees whom they meet there."""
        own = check_in_space(space_members.role_of(connection, request.space_id, actor.id))
        after = after_name(request.cursor)
        limit = page_size(request.limit, self.limits)
        among = None if hears_space(own) else acquaintances.companions(actor.id)
        rows = space_members.list_members(
            connection, request.space_id, after, limit + 1, among=among
        )
        page, next_ = paged(rows, limit, lambda row: name_cursor(row.search_name, row.id))
        return MemberPage(items=[_view(row) for row in page], next=next_)

    def set_space_member(
        self, connection: Connection, request: SetSpaceMember, actor: Actor
    ) -> SpaceMemberSet:
        """See `SetSpaceMember`."""
        space_id, user_id, role = request.space_id, request.user_id, request.role
        known = space_members.find_member(connection, space_id, user_id)
        current = known.role if known else None
        self._check_role(connection, request, current, actor)
        if known is None:
            _check_can_enter(connection, user_id)
            enter_space(connection, space_id, user_id, role, self.now())
        elif role != current:
            change_space_role(connection, space_id, user_id, role, self.now())
        member = space_members.get_member(connection, space_id, user_id)
        return SpaceMemberSet(member=_view(member))

    def remove_space_member(
        self, connection: Connection, request: RemoveSpaceMember, actor: Actor
    ) -> None:
        """See `RemoveSpaceMember`."""
        space_id = request.space_id
        user_id = actor.id if request.user_id == "me" else request.user_id
        own = check_in_space(space_members.role_of(connection, space_id, actor.id))
        known = space_members.find_member(connection, space_id, user_id)
        if user_id != actor.id:
            check_space_level(own, Level.ADMIN)
            check_not_above(own, known.role if known else None)
        if known is not None:
            _check_owner_remains(connection, space_id, user_id, known.role, None)
            quit_space(connection, space_id, user_id, actor.id, self.now())

    def _check_role(
        self, connection: Connection, request: SetSpaceMember, current: str | None, actor: Actor
    ) -> None:
        space_id, role = request.space_id, request.role
        own = space_members.role_of(connection, space_id, actor.id)
        own = check_space_level(own, Level.ADMIN)
        check_role_of_kind(spaces.get_space(connection, space_id).kind, role)
        check_not_above(own, role, current)
        _check_owner_remains(connection, space_id, request.user_id, current, role)


def _check_can_enter(connection: Connection, user_id: str) -> None:
    person = people.find_person(connection, user_id)
    if person is None or not person.active or person.kind not in ACCOUNTS:
        raise NotFound


def _check_owner_remains(
    connection: Connection, space_id: str, user_id: str, current: str | None, role: str | None
) -> None:
    others = space_members.count_other_owners(connection, space_id, user_id)
    check_owner_remains(current, role, other_owners=others)


def _view(row: Record) -> MemberView:
    return MemberView(user=people.user_view(row), role=row.role, joined_at=row.joined_at)
