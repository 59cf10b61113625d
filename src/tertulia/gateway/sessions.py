"""Whom a token stands for: asked of accounts, and kept for a few seconds.

The cache may only say no earlier. A revocation empties it before the revoker is answered, so a token
that is dead there is dead here.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from tertulia.accounts.contract import Authenticate, Identity, SessionsRevoked, UserChanged
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unauthenticated
from tertulia.kit.bus import Bus

LONGEST_TOKEN = 256
FRESH_SECONDS = 10.0
CACHED = 20_000
REMEMBERED = 20_000


class Sessions:
    """Answers who a token is, and forgets what a revocation or a rename made untrue."""

    def __init__(self, bus: Bus, *, now: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._now = now
        self._cache: OrderedDict[bytes, tuple[float, Identity]] = OrderedDict()
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._changes = 0
        bus.listen(SessionsRevoked, self._revoked)
        bus.listen(UserChanged, self._changed)

    def find(self, token: str) -> Identity | None:
        """The identity that is known without asking."""
        known = self._cache.get(_key(token))
        return known[1] if known and known[0] > self._now() else None

    async def identify(
        self, token: str, asker: Actor, *, name: str | None = None, once: bool = False
    ) -> Identity:
        """Whom the token stands for. `Unauthenticated` when it is nobody.

        `name` is that of a guest who comes back. `once`: it is not asked again soon, and not kept.
        """
        known = self.find(token)
        if known is not None:
            return known
        if not token or len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        changes = self._changes
        identity = await self._bus.ask(Authenticate(token=token, display_name=name), asker)
        if self.is_over(identity.session_id):
            raise Unauthenticated
        if changes == self._changes and identity.user.kind != "guest" and not once:
            self._keep(token, identity)
        return identity

    def is_over(self, session_id: str) -> bool:
        """Whether this session is known to have ended."""
        return session_id in self._ended

    def forget_all(self) -> None:
        """Ask about everybody anew: revocations may have been missed."""
        self._changes += 1
        self._cache.clear()

    def _keep(self, token: str, identity: Identity) -> None:
        self._cache[_key(token)] = (self._now() + FRESH_SECONDS, identity)
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)

    async def _revoked(self, event: SessionsRevoked) -> None:
        self._ended.update(dict.fromkeys(event.session_ids))
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        self._forget(event.user_id)

    async def _changed(self, event: UserChanged) -> None:
        self._forget(event.user.id)

    def _forget(self, user_id: str) -> None:
        self._changes += 1
        for key, (_, identity) in list(self._cache.items()):
            if identity.user.id == user_id:
                del self._cache[key]


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
