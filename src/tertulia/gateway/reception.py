"""From a caller to an actor: counts the rate, then looks at the credential."""

from typing import Any

from tertulia.accounts.contract import Identity
from tertulia.gateway.caller import Caller
from tertulia.gateway.rate_limits import RateLimits
from tertulia.gateway.sessions import Sessions
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, Forbidden, Unauthenticated

ACTOR_FIELDS = set(Actor.model_fields)
GUEST_SERVICES = frozenset({"conversations", "presence"})


class Reception:
    """Establishes who asks. What it says, handlers trust."""

    def __init__(self, sessions: Sessions, rates: RateLimits) -> None:
        self._sessions = sessions
        self._rates = rates

    async def identify(
        self, token: str, caller: Caller, *, name: str | None = None, once: bool = False
    ) -> Identity:
        """Whom a token stands for. What must be looked up counts against the address first.

        `once`: a connection asks, which does so only when it comes.
        """
        nobody = caller.nobody()
        if self._sessions.find(token) is None:
            self._rates.check(nobody)
        return await self._sessions.identify(token, nobody, name=name, once=once)

    async def admit(self, caller: Caller, *, safe: bool, send: bool = False) -> Actor:
        """The signed-in actor of a call. `RateLimited`, `Forbidden`, `Unauthenticated`."""
        token = caller.credential(safe=safe)
        if token is None:
            self._rates.check(caller.nobody())
            raise Unauthenticated
        actor = actor_of(await self.identify(token, caller), caller)
        self._rates.check(actor, send=send)
        return actor

    def admit_anybody(self, caller: Caller) -> Actor:
        """The actor of a public call: nobody, whatever it brings. `RateLimited`."""
        nobody = caller.nobody()
        self._rates.check(nobody)
        return nobody

    async def may_look_inside(self, caller: Caller) -> bool:
        """Whether metrics, reference and late parts are for this caller: local, or an administrator."""
        if caller.local:
            return True
        try:
            return (await self.admit(caller, safe=True)).administrator
        except AppError:
            return False


def actor_of(identity: Identity, caller: Caller, **more: Any) -> Actor:
    """The actor that a caller is once identified; `more` are further fields of it."""
    user = identity.user
    return Actor.model_construct(
        _fields_set=ACTOR_FIELDS,  # one set for all
        **caller.circumstances(),
        id=user.id,
        kind=user.kind,
        username=user.username,
        display_name=user.display_name,
        avatar_url=user.avatar_url,
        administrator=identity.administrator,
        version=identity.version,
        session_id=identity.session_id,
        **more,
    )


def check_service(actor: Actor, service: str) -> None:
    """Guests talk in the plaza and do nothing else. `Forbidden`."""
    if actor.kind == "guest" and service not in GUEST_SERVICES:
        raise Forbidden("Guests may only talk in the plaza.")
