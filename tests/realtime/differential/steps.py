"""The steps that a script is made of.

Texts may hold `$sid`, `$sid2`… (what the first, second… handshake of the script answered), `$ack` (the id of the
last event that wants an acknowledgement) and `$room` (a name that no other script has).
"""

from dataclasses import dataclass, replace

from tests.realtime.differential.wire.frames import BINARY, CLOSE, TEXT, Frame

OPEN = "EIO=4&transport=polling"
POLL = "EIO=4&transport=polling&sid=$sid"
WEBSOCKET = "EIO=4&transport=websocket"
UPGRADE = "EIO=4&transport=websocket&sid=$sid"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """Send a request and wait for its reply, which is recorded under `name`.

    With `later`, the reply is waited for by `Reply(name)` or at the end of the script. Requests with the same `line`
    share a connection that is kept open.
    """

    method: str = "GET"
    query: str = POLL
    body: str | bytes | None = None
    headers: Headers = ()
    name: str = ""
    later: bool = False
    chunked: bool = False
    path: str = "/socket.io/"
    line: str = ""


@dataclass(frozen=True)
class Reply:
    """Wait for the reply to a request that was sent before."""

    name: str


@dataclass(frozen=True)
class Abandon:
    """Cut the connection of a request that has no reply yet."""

    name: str


@dataclass(frozen=True)
class Poll:
    """Poll until a packet begins with `until` or the session ends; records packets, however they were grouped."""

    until: str
    name: str = "polled"
    query: str = POLL
    path: str = "/socket.io/"


@dataclass(frozen=True)
class Connect:
    """Open a WebSocket; the frames in `early` are sent with the request."""

    query: str = WEBSOCKET
    headers: Headers = ()
    name: str = "ws"
    path: str = "/socket.io/"
    method: str = "GET"
    early: tuple[Frame, ...] = ()


@dataclass(frozen=True)
class Send:
    """Send frames on a WebSocket in one write; a text is a text frame, bytes are a binary one."""

    frames: tuple[str | bytes | Frame, ...]
    name: str = "ws"


@dataclass(frozen=True)
class Write:
    """Send octets on a WebSocket that are no whole frame."""

    octets: bytes
    name: str = "ws"


@dataclass(frozen=True)
class Wait:
    """Wait for a text that begins with `until`, or for the end of the WebSocket."""

    until: str
    name: str = "ws"


@dataclass(frozen=True)
class End:
    """Wait for the end of the WebSocket, whoever brings it about."""

    name: str = "ws"


@dataclass(frozen=True)
class Cut:
    """Cut the TCP connection of a WebSocket: both ways, or only ours."""

    name: str = "ws"
    half: bool = False


@dataclass(frozen=True)
class Settle:
    """Wait until the server has seen and answered all that was sent before."""


Step = Request | Reply | Abandon | Poll | Connect | Send | Write | Wait | End | Cut | Settle


@dataclass(frozen=True)
class Script:
    """Steps under a name, played against one of the houses."""

    name: str
    steps: tuple[Step, ...]
    house: str = "plain"


def script(name: str, *steps: Step, house: str = "plain") -> Script:
    return Script(name, steps, house)


def get(
    query: str = POLL, *, headers: Headers = (), name: str = "", later: bool = False
) -> Request:
    return Request(query=query, headers=headers, name=name, later=later)


def post(
    body: str | bytes,
    *,
    query: str = POLL,
    headers: Headers = (("Content-Type", "text/plain;charset=UTF-8"),),
    name: str = "",
    later: bool = False,
    chunked: bool = False,
) -> Request:
    return Request("POST", query, body, headers, name, later, chunked)


def later(request: Request, name: str) -> Request:
    return replace(request, name=name, later=True)


def send(*frames: str | bytes | Frame, name: str = "ws") -> Send:
    return Send(frames, name)


def text(payload: str | bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True) -> Frame:
    data = payload.encode() if isinstance(payload, str) else payload
    return Frame(TEXT, data, fin, rsv, masked)


def binary(payload: bytes, *, fin: bool = True) -> Frame:
    return Frame(BINARY, payload, fin)


def closing(code: int | None = None, reason: bytes = b"") -> Frame:
    return Frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


HANDSHAKE = get(OPEN)
"""A session on long-polling, `$sid`."""

ENTER = (Connect(), send("40"), Wait("40"))
"""A WebSocket in the namespace `/`."""

ENTER_POLLING = (HANDSHAKE, post("40"), get())
"""A session on long-polling in the namespace `/`."""
