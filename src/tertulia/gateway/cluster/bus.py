"""The bus as the gateway of a cluster has it: who asks or tells through it does so under a lease."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from tertulia.conversations.contract.updates import Update
from tertulia.gateway.cluster.leases import Leases
from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Bus, Listener
from tertulia.kit.bus.listeners import Listeners
from tertulia.kit.bus.passing import PassingBus
from tertulia.presence.contract import Connect, Disconnect

R = TypeVar("R")

UNLEASED = frozenset[type[Request[Any]]]({Connect, Disconnect})
"""What is asked in a pause too: who has come is here, and who has gone is gone."""


class ClusterBus(PassingBus):
    """A bus around another one.

    Updates are heard in the order of their conversations, barriers in that of their owners' logs, whoever
    brings them; the rest as it comes, and not at all in a pause.
    """

    def __init__(self, bus: Bus, leases: Leases) -> None:
        super().__init__(bus)
        self._leases = leases
        self._barriers: dict[type[Event], list[Listener]] = defaultdict(list)
        self._updates = Listeners()
        self._is_carrying_out = ContextVar("is_carrying_out", default=False)
        self.hear_update: Callable[[Update], Awaitable[None]] = self.tell_update
        """Hears each update as the bus tells it, perhaps doubled and out of order."""

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """Hear a class of events, those with a topic only while it is followed."""
        del followed  # a gateway follows
        if issubclass(event, Update):
            self._updates.add(event, listener)
            self._bus.listen(event, self._hear_update, followed=True)
        elif event.barrier:
            self._barriers[event].append(listener)
        else:
            self._bus.listen(event, self._unless_paused(listener), followed=True)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """See `Bus.ask`. `Unavailable` in a pause, and where one began before the answer came.

        Such an answer may be older than a barrier. Where a barrier is being carried out it is not asked
        under a lease, since that is how one is had.
        """
        if type(request) in UNLEASED or self._is_carrying_out.get():
            return await self._bus.ask(request, actor)
        term = self._leases.check()
        answer = await self._bus.ask(request, actor)
        self._leases.check(term)
        return answer

    # --- what is told here ----------------------------------------------------------------------

    async def tell_update(self, update: Update) -> None:
        """Tell who listens to an update. One that fails harms no other."""
        await self._updates.tell(update)

    async def tell_barrier(self, event: Event) -> None:
        """Tell who listens to a barrier. Raises what they raise: then it is not carried out."""
        token = self._is_carrying_out.set(True)
        try:
            for kind in type(event).__mro__:
                for listener in self._barriers.get(kind, ()):
                    await listener(event)
        finally:
            self._is_carrying_out.reset(token)

    async def _hear_update(self, update: Update) -> None:
        await self.hear_update(update)

    def _unless_paused(self, listener: Listener) -> Listener:
        async def hear(event: Event) -> None:
            if self._leases.is_held():
                await listener(event)

        return hear
