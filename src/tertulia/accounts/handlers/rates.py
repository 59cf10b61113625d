"""How often one may try: by account and by address. Nobody is locked out: a refusal costs nothing."""

from tertulia.kernel.actor import Actor
from tertulia.kernel.addresses import address_key
from tertulia.kernel.buckets import Buckets
from tertulia.kernel.errors import RateLimited
from tertulia.kit.service import Kit


class Rates:
    """The limits of sign-in and registration, in the memory of this process."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._sign_ins = _per_minute(kit.limits.sign_ins_per_account)
        self._sign_ins_from = _per_minute(kit.limits.sign_ins_per_address)
        self._registrations_from = _per_minute(kit.limits.registrations_per_address)

    def check_address(self, actor: Actor) -> None:
        """`RateLimited` when this address signs in too often."""
        self._take(self._sign_ins_from, address_key(actor.address))

    def check_account(self, account: str) -> None:
        """`RateLimited` when this account is signed in to too often; known or not, all the same."""
        self._take(self._sign_ins, account)

    def check_registration(self, actor: Actor) -> None:
        """`RateLimited` when this address registers too often. The operator's terminal has none."""
        if actor.kind != "system":
            self._take(self._registrations_from, address_key(actor.address))

    def _take(self, buckets: Buckets, key: str) -> None:
        if not self._kit.rate_limits:
            return
        wait = buckets.take(key, self._kit.clock.seconds())
        if wait > 0:
            raise RateLimited(retry_after=wait)


def _per_minute(count: int) -> Buckets:
    return Buckets(per_second=count / 60, burst=count)
