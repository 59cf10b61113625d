"""One client of Socket.IO: its packets, its namespaces, its handlers."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from types import CoroutineType
from typing import TYPE_CHECKING, Any, cast

from tertulia.realtime import exceptions, packets
from tertulia.realtime.dispatch import NOT_HANDLED
from tertulia.realtime.engine import eager
from tertulia.realtime.engine.admission import Bucket
from tertulia.realtime.engine.application import Pace
from tertulia.realtime.engine.journal import failed
from tertulia.realtime.engine.packets import Malformed
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Reason, Receiver
from tertulia.realtime.packets import Packet
from tertulia.realtime.rooms import Member

if TYPE_CHECKING:
    from tertulia.realtime.server import Server

REFUSALS = (exceptions.ConnectionRefusedError, ConnectionRefusedError)


class Client(Receiver):
    """What a client says is carried out where it arrives, in the order in which it was said."""

    __slots__ = ("_bucket", "_members", "_pace", "_partial", "_server", "_socket")

    def __init__(self, server: "Server", socket: Socket) -> None:
        self._server = server
        self._socket = socket
        self._members: dict[str, Member] = {}
        self._partial: Packet | None = None
        limits = server.eio.limits
        self._pace = Pace(socket, limits.handlers if server.async_handlers else 1)
        self._bucket: Bucket | None = None
        if (rate := limits.events_per_second) is not None:
            self._bucket = Bucket(rate, rate * limits.event_burst_seconds, server.eio.now())

    # --- what the engine tells ------------------------------------------------------------------

    def opened(self) -> None:
        """Nothing is said before CONNECT."""

    def received(self, data: str | bytes) -> None:
        """A message: a packet, or an attachment."""
        packet = self._partial
        if isinstance(data, bytes) != (packet is not None):
            raise Malformed("text and attachments out of order")
        if packet is not None and isinstance(data, bytes):
            if packets.attach(packet, data):
                self._partial = None
                self._carry_out(packet)
        elif isinstance(data, str) and not self._refused(data):
            packet = packets.decode(data, self._server.json, self._server.eio.limits.attachments)
            if packet.attachments:
                self._partial = packet
                self._socket.expect()
            else:
                self._carry_out(packet)

    def _refused(self, text: str) -> bool:
        """Whether this was an event that the server has refused."""
        refuse = self._server.refuse
        head = None if refuse is None else packets.EVENT_HEAD.match(text)
        if refuse is None or head is None:
            return False
        member = self._members.get(head["namespace"] or "/")
        if member is None or not member.joined:
            return False
        answer = refuse(member.sid, head["name"])
        if answer is None:
            return False
        if self._may_go_on() and head["id"]:
            ack = packets.ack(answer, int(head["id"]), member.namespace, self._server.json)
            self._socket.send(ack)
        return True

    def closed(self, reason: str) -> None:
        """The client is gone, from all its namespaces."""
        self._partial = None
        for member in list(self._members.values()):
            self.part(member, reason)

    def is_expected(self) -> bool:
        """Whether it has yet to enter a namespace, or to send attachments."""
        joined = any(member.joined for member in self._members.values())
        return self._partial is not None or not joined

    # --- packets --------------------------------------------------------------------------------

    def _may_go_on(self) -> bool:
        """Whether its rate allows one more packet; else it is ended."""
        if self._bucket is None or self._bucket.take(self._server.eio.now()):
            return True
        self._socket.overflowed(Reason.FLOOD)
        return False

    def _carry_out(self, packet: Packet) -> None:
        if not self._may_go_on():
            return
        if packet.kind == packets.CONNECT:
            self._connect(packet.namespace, packet.data)
            return
        member = self._members.get(packet.namespace)
        if member is None or not member.joined:
            raise Malformed("not connected")
        if packet.kind == packets.DISCONNECT:
            self.part(member, Reason.CLIENT_DISCONNECT)
        elif packet.kind in {packets.EVENT, packets.BINARY_EVENT}:
            self._event(member, packet)
        else:
            self._acknowledged(member, packet)

    def _event(self, member: Member, packet: Packet) -> None:
        if not packet.data:
            return
        name, *arguments = packet.data
        call = self._server.handlers.call
        self._run(
            partial(self._handled, member, packet.id),
            call,
            name,
            member.namespace,
            member.sid,
            *arguments,
        )

    def _handled(
        self, member: Member, id_: int | None, answer: Any, error: BaseException | None
    ) -> None:
        if error is not None:
            self._failed("event", None, error)
        elif id_ is not None and answer is not NOT_HANDLED and not member.gone:
            self._socket.send(packets.ack(answer, id_, member.namespace, self._server.json))

    def _acknowledged(self, member: Member, packet: Packet) -> None:
        callback = member.answered(packet.id)
        if callback is None:
            return
        self._run(partial(self._failed, "acknowledgement"), callback, *packet.data)

    def _run(self, done: eager.Done, function: Callable[..., Any], *args: Any) -> None:
        """Call something of the application; `done` hears how it ended."""
        try:
            answer = function(*args)
        except Exception as error:
            done(None, error)
            return
        if not isawaitable(answer):
            done(answer, None)
            return
        self._pace.begin()
        eager.start(awaited(answer), partial(self._done, done))
        self._pace.check()

    def _done(self, done: eager.Done, answer: Any, error: BaseException | None) -> None:
        self._pace.end()
        done(answer, error)

    # --- namespaces -----------------------------------------------------------------------------

    def _connect(self, namespace: str, auth: Any) -> None:
        server = self._server
        if namespace in self._members or len(self._members) >= server.eio.limits.namespaces:
            raise Malformed("connected twice, or to too many namespaces")
        if not server.accepts(namespace):
            self._refuse(namespace, {"message": "Invalid namespace"})
            return
        sid, stamp = server.eio.generate_id(), server.eio.flusher.stamp
        member = Member(sid, namespace, self, self._socket, stamp)
        self._members[namespace] = member
        server.space(namespace).members[sid] = member
        if server.always_connect:
            self._join(member)
        self._run(partial(self._asked, member), server.ask, member, auth or None)

    def _asked(self, member: Member, answer: Any, error: BaseException | None) -> None:
        """The `connect` handler has decided."""
        refusal = _refusal(answer, error)
        if not isinstance(error, REFUSALS):
            self._failed("connect", None, error)
        if self._members.get(member.namespace) is not member:
            if refusal is None:  # it left in the meantime
                self._tell_parted(member, Reason.TRANSPORT_CLOSE)
        elif refusal is None:
            if not member.joined:
                self._join(member)
        elif member.joined:
            self._socket.send(packets.control(packets.DISCONNECT, member.namespace, refusal))
            member.joined = False
            self._remove(member)
        else:
            self._remove(member)
            self._refuse(member.namespace, refusal, member)

    def _join(self, member: Member) -> None:
        parcel = packets.control(packets.CONNECT, member.namespace, {"sid": member.sid})
        member.joined = True
        self._send_opening(member, parcel)
        self._server.space(member.namespace).join(member)

    def _refuse(self, namespace: str, reason: Any, member: Member | None = None) -> None:
        parcel = packets.control(packets.CONNECT_ERROR, namespace, reason)
        if member is None:
            self._socket.send(parcel)
        else:
            self._send_opening(member, parcel)

    def _send_opening(self, member: Member, parcel: packets.Parcel) -> None:
        """Send the answer to a CONNECT, in front of all that was emitted to it since."""
        if member.held:
            member.held = False
            self._socket.release((member.stamp, parcel))
        else:
            self._socket.send(parcel)

    def part(self, member: Member, reason: str) -> None:
        """Take a member out of its namespace, and tell the application."""
        if self._members.get(member.namespace) is member:
            self._remove(member)
            self._let_go(member)
            if member.joined:
                self._tell_parted(member, reason)

    async def dismiss(self, member: Member) -> None:
        """Take a member out for a reason of the server's. Returns when the application was told."""
        if self._members.get(member.namespace) is member:
            self._remove(member)
            self._let_go(member)
            if member.joined:
                told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._tell_parted(member, Reason.SERVER_DISCONNECT, told)
                await told

    def member_in(self, namespace: str) -> Member | None:
        """What it is in a namespace."""
        return self._members.get(namespace)

    def first_member(self) -> Member | None:
        """Somewhere that it is."""
        return next((it for it in self._members.values() if it.joined), None)

    def _remove(self, member: Member) -> None:
        del self._members[member.namespace]
        space = self._server.space(member.namespace)
        space.part(member)
        if not member.joined:
            self._server.forget(member)
        if not self._socket.closed and not self._members:
            self._socket.expect()

    def _let_go(self, member: Member) -> None:
        """Nothing waits any more for the answer to a CONNECT that will not be given."""
        if member.held and not self._socket.closed:
            member.held = False
            self._socket.release()

    def _tell_parted(
        self, member: Member, reason: str, told: asyncio.Future[None] | None = None
    ) -> None:
        def done(_answer: Any, error: BaseException | None) -> None:
            self._server.forget(member)
            self._failed("disconnect", None, error)
            if told is not None and not told.done():
                told.set_result(None)

        call = self._server.handlers.call
        self._run(done, call, "disconnect", member.namespace, member.sid, reason)

    def _failed(self, event: str, _answer: Any, error: BaseException | None) -> None:
        failed(self._server.logger, event, error)


def _refusal(answer: Any, error: BaseException | None) -> Any:
    """What a client is told that may not come in; none when it may."""
    if error is None:
        return exceptions.ConnectionRefusedError().error_args if answer is False else None
    if isinstance(error, exceptions.ConnectionRefusedError):
        return error.error_args
    if isinstance(error, ConnectionRefusedError):
        return {"message": "Connection refused by server"}
    return exceptions.ConnectionRefusedError().error_args


def isawaitable(answer: Any) -> bool:
    """What `inspect.isawaitable` says, sooner for what it nearly always is."""
    return type(answer) is CoroutineType or inspect.isawaitable(answer)


def awaited(answer: Any) -> eager.Work:
    """A coroutine for anything that can be awaited."""
    return cast("eager.Work", answer) if type(answer) is CoroutineType else _await(answer)


async def _await(answer: Awaitable[Any]) -> Any:
    return await answer
