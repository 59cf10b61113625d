"""The bus of one process: a dictionary look-up and an await."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import TypeAdapter

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Handler, Listener
from tertulia.kit.bus.listeners import Listeners

R = TypeVar("R")


class LocalBus:
    """Delivers in this process.

    With `recode` every message and answer is encoded and decoded on its way, so that nothing works
    here that would fail between processes.
    """

    def __init__(self, *, recode: bool = False) -> None:
        self._recode = recode
        self._handlers: dict[type[Request[Any]], Handler] = {}
        self._listeners = Listeners()

    def serve(self, request: type[Request[Any]], handler: Handler) -> None:
        """Answer this class of requests from now on. A second handler is a defect."""
        if request in self._handlers:
            raise ValueError(f"{request.wire_name} has a handler already")
        self._handlers[request] = handler

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """Hear this class of events, and its subclasses', in the order of registration."""
        self._listeners.add(event, listener)

    async def start(self) -> None:
        """Nothing is between here and there."""

    async def stop(self) -> None:
        """See `start`."""

    async def follow(self, topics: Iterable[str]) -> None:
        """Everything is heard here."""

    def unfollow(self, topics: Iterable[str]) -> None:
        """See `follow`."""

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """The handler's answer; `Unavailable` when nobody serves this class."""
        handler = self._handlers.get(type(request))
        if handler is None:
            raise Unavailable(f"Nobody answers {request.wire_name}.")
        if not self._recode:
            return await handler(request, actor)
        result = await handler(_recoded(type(request), request), _recoded(Actor, actor))
        return _recoded(request.result_type(), result)

    async def publish(self, event: Event) -> None:
        """Tell the listeners of the event's class and of its bases, one after another."""
        await self._listeners.tell(_recoded(type(event), event) if self._recode else event)


def _recoded(kind: Any, value: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return adapter.validate_json(adapter.dump_json(value, exclude_unset=True))
