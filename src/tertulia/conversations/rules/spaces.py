"""What may be done with a space and its people."""

from tertulia.conversations.contract.errors import LastOwner
from tertulia.conversations.rules.people import ACCOUNTS
from tertulia.conversations.rules.permissions import Level, check_level, is_above, space_level
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound, Unauthenticated


def check_in_space(role: str | None) -> str:
    """The role of who is in the space; to others it is not there."""
    if role is None:
        raise NotFound
    return role


def check_space_level(role: str | None, needed: Level) -> str:
    """The role of who is in the space and may do so much."""
    own = check_in_space(role)
    check_level(space_level(own), needed)
    return own


def check_active(active: bool | None) -> None:
    """The deactivated may do nothing; who is not known yet is not deactivated."""
    if active is False:
        raise Unauthenticated


def check_account(actor: Actor) -> None:
    """Only who has an account comes into spaces."""
    if actor.kind not in ACCOUNTS:
        raise Forbidden


def check_operator(actor: Actor, *, known: bool) -> None:
    """Administrators and the operator's terminal; `known` is whether they are known as one."""
    if not (actor.administrator or known):
        raise Forbidden


def check_administrator(actor: Actor, *, known: bool) -> None:
    """Administrators with an account."""
    check_account(actor)
    check_operator(actor, known=known)


def check_not_above(own: str, *roles: str | None) -> None:
    """Nobody gives a role above their own, or touches who has one."""
    if any(role is not None and is_above(role, own) for role in roles):
        raise Forbidden


def check_owner_remains(current: str | None, role: str | None, *, other_owners: int) -> None:
    """`LastOwner` when a space would have no owner once `current` has become `role`."""
    if current == "owner" and role != "owner" and not other_owners:
        raise LastOwner
