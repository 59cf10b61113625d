"""The Socket.IO server: what an application says, and to whom."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tertulia.realtime import exceptions, packets
from tertulia.realtime.client import Client
from tertulia.realtime.engine.handshake import environ_of
from tertulia.realtime.engine.journal import logger_of
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.server import Server as Engine
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Reason
from tertulia.realtime.farewells import Farewells
from tertulia.realtime.namespaces import Namespace
from tertulia.realtime.packets import Json
from tertulia.realtime.registration import Registration
from tertulia.realtime.rooms import Audience, Callback, Member, Space

NOBODY: frozenset[Socket] = frozenset()
Names = Hashable | Iterable[Hashable] | None


class Server(Registration):
    """A Socket.IO server with the API of `socketio.AsyncServer`.

        sio = Server(cors_allowed_origins="*")

        @sio.event
        async def message(sid, data):
            await sio.emit("message", data, room="everyone", skip_sid=sid)

        app = ASGIApp(sio)

    `namespaces`: which are accepted beside those that have handlers, `"*"` for all. `always_connect`: accept
    first and ask the `connect` handler then. `async_handlers=False`: one handler of a client at a time.
    `goodbye`: the event that a client gets before the server ends it for a reason of its own, with
    `{"code": "slow" | "rate_limited" | "going_away", "reconnect": true, "after_ms"?}`. All other options
    are those of `engine.Server`; every limit is in `limits`.
    """

    reason = Reason

    def __init__(
        self,
        *,
        always_connect: bool = False,
        async_handlers: bool = True,
        namespaces: str | Iterable[str] | None = None,
        json: Json | None = None,
        logger: bool | logging.Logger = False,
        engineio_logger: bool | logging.Logger = False,
        goodbye: str | None = None,
        limits: Limits | None = None,
        **engine: Any,
    ) -> None:
        super().__init__()
        self.always_connect = always_connect
        self.async_handlers = async_handlers
        self.json: Json = packets.STRICT if json is None else json
        self.logger = logger_of(logger)
        self.eio = Engine(limits=limits, logger=engineio_logger, **engine)
        self.eio.receiver_of = lambda socket: Client(self, socket)
        self._farewells = Farewells(goodbye, self.json)
        self.eio.goodbye = self._farewells.last_words
        names = namespaces if namespaces is not None else ("/",)
        self._accepted = (
            names if names == "*" else {names} if isinstance(names, str) else set(names)
        )
        self._spaces: dict[str, Space] = {}
        self.refuse: Callable[[str, str], Any] | None = None
        """While there is one: asked for each event by its sender and name, before anything else of it is
        read. Its answer, unless that is None, is the acknowledgement, and no handler is called. Events whose
        names cannot be told without reading them, and those with attachments, it is not asked for."""

    def register_namespace(self, namespace_handler: Any) -> None:
        """Let a `Namespace` answer everything in its namespace. `ValueError` for anything else."""
        if not isinstance(namespace_handler, Namespace):
            raise ValueError("Not a namespace instance")  # noqa: TRY004 - as python-socketio
        namespace_handler.serve(self)
        self.handlers.classes[namespace_handler.namespace] = namespace_handler

    # --- saying something -----------------------------------------------------------------------

    async def emit(
        self,
        event: str,
        data: Any = None,
        to: Names = None,
        room: Names = None,
        skip_sid: str | Iterable[str] | None = None,
        namespace: str | None = None,
        callback: Callback | None = None,
        ignore_queue: bool = False,
        volatile: Hashable = False,
    ) -> None:
        """Emit an event to a client, to rooms, or to everyone in a namespace.

        A tuple is several arguments. `callback` gets the arguments of a client's acknowledgement. `volatile`:
        it may be dropped for clients that are behind; anything but True names its subject, and of one
        subject only the last value is kept. Gives way when much waits to be sent: a turn of the loop, and for
        a single client that polls until it has fetched some of it.
        """
        audience = self.tell(
            event,
            data,
            to=to or room,
            skip_sid=skip_sid,
            namespace=namespace,
            callback=callback,
            volatile=volatile,
        )
        if audience is not None:
            await audience.give_way()

    def tell(
        self,
        event: str,
        data: Any = None,
        *,
        to: Names = None,
        skip_sid: str | Iterable[str] | None = None,
        namespace: str | None = None,
        callback: Callback | None = None,
        volatile: Hashable = False,
    ) -> Audience | None:
        """Emit without suspending. Who says much at once must give way by itself."""
        namespace = namespace or "/"
        space = self._spaces.get(namespace)
        audience = None if space is None else space.audience(to)
        if space is None or audience is None:
            return None
        skip = space.sockets(skip_sid) if skip_sid else NOBODY
        if callback is not None:
            for member in space.members_of(audience, skip):
                self._ask(member, event, data, callback)
            return audience
        parcel = packets.event(event, data, id_=None, namespace=namespace, json=self.json)
        if volatile is False:
            space.send(audience, parcel, skip)
        else:
            subject = parcel if volatile is True else volatile
            space.send_volatile(audience, subject, parcel, skip)
        return audience

    async def send(self, data: Any, to: Names = None, room: Names = None, **options: Any) -> None:
        """Emit the event `message`."""
        await self.emit("message", data, to=to, room=room, **options)

    async def call(
        self,
        event: str,
        data: Any = None,
        to: str | None = None,
        sid: str | None = None,
        namespace: str | None = None,
        timeout: float = 60,  # noqa: ASYNC109 - the name that python-socketio gave it
        ignore_queue: bool = False,
    ) -> Any:
        """Emit to one client and wait for its acknowledgement. Raises `exceptions.TimeoutError`."""
        target = to or sid
        if target is None:
            raise ValueError("Cannot use call() to broadcast.")
        if not self.async_handlers:
            raise RuntimeError("Cannot use call() when async_handlers is False.")
        answer: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

        def answered(*arguments: Any) -> None:
            if not answer.done():
                answer.set_result(arguments)

        await self.emit(event, data, to=target, namespace=namespace, callback=answered)
        try:
            async with asyncio.timeout(timeout):
                arguments = await answer
        except TimeoutError:
            raise exceptions.TimeoutError from None
        return arguments if len(arguments) > 1 else arguments[0] if arguments else None

    def _ask(self, member: Member, event: str, data: Any, callback: Callback) -> None:
        id_ = member.expect(callback, self.eio.limits.acknowledgements)
        parcel = packets.event(event, data, id_=id_, namespace=member.namespace, json=self.json)
        member.hold()
        member.socket.send(parcel)

    # --- rooms ----------------------------------------------------------------------------------

    async def enter_room(self, sid: str, room: Hashable, namespace: str | None = None) -> None:
        """Put a client into a room. `ValueError` for one who is not there. Does not suspend."""
        member = self._find(sid, namespace)
        if member is None or member.gone:
            raise ValueError("sid is not connected to requested namespace")
        self._spaces[member.namespace].enter(member, room)

    async def leave_room(self, sid: str, room: Hashable, namespace: str | None = None) -> None:
        """Take a client out of a room. Does not suspend."""
        member = self._find(sid, namespace)
        if member is not None and not member.gone:
            self._spaces[member.namespace].leave(member, room)

    async def close_room(self, room: Hashable, namespace: str | None = None) -> None:
        """Take everybody out of a room. Does not suspend."""
        space = self._spaces.get(namespace or "/")
        if space is not None:
            space.close(room)

    def rooms(self, sid: str, namespace: str | None = None) -> list[Hashable]:
        """The rooms of a client, its own included."""
        member = self._find(sid, namespace)
        return [] if member is None else [sid, *member.rooms]

    def members(self, room: Hashable, namespace: str | None = None) -> list[str]:
        """The ids of those who are in a room, or of the client of that name."""
        space = self._spaces.get(namespace or "/")
        return [] if space is None else [it.sid for it in space.members_in(room, namespace or "/")]

    def is_empty(self, room: Hashable, namespace: str | None = None) -> bool:
        """Whether nobody hears what is emitted to a room or client."""
        space = self._spaces.get(namespace or "/")
        return space is None or space.audience(room) is None

    # --- clients --------------------------------------------------------------------------------

    async def get_session(self, sid: str, namespace: str | None = None) -> dict[str, Any]:
        """A client's own dictionary in a namespace. `KeyError` for one who is not there."""
        member = self._member(sid, namespace)
        if member.session is None:
            member.session = {}
        return member.session

    async def save_session(
        self, sid: str, session: dict[str, Any], namespace: str | None = None
    ) -> None:
        """Store a client's own dictionary in a namespace."""
        self._member(sid, namespace).session = session

    @asynccontextmanager
    async def session(
        self, sid: str, namespace: str | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        """A client's own dictionary, stored at the end of the block."""
        session = await self.get_session(sid, namespace)
        yield session
        await self.save_session(sid, session, namespace)

    def forget_volatile(self, sid: str, namespace: str | None = None) -> None:
        """Let go of what may be lost and waits for this client alone. Does not suspend."""
        if (member := self._find(sid, namespace)) is not None:
            self.eio.volatile.forget(member.socket)

    def transport(self, sid: str, namespace: str | None = None) -> str:
        """`polling` or `websocket`."""
        return self._member(sid, namespace).socket.transport.name

    def get_environ(self, sid: str, namespace: str | None = None) -> dict[str, Any] | None:
        """The request that a client came with, as WSGI environment."""
        member = self._find(sid, namespace)
        scope = None if member is None else member.socket.scope
        return None if scope is None else environ_of(scope)

    def forget_environ(self, sid: str, namespace: str | None = None) -> None:
        """Let the memory of a client's request go: nobody will ask for it."""
        self._member(sid, namespace).socket.scope = None

    async def disconnect(
        self, sid: str, namespace: str | None = None, ignore_queue: bool = False
    ) -> None:
        """Take a client out of a namespace, when the `disconnect` handler is done."""
        member = self._find(sid, namespace)
        if member is None or member.gone:
            return
        member.socket.send(packets.control(packets.DISCONNECT, member.namespace))
        await member.client.dismiss(member)

    async def dismiss(
        self,
        sid: str,
        code: str,
        namespace: str | None = None,
        *,
        reconnect: bool = True,
        after_ms: int | None = None,
    ) -> None:
        """Say goodbye with a code, and whether and when to come back; then close the client's transport.

        Does not suspend.
        """
        member = self._find(sid, namespace)
        if member is not None:
            self._farewells.say(member, code, after_ms, reconnect=reconnect)

    async def shutdown(self, seconds: float = 0, *, spread_ms: int = 5000) -> None:
        """Say goodbye to everyone within so many seconds, each to come back within `spread_ms`; stop."""
        members = [it for space in self._spaces.values() for it in space.members.values()]
        if seconds:
            await self._farewells.say_all(members, seconds, spread_ms)
        await self.eio.shutdown()

    def start_background_task(
        self, target: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> asyncio.Task[Any]:
        """Run a coroutine function in a task."""
        return self.eio.start_background_task(target, *args, **kwargs)

    async def sleep(self, seconds: float = 0) -> None:
        """Give way to others."""
        await asyncio.sleep(seconds)

    async def handle_request(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        await self.eio.handle_request(scope, receive, send)

    # --- for `Client` ---------------------------------------------------------------------------

    def accepts(self, namespace: str) -> bool:
        """Whether clients may ask to enter a namespace."""
        return self._accepted == "*" or namespace in self._accepted or self.handlers.know(namespace)

    def space(self, namespace: str) -> Space:
        """A namespace, new if it has to be."""
        space = self._spaces.get(namespace)
        if space is None:
            space = self._spaces[namespace] = Space(self.eio.flusher, self.eio.volatile)
        return space

    def forget(self, member: Member) -> None:
        """A member is not known any more; with the last one its namespace goes."""
        space = self._spaces.get(member.namespace)
        if space is not None:
            space.forget(member)
            if not space.members:
                del self._spaces[member.namespace]

    def ask(self, member: Member, auth: Any) -> Any:
        """Call the `connect` handler."""
        environ = environ_of(member.socket.scope or {})
        return self.handlers.connect(member.namespace, member.sid, environ, auth)

    def _find(self, sid: str, namespace: str | None) -> Member | None:
        space = self._spaces.get(namespace or "/")
        return None if space is None else space.members.get(sid)

    def _member(self, sid: str, namespace: str | None) -> Member:
        member = self._find(sid, namespace)
        if member is None:
            raise KeyError("Session not found")
        return member
