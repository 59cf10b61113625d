"""What somebody may see and do in a conversation, decided from rows of one transaction."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tertulia.conversations.contract.errors import Archived, NotAMember
from tertulia.conversations.rules.permissions import (
    Level,
    check_level,
    conversation_level,
    space_level,
)
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound, Unauthenticated

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation and how one person stands to it."""

    id: str
    kind: str
    space_id: str | None
    is_plaza: bool
    public: bool
    archived: bool
    epoch: str
    head: int
    messages: int
    created_by: str
    role: str | None
    space_role: str | None
    active: bool
    """Whether the person's account is; true for who is not known yet."""


def plaza_is_open(guests: str, base_url: str | None) -> bool:
    """Whether guests can come to the plaza at all; where they cannot it is in nobody's list."""
    if guests == "local":
        return base_url is None or urlsplit(base_url).hostname in LOCAL_HOSTS
    return guests == "on"


def is_in(place: Place) -> bool:
    """Whether the person hears it: as a member, or in the plaza as everybody."""
    return place.role is not None or place.is_plaza


def level_in(place: Place, actor: Actor) -> Level:
    """What the person may do there."""
    if place.is_plaza:
        return Level.ADMIN if actor.administrator else Level.GUEST
    return conversation_level(place.space_role, place.role, in_space=place.space_id is not None)


def may_read(place: Place, kind: str) -> bool:
    """Members may; people of the space its public channels; everybody the plaza, guests it alone."""
    if not place.active:
        return False
    if kind == "guest":
        return place.is_plaza
    if place.is_plaza or place.role is not None:
        return True
    return place.public and space_level(place.space_role) >= Level.MEMBER


def check_readable(place: Place | None, actor: Actor) -> Place:
    """`NotFound` for what is not there or may not be seen; `Unauthenticated` for the deactivated."""
    if place is not None and not place.active:
        raise Unauthenticated
    if place is None or not may_read(place, actor.kind):
        raise NotFound
    return place


def check_open(place: Place) -> None:
    """`Archived` for what can only be read."""
    if place.archived:
        raise Archived


def check_speaker(place: Place) -> None:
    """Who may post, react, edit: those in it, while it is not archived."""
    check_open(place)
    if not is_in(place):
        raise NotAMember


def check_may(place: Place, actor: Actor, needed: Level) -> None:
    """Who may change a conversation: those in it with enough of a role."""
    check_speaker(place)
    check_level(level_in(place, actor), needed)


def check_has_members(place: Place) -> None:
    """Nobody is added to a direct or to the plaza, and nobody leaves them."""
    if place.kind == "direct" or place.is_plaza:
        raise Forbidden("Nobody joins or leaves this conversation.")
