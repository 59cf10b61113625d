"""The handlers of an application that uses the engine alone."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import eager
from tertulia.realtime.engine.handshake import environ_of
from tertulia.realtime.engine.journal import failed
from tertulia.realtime.engine.transports import Receiver

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.socket import Socket

Handler = Callable[..., Any]


class Pace:
    """How many handlers of one client are under way; reading stops while they are too many."""

    __slots__ = ("_most", "_running", "_socket")

    def __init__(self, socket: "Socket", most: int) -> None:
        self._socket = socket
        self._most = most
        self._running = 0

    def begin(self) -> None:
        """A handler starts."""
        self._running += 1

    def check(self) -> None:
        """The handler was started, and may be done already: stop reading if too many are not."""
        if self._running >= self._most and not self._socket.paused:
            self._socket.pause()

    def end(self) -> None:
        """A handler is done."""
        self._running -= 1
        if self._socket.paused and self._running < self._most:
            self._socket.resume()


class Application(Receiver):
    """Calls the three handlers of an `engine.Server`."""

    __slots__ = ("_pace", "_server", "_socket")

    def __init__(self, server: "Server", socket: "Socket") -> None:
        self._server = server
        self._socket = socket
        self._pace = Pace(socket, server.limits.handlers if server.async_handlers else 1)

    async def greet(self) -> bool | str:
        """Call the `connect` handler: True, or why not."""
        scope = self._socket.scope or {}
        try:
            answer = await _called(
                self._server.handlers["connect"], self._socket.sid, environ_of(scope)
            )
        except Exception as error:
            failed(self._server.logger, "connect", error)
            return False
        return True if answer is None or answer is True else answer

    def opened(self) -> None:
        """Nothing: `greet` came before."""

    def received(self, data: str | bytes) -> None:
        """Call the `message` handler."""
        if isinstance(data, str):
            data = self._decoded(data)
        self._start("message", self._socket.sid, data)

    def closed(self, reason: str) -> None:
        """Call the `disconnect` handler."""
        handler = self._server.handlers.get("disconnect")
        if handler is not None:
            told = (reason,) if takes_reason(handler) else ()
            self._start("disconnect", self._socket.sid, *told)

    def is_expected(self) -> bool:
        """Nothing is owed but heartbeats."""
        return False

    def _decoded(self, text: str) -> Any:
        """JSON where it is a list or an object, as python-engineio reads it."""
        try:
            data = self._server.json.loads(text)
        except ValueError:
            return text
        return text if isinstance(data, int) else data

    def _start(self, event: str, *args: Any) -> None:
        handler = self._server.handlers.get(event)
        if handler is None:
            return
        self._pace.begin()
        eager.start(_called(handler, *args), lambda _, error: self._done(event, error))
        self._pace.check()

    def _done(self, event: str, error: BaseException | None) -> None:
        self._pace.end()
        failed(self._server.logger, event, error)


async def _called(handler: Handler, *args: Any) -> Any:
    answer = handler(*args)
    return await answer if inspect.isawaitable(answer) else answer


def takes_reason(handler: Handler) -> bool:
    """Whether a `disconnect` handler is one of those that are told why."""
    parameters = list(inspect.signature(handler).parameters.values())
    return len(parameters) > 1 or any(it.kind is it.VAR_POSITIONAL for it in parameters)
