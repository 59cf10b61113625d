"""Invitations: making, showing, accepting and revoking them."""

import secrets
from datetime import datetime

from tertulia.conversations.contract.errors import IdInUse, InviteEnded
from tertulia.conversations.contract.invites import (
    AcceptInvite,
    CreateInvite,
    DeleteInvite,
    GetInvite,
    InviteCard,
    InviteCreated,
    InviteList,
    InviteView,
    ListInvites,
    SpaceCard,
)
from tertulia.conversations.contract.spaces import SpaceFound, SpaceRole
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.space_membership import enter_space
from tertulia.conversations.rules.invites import (
    check_expiry,
    check_may_invite,
    check_stands,
    roles_to_give,
)
from tertulia.conversations.rules.pages import after_moment, moment_cursor, page_size, paged
from tertulia.conversations.rules.permissions import (
    Level,
    check_role_of_kind,
    default_role,
)
from tertulia.conversations.rules.spaces import (
    check_account,
    check_active,
    check_in_space,
    check_space_level,
)
from tertulia.conversations.store import invites, people, space_members, spaces
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kernel.ids import new_id
from tertulia.kit.db import Connection, Record
from tertulia.kit.service import Kit

CODE_BYTES = 16


class Invites(Desk):
    """Links by which people come into a space."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._base_url = kit.policy.base_url

    def list_invites(
        self, connection: Connection, request: ListInvites, actor: Actor
    ) -> InviteList:
        """See `ListInvites`; those above the asker's own role are not shown to them."""
        own = space_members.role_of(connection, request.space_id, actor.id)
        roles = roles_to_give(check_space_level(own, Level.MODERATOR))
        before = after_moment(request.cursor)
        limit = page_size(request.limit, self.limits)
        rows = invites.list_standing(
            connection, request.space_id, roles, self.now(), before=before, limit=limit + 1
        )
        page, next_ = paged(rows, limit, lambda row: moment_cursor(row.created_at, row.id))
        items = [self._view(connection, row, actor) for row in page]
        return InviteList(items=items, next=next_)

    def create_invite(
        self, connection: Connection, request: CreateInvite, actor: Actor
    ) -> InviteCreated:
        """See `CreateInvite`."""
        own = check_in_space(space_members.role_of(connection, request.space_id, actor.id))
        known = invites.find_invite(connection, request.id) if request.id else None
        if known is not None:
            if (known.space_id, known.author_id) != (request.space_id, actor.id):
                raise IdInUse
            return InviteCreated(invite=self._view(connection, known, actor), created=False)
        role = self._check_creation(connection, request, own)
        code = secrets.token_urlsafe(CODE_BYTES)
        self._add(connection, request, role, code, actor)
        made = get_by_code(connection, code)
        return InviteCreated(invite=self._view(connection, made, actor), created=True)

    def get_invite(self, connection: Connection, request: GetInvite, _actor: Actor) -> InviteCard:
        """See `GetInvite`."""
        invite = get_by_code(connection, request.code)
        check_stands(invites.invite_state(connection, invite), self.now())
        space = spaces.get_space(connection, invite.space_id)
        card = SpaceCard(name=space.name, kind=space.kind, wall=space.wall)
        return InviteCard(space=card, role=invite.role, expires_at=invite.expires_at)

    def accept_invite(
        self, connection: Connection, request: AcceptInvite, actor: Actor
    ) -> SpaceFound:
        """See `AcceptInvite`."""
        check_account(actor)
        person = people.find_person(connection, actor.id)
        check_active(person.active if person else None)
        invite = get_by_code(connection, request.code)
        space_id = invite.space_id
        if space_members.role_of(connection, space_id, actor.id) is None:
            take_use(connection, invite, self.now())
            people.ensure_person(connection, actor)
            enter_space(connection, space_id, actor.id, invite.role, self.now())
        return SpaceFound(space=spaces.space_view(connection, space_id, actor.id))

    def delete_invite(self, connection: Connection, request: DeleteInvite, actor: Actor) -> None:
        """See `DeleteInvite`."""
        invite = get_by_code(connection, request.code)
        own = space_members.role_of(connection, invite.space_id, actor.id)
        check_space_level(own, Level.MODERATOR)
        if invite.revoked_at is None:
            invites.revoke_invite(connection, invite.id, self.now())

    def _check_creation(self, connection: Connection, request: CreateInvite, own: str) -> SpaceRole:
        check_space_level(own, Level.MODERATOR)
        kind = spaces.get_space(connection, request.space_id).kind
        role = request.role or default_role(kind)
        check_role_of_kind(kind, role)
        check_may_invite(own, role)
        check_expiry(request.expires_at, self.now())
        return role

    def _add(
        self, connection: Connection, request: CreateInvite, role: str, code: str, actor: Actor
    ) -> None:
        given = request.model_dump(include={"space_id", "max_uses", "expires_at"})
        row = {"id": request.id or new_id(), "code": code, "role": role, **given}
        invites.add_invite(connection, {**row, "author_id": actor.id, "created_at": self.now()})

    def _view(self, connection: Connection, row: Record, actor: Actor) -> InviteView:
        origin = (self._base_url or actor.origin).rstrip("/")
        return InviteView(
            id=row.id,
            code=row.code,
            url=f"{origin}/join/{row.code}",
            space=spaces.invited_space(spaces.get_space(connection, row.space_id)),
            role=row.role,
            uses=row.uses,
            max_uses=row.max_uses,
            expires_at=row.expires_at,
        )


def take_use(connection: Connection, invite: Record, at: datetime) -> None:
    """Use an invitation. `InviteEnded`."""
    check_stands(invites.invite_state(connection, invite), at)
    if not invites.take_use(connection, invite.id):
        raise InviteEnded


def get_by_code(connection: Connection, code: str) -> Record:
    """The invitation of a code. `NotFound`."""
    invite = invites.find_by_code(connection, code)
    if invite is None:
        raise NotFound
    return invite
