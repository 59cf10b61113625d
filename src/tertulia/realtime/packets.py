"""Socket.IO packets, protocol 5.

Source: the Socket.IO protocol, revision 5 (socket.io documentation).
"""

import json as stdlib_json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from json import encoder
from typing import Any, Protocol, cast

from tertulia.realtime.engine.packets import MESSAGE, Malformed, Parcel

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)

RESERVED = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Names of events that no client may send."""

MOST_ID = 1 << 53
"""Acknowledgement ids beyond are no integers in JavaScript."""

_HEAD = re.compile(r"(?:([0-9]{1,10})-)?(/[^,]*,?)?([0-9]{0,16})")
_ABSENT: Any = object()
_PLAIN_EVENT = f"{EVENT}["
"""How nearly every packet begins."""


class Json(Protocol):
    """A JSON module."""

    def dumps(self, obj: Any, **options: Any) -> str:
        """Encode."""
        ...

    def loads(self, s: str, **options: Any) -> Any:
        """Decode. Raises `ValueError`."""
        ...


class RawJSON(bytes):
    """JSON that is encoded already: sent as it is, as the one argument of an event or an acknowledgement."""


_ONE = frozenset({str, RawJSON})
"""What is one argument and holds no bytes: most events carry one of these."""


EVENT_HEAD = re.compile(r'2(?:(?P<namespace>/[^,"\[]*),)?(?P<id>[0-9]{0,15})\["(?P<name>[^"\\]*)"')
"""The beginning of an event without attachments: its name is known before its arguments are read."""


@dataclass(slots=True)
class Packet:
    """A packet of a client. `data` is absent (`None`) or what its type carries."""

    kind: int
    namespace: str = "/"
    id: int | None = None
    data: Any = None
    attachments: int = 0
    received: list[bytes] = field(default_factory=list[bytes])


# --- encoding ---------------------------------------------------------------------------------------


class _Strict:
    """JSON as JavaScript reads and writes it: no spaces, no NaN."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        if type(obj) is str:
            text = encoder.encode_basestring(obj)
        else:
            try:
                text = _encode(obj)
            except ValueError:
                text = _encode(_finite(obj))
        return text if text.isascii() or _is_unicode(text) else _encode_ascii(_finite(obj))

    def loads(self, s: str, **_options: Any) -> Any:
        return _decode(s)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def json_encoder(quoted: Callable[[str], str], *, ascii_only: bool) -> Callable[[Any], str]:
    """`JSONEncoder.encode` with the encoder made once, where there is one in C."""
    options: dict[str, Any] = {"separators": (",", ":"), "check_circular": False}
    slow = stdlib_json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False, **options)
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return slow.encode
    fast = make(None, slow.default, quoted, None, ":", ",", False, False, False)
    return lambda obj: "".join(fast(obj, 0))


_encode = json_encoder(encoder.encode_basestring, ascii_only=False)
_encode_ascii = json_encoder(encoder.encode_basestring_ascii, ascii_only=True)
_decode = stdlib_json.JSONDecoder(parse_constant=_no_constant).decode

STRICT: Json = _Strict()
"""What a server uses unless it is given another module."""


def _finite(obj: Any) -> Any:
    """The same with `None` for numbers that JSON does not have, as JavaScript does it."""
    if isinstance(obj, float):
        return obj if math.isfinite(obj) else None
    return _mapped(obj, _finite)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def event(name: str, arguments: Any, *, id_: int | None, namespace: str, json: Json) -> Parcel:
    """An event; a tuple is several arguments, `None` none."""
    if id_ is None and type(arguments) in _ONE:
        raw = type(arguments) is RawJSON
        text = arguments.decode() if raw else json.dumps(arguments)
        return Parcel(f"{MESSAGE}{EVENT}{_prefix(namespace)}[{_quoted(name, json)},{text}]")
    return _encoded((EVENT, BINARY_EVENT), [name, *listed(arguments)], id_, namespace, json)


@lru_cache(maxsize=1024)
def _quoted(name: str, json: Json) -> str:
    return json.dumps(name)


def ack(arguments: Any, id_: int, namespace: str, json: Json) -> Parcel:
    """An acknowledgement; a tuple is several arguments, `None` none."""
    if type(arguments) is RawJSON:
        return Parcel(f"{MESSAGE}{ACK}{_prefix(namespace)}{id_}[{arguments.decode()}]")
    return _encoded((ACK, BINARY_ACK), listed(arguments), id_, namespace, json)


def control(kind: int, namespace: str, data: Any = None, json: Json = STRICT) -> Parcel:
    """A packet that opens or closes a namespace."""
    text = "" if data is None else json.dumps(data, separators=(",", ":"))
    return Parcel(f"{MESSAGE}{kind}{_prefix(namespace)}{text}")


def listed(arguments: Any) -> list[Any]:
    """The arguments of an event, as python-socketio takes them."""
    if isinstance(arguments, tuple):
        return list(cast("tuple[Any, ...]", arguments))
    return [] if arguments is None else [arguments]


def _prefix(namespace: str) -> str:
    return "" if namespace == "/" else namespace + ","


def _encoded(
    kinds: tuple[int, int], data: list[Any], id_: int | None, namespace: str, json: Json
) -> Parcel:
    attachments: list[bytes] = []
    try:
        text = json.dumps(data, separators=(",", ":"))
    except TypeError:
        data = [_taken_out(it, attachments) for it in data]
        text = json.dumps(data, separators=(",", ":"))
    kind = f"{kinds[1]}{len(attachments)}-" if attachments else str(kinds[0])
    number = "" if id_ is None else str(id_)
    return Parcel(f"{MESSAGE}{kind}{_prefix(namespace)}{number}{text}", *attachments)


def _taken_out(obj: Any, attachments: list[bytes]) -> Any:
    """The same with placeholders for its bytes, which are put with the attachments."""
    if isinstance(obj, RawJSON):
        return stdlib_json.loads(obj)
    if isinstance(obj, bytes | bytearray | memoryview):
        attachments.append(bytes(cast("bytes", obj)))
        return {"_placeholder": True, "num": len(attachments) - 1}
    return _mapped(obj, lambda value: _taken_out(value, attachments))


# --- decoding ---------------------------------------------------------------------------------------


def decode(text: str, json: Json, most_attachments: int) -> Packet:
    """A packet of a client; its attachments, if it has some, are to follow. Raises `Malformed`."""
    if text[:2] == _PLAIN_EVENT:
        data = _loaded(text[1:], json)
        if not _is_event(data):
            raise Malformed("no event")
        return Packet(EVENT, "/", None, data)
    kind = ord(text[0]) - 48 if text else -1
    if not 0 <= kind <= BINARY_ACK or kind == CONNECT_ERROR:
        raise Malformed("no packet of a client")
    head = cast("re.Match[str]", _HEAD.match(text, 1))  # every part is optional
    count, namespace, number = head.groups()
    packet = Packet(kind)
    if namespace:
        packet.namespace = namespace.rstrip(",") if namespace.endswith(",") else namespace
    if number:
        packet.id = int(number)
    if packet.id is not None and packet.id >= MOST_ID:
        raise Malformed("an id that is no integer")
    rest = text[head.end() :]
    packet.data = _loaded(rest, json) if rest else _ABSENT
    packet.attachments = _count(kind, count, most_attachments)
    _check(packet)
    return packet


def attach(packet: Packet, data: bytes) -> bool:
    """Add an attachment; true when the packet is complete. Raises `Malformed`."""
    packet.received.append(data)
    if len(packet.received) < packet.attachments:
        return False
    packet.data = _put_in(packet.data, packet.received)
    return True


def _loaded(text: str, json: Json) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error


def _count(kind: int, count: str | None, most: int) -> int:
    if (count is None) != (kind not in {BINARY_EVENT, BINARY_ACK}):
        raise Malformed("a count of attachments in the wrong place")
    if count is None:
        return 0
    if not 1 <= int(count) <= most:
        raise Malformed("a wrong number of attachments")
    return int(count)


def _check(packet: Packet) -> None:
    """Whether the data is what the type carries; absent data becomes what it stands for."""
    kind, data = packet.kind, packet.data
    if kind == CONNECT:
        right = data is _ABSENT or isinstance(data, dict)
    elif kind == DISCONNECT:
        right = data is _ABSENT
    elif kind in {EVENT, BINARY_EVENT}:
        right = data is _ABSENT or _is_event(data)
    else:
        right = data is _ABSENT or isinstance(data, list)
    if not right or (packet.attachments and data is _ABSENT):
        raise Malformed("data that the type of packet does not have")
    if data is _ABSENT:
        packet.data = None if kind in {CONNECT, DISCONNECT} else []


def _is_event(data: Any) -> bool:
    if not isinstance(data, list) or not data:
        return False
    name = cast("list[Any]", data)[0]
    if isinstance(name, str):
        return name not in RESERVED
    return isinstance(name, int | float) and not isinstance(name, bool)


def _put_in(obj: Any, attachments: list[bytes]) -> Any:
    """The same with the attachments in place of their placeholders."""
    if not isinstance(obj, dict) or cast("dict[str, Any]", obj).get("_placeholder") is not True:
        return _mapped(obj, lambda value: _put_in(value, attachments))
    number: Any = cast("dict[str, Any]", obj).get("num")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if type(number) is not int or not 0 <= number < len(attachments):
        raise Malformed("a placeholder for nothing")
    return attachments[number]


def _mapped(obj: Any, change: Callable[[Any], Any]) -> Any:
    """The same with what it holds changed."""
    if isinstance(obj, dict):
        return {key: change(value) for key, value in cast("dict[Any, Any]", obj).items()}
    if isinstance(obj, list | tuple):
        return [change(value) for value in cast("list[Any]", obj)]
    return obj
