"""When an invitation stands, and who may make one."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from tertulia.conversations.contract.errors import InviteEnded
from tertulia.conversations.contract.spaces import SpaceRole
from tertulia.conversations.rules.permissions import Level, is_above, space_level
from tertulia.kernel.errors import FieldError, Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class InviteState:
    """As much of an invitation as decisions need; `author_role` is what its author is now."""

    role: str
    uses: int
    max_uses: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    author_role: str | None


def may_invite(own: str | None, role: str) -> bool:
    """Whether who has a role in a space may invite to another one of it."""
    return own is not None and space_level(own) >= Level.MODERATOR and not is_above(role, own)


def check_may_invite(own: str, role: str) -> None:
    """`Forbidden` for a role above one's own, and for who may not invite at all."""
    if not may_invite(own, role):
        raise Forbidden


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """An invitation is for a time to come."""
    if expires_at is not None and expires_at <= now:
        raise Invalid(errors=[FieldError("expires_at", "past", "it is in the past")])


def check_stands(invite: InviteState, now: datetime) -> None:
    """`InviteEnded` once it is revoked, expired, used up, or its author could not make it any more."""
    used_up = invite.max_uses is not None and invite.uses >= invite.max_uses
    expired = invite.expires_at is not None and invite.expires_at <= now
    backed = may_invite(invite.author_role, invite.role)
    if invite.revoked_at is not None or used_up or expired or not backed:
        raise InviteEnded


_ROLES: tuple[SpaceRole, ...] = get_args(SpaceRole)

BACKED = tuple((own, role) for own in _ROLES for role in _ROLES if may_invite(own, role))
"""All pairs (role of the author, role of the invitation) that stand."""


def roles_to_give(own: str) -> list[str]:
    """The roles to which this one may invite."""
    return [role for role in _ROLES if may_invite(own, role)]
