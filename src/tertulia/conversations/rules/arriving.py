"""Who may come in, and how."""

import secrets

from tertulia.accounts.contract import AlreadySetUp, RegistrationClosed, SetupCodeWrong
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import DeadlinePassed, Internal, Unavailable

UNKNOWN_OUTCOME = (Unavailable, DeadlinePassed, Internal)
"""The errors after which a thing may have been done all the same."""


def check_set_up(actor: Actor, given: str | None, code: str, *, begun: bool) -> None:
    """Set-up happens once, by who is local or has the code; where there is none, by who is local."""
    if begun:
        raise AlreadySetUp
    if not actor.local and not (code and _same(given or "", code)):
        raise SetupCodeWrong


def _same(given: str, code: str) -> bool:
    return secrets.compare_digest(*(text.encode("utf-8", "replace") for text in (given, code)))


def check_registration(registration: str, *, invited: bool, set_up: bool) -> None:
    """Whether the policy lets somebody register, with or without an invitation."""
    if not set_up or registration == "closed" or (registration != "open" and not invited):
        raise RegistrationClosed


def may_be_guest(guests: str, actor: Actor) -> bool:
    """Whether a caller such as this one may be a guest of the plaza."""
    return guests == "on" or (guests == "local" and actor.local)
