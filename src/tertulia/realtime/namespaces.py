"""Handlers as the methods of a class."""

import inspect
from typing import TYPE_CHECKING, Any

from tertulia.realtime.dispatch import NOT_HANDLED
from tertulia.realtime.engine.application import takes_reason

if TYPE_CHECKING:
    from tertulia.realtime.server import Server


class Namespace:
    """The handlers of a namespace: its methods `on_connect`, `on_disconnect`, `on_<event>`.

    What the server can do for a client is here too, in this namespace.
    """

    def __init__(self, namespace: str | None = None) -> None:
        self.namespace = namespace or "/"
        self.server: Server

    def serve(self, server: "Server") -> None:
        """Work for a server."""
        self.server = server

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Call the method of an event. Override it to dispatch otherwise."""
        handler = getattr(self, f"on_{event or ''}", None)
        if handler is None:
            return NOT_HANDLED
        if event == "disconnect" and not takes_reason(handler):
            args = args[:-1]
        elif event == "connect":
            args = _fitting(handler, args)
        answer = handler(*args)
        return await answer if inspect.isawaitable(answer) else answer

    async def emit(self, event: str, data: Any = None, **options: Any) -> None:
        """See `Server.emit`."""
        await self.server.emit(event, data, **self._here(options))

    async def send(self, data: Any, **options: Any) -> None:
        """See `Server.send`."""
        await self.server.send(data, **self._here(options))

    async def call(self, event: str, data: Any = None, **options: Any) -> Any:
        """See `Server.call`."""
        return await self.server.call(event, data, **self._here(options))

    async def enter_room(self, sid: str, room: Any, namespace: str | None = None) -> None:
        """See `Server.enter_room`."""
        await self.server.enter_room(sid, room, namespace or self.namespace)

    async def leave_room(self, sid: str, room: Any, namespace: str | None = None) -> None:
        """See `Server.leave_room`."""
        await self.server.leave_room(sid, room, namespace or self.namespace)

    async def close_room(self, room: Any, namespace: str | None = None) -> None:
        """See `Server.close_room`."""
        await self.server.close_room(room, namespace or self.namespace)

    def rooms(self, sid: str, namespace: str | None = None) -> list[Any]:
        """See `Server.rooms`."""
        return self.server.rooms(sid, namespace or self.namespace)

    async def get_session(self, sid: str, namespace: str | None = None) -> dict[str, Any]:
        """See `Server.get_session`."""
        return await self.server.get_session(sid, namespace or self.namespace)

    async def save_session(
        self, sid: str, session: dict[str, Any], namespace: str | None = None
    ) -> None:
        """See `Server.save_session`."""
        await self.server.save_session(sid, session, namespace or self.namespace)

    def session(self, sid: str, namespace: str | None = None) -> Any:
        """See `Server.session`."""
        return self.server.session(sid, namespace or self.namespace)

    async def disconnect(self, sid: str, namespace: str | None = None) -> None:
        """See `Server.disconnect`."""
        await self.server.disconnect(sid, namespace or self.namespace)

    def _here(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "namespace": options.get("namespace") or self.namespace}


def _fitting(handler: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a `connect` handler, without the `auth` where it takes none."""
    try:
        inspect.signature(handler).bind(*args)
    except TypeError:
        return args[:-1]
    return args
