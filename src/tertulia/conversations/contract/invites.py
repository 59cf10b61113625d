"""Invitations to spaces."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tertulia.conversations.contract.spaces import SpaceFound, SpaceKind, SpaceRole, Wall
from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Model, Query

InviteCode = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class InvitedSpace(Model):
    """A space as an invitation shows it."""

    id: Id
    name: str
    kind: SpaceKind
    wall: Wall


class SpaceCard(Model):
    """A space as the public sees it."""

    name: str
    kind: SpaceKind
    wall: Wall


class InviteView(Model):
    """An invitation, for who may make them."""

    id: Id
    code: str
    url: str
    space: InvitedSpace
    role: SpaceRole
    uses: int
    max_uses: int | None
    expires_at: Moment | None


class InviteCard(Model):
    """An invitation as the public sees it."""

    space: SpaceCard
    role: SpaceRole
    expires_at: Moment | None


class InviteList(Model):
    """The invitations of a space that still stand."""

    items: list[InviteView]
    next: str | None


class InviteCreated(Model):
    """An invitation, and whether this call made it."""

    invite: InviteView
    created: bool


class ListInvites(Query[InviteList]):
    """The invitations of a space that still stand, the newest first."""

    space_id: Id
    cursor: str | None = None
    limit: int | None = None


class CreateInvite(Command[InviteCreated]):
    """Invite to a space, with a role not above one's own."""

    pipelined = True
    id: Id | None = None
    space_id: Id
    role: SpaceRole | None = None
    max_uses: Annotated[int, Field(ge=1, le=100_000)] | None = None
    expires_at: Moment | None = None


class GetInvite(Query[InviteCard]):
    """What an invitation leads to; public. `NotFound`, `InviteEnded`."""

    code: InviteCode


class AcceptInvite(Command[SpaceFound]):
    """Come into the invitation's space. Who is in it stays as they are."""

    pipelined = True
    code: InviteCode


class DeleteInvite(Command[None]):
    """Revoke an invitation."""

    pipelined = True
    code: InviteCode
