"""Guests: callers without an account, known by the pass that they bring back."""

import secrets

from tertulia.accounts.contract import Authenticate, GuestPass, Identity, OpenGuest
from tertulia.accounts.rules import guests
from tertulia.kernel.actor import Actor
from tertulia.kit.service import Kit


class Guests:
    """Gives out passes and reads them. Nothing is stored."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def open_guest(self, request: OpenGuest, actor: Actor) -> GuestPass:
        """See `OpenGuest`."""
        guests.check_guests(self._kit.policy.guests, actor)
        now = self._kit.clock.now()
        token = guests.guest_pass(now, secrets.token_urlsafe(32))
        return GuestPass(token=token, identity=guests.read_pass(token, now, request.display_name))

    def authenticate(self, request: Authenticate, actor: Actor) -> Identity:
        """The guest of a pass. `Unauthenticated`."""
        guests.check_guests(self._kit.policy.guests, actor)
        return guests.read_pass(request.token, self._kit.clock.now(), request.display_name)
