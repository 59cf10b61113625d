"""Frames of RFC 6455 inside a session, right and wrong."""

from tests.realtime.differential.steps import (
    ENTER,
    Connect,
    Cut,
    End,
    Script,
    Settle,
    Step,
    Wait,
    Write,
    binary,
    closing,
    script,
    send,
    text,
)
from tests.realtime.differential.wire.frames import CLOSE, CONTINUATION, PING, PONG, TEXT, Frame

ECHO = '42["echo"]'
BINARY_ECHO = '451-["echo",{"_placeholder":true,"num":0}]'

WELL = {
    "ping": (Frame(PING),),
    "ping with data": (Frame(PING, b"hello"),),
    "ping of 125 octets": (Frame(PING, b"x" * 125),),
    "pong unasked": (Frame(PONG, b"x"),),
    "text in fragments": (text('42["echo",', fin=False), Frame(CONTINUATION, b"1]")),
    "text in many fragments": (
        text("", fin=False),
        *(Frame(CONTINUATION, bytes([octet]), fin=False) for octet in b'42["echo","'),
        Frame(CONTINUATION, b'"]'),
    ),
    "letter split between fragments": (
        text(b'42["echo","\xc3', fin=False),
        Frame(CONTINUATION, b'\xa9"]'),
    ),
    "ping between fragments": (
        text('42["ec', fin=False),
        Frame(PING, b"x"),
        Frame(CONTINUATION, b'ho"]'),
    ),
    "bytes in fragments": (
        text(BINARY_ECHO),
        binary(b"\x01", fin=False),
        Frame(CONTINUATION, b"\x02"),
    ),
    "bytes that are empty": (text(BINARY_ECHO), binary(b"")),
    "two events in one write": (text('42["echo",1]'), text('42["echo",2]')),
    "126 octets": (text('42["echo","' + "x" * 113 + '"]'),),
    "70000 octets": (text('42["nothing","' + "x" * 70000 + '"]'),),
    "126 octets back": (text('42["echo","' + "x" * 114 + '"]'),),
    "65535 octets back": (text('42["echo","' + "x" * 65522 + '"]'),),
    "65536 octets back": (text('42["echo","' + "x" * 65523 + '"]'),),
    "300000 letters back": (text('42["echo","' + "é" * 300_000 + '"]'),),
    "300000 octets back": (text(BINARY_ECHO), binary(b"x" * 300_000)),
    "no mask to speak of": (Frame(TEXT, ECHO.encode(), mask=bytes(4)),),
    "record separator": (text('42["echo","a\x1e"]'),),
}

BADLY = {
    "bytes that nobody waits for": (binary(b"\x01"),),
    "empty text": (text(""),),
    "unknown type": (text("7"),),
    "letter": (text("x"),),
    "base64 of polling": (text(BINARY_ECHO), text("bAQID")),
    "base64 that nobody waits for": (text("bAQID"),),
    "noop": (text("6"), text(ECHO)),
    "open": (text("0"), text(ECHO)),
    "upgrade": (text("5"), text(ECHO)),
    "close": (text("1"), text(ECHO)),
    "close with data": (text("1abc"), text(ECHO)),
    "no UTF-8": (text(b'42["echo","\xff"]'),),
    "overlong UTF-8": (text(b'42["echo","\xc0\xaf"]'),),
    "surrogate in UTF-8": (text(b'42["echo","\xed\xa0\x80"]'),),
    "UTF-8 cut short": (text(b'42["echo","\xe2\x82'),),
    "UTF-8 wrong in the first fragment": (
        text(b"42\xff", fin=False),
        Frame(CONTINUATION, b'["echo"]'),
    ),
    "without a mask": (text(ECHO, masked=False),),
    "RSV1": (text(ECHO, rsv=4),),
    "RSV2": (text(ECHO, rsv=2),),
    "RSV3": (text(ECHO, rsv=1),),
    "RSV1 in a ping": (Frame(PING, rsv=4),),
    "opcode 3": (Frame(3, b"x"),),
    "opcode 11": (Frame(11, b"x"),),
    "continuation of nothing": (Frame(CONTINUATION, b"x"),),
    "text inside fragments": (text("42", fin=False), text(ECHO)),
    "bytes inside fragments": (text("42", fin=False), binary(b"x")),
    "ping in fragments": (Frame(PING, b"x", fin=False),),
    "ping of 126 octets": (Frame(PING, b"x" * 126),),
    "pong of 126 octets": (Frame(PONG, b"x" * 126),),
    "one octet too large": (text("4" + "x" * 1_000_000),),
    "fragments too large together": (
        text("4" + "x" * 600_000, fin=False),
        Frame(CONTINUATION, b"x" * 600_000),
    ),
}

LENGTHS = (1_000_001, 1 << 53, 1 << 63)
"""What a frame may announce; its octets never come."""

CLOSES = {
    "no code": closing(),
    "1000": closing(1000),
    "1000 with a reason": closing(1000, b"bye"),
    "1001": closing(1001),
    "1002": closing(1002),
    "1003": closing(1003),
    "1007": closing(1007),
    "1008": closing(1008),
    "1009": closing(1009),
    "1011": closing(1011),
    "1012": closing(1012),
    "1014": closing(1014),
    "3000": closing(3000),
    "4000": closing(4000),
    "4999": closing(4999),
    "0": closing(0),
    "999": closing(999),
    "1004": closing(1004),
    "1005": closing(1005),
    "1006": closing(1006),
    "1015": closing(1015),
    "1016": closing(1016),
    "2999": closing(2999),
    "5000": closing(5000),
    "65535": closing(65535),
    "half a code": Frame(CLOSE, b"\x03"),
    "a reason that is no UTF-8": closing(1000, b"\xff"),
    "a reason of 123 octets": closing(1000, b"x" * 123),
    "a reason of 124 octets": closing(1000, b"x" * 124),
}


def _pieces(octets: bytes, size: int) -> list[Step]:
    """Write after write, each of which the server has read before the next."""
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    return [step for piece in pieces for step in (Write(piece), Settle())]


SCRIPTS: list[Script] = [
    *(
        script(
            f"websocket: {name}",
            *ENTER,
            send(*frames),
            send('42["echo","end"]'),
            Wait('42["echo","end"]'),
        )
        for name, frames in WELL.items()
    ),
    *(
        script(
            f"websocket: badly, {name}",
            *ENTER,
            send(*frames),
            Settle(),
            send('42["echo","end"]'),
            Wait('42["echo","end"]'),
        )
        for name, frames in BADLY.items()
    ),
    *(
        script(
            f"websocket: {length} octets announced",
            *ENTER,
            send(Frame(TEXT, length=length)),
            Settle(),
        )
        for length in LENGTHS
    ),
    *(
        script(
            f"websocket: in pieces of {size}",
            *ENTER,
            *_pieces(text(ECHO).encode(), size),
            Wait(ECHO),
        )
        for size in (1, 2, 3, 6, 7)
    ),
    script(
        "websocket: a long frame in pieces",
        *ENTER,
        *_pieces(text('42["echo","' + "x" * 1000 + '"]').encode(), 300),
        Wait("42"),
    ),
    script(
        "websocket: a frame and a half",
        *ENTER,
        *_pieces((text('42["echo",1]').encode() + text('42["echo",2]').encode()), 24),
        Wait('42["echo",2'),
    ),
    script(
        "websocket: more fragments than anybody needs",
        *ENTER,
        Write(text("", fin=False).encode() + Frame(CONTINUATION, b"", fin=False).encode() * 16_400),
        Settle(),
    ),
    *(
        script(f"websocket: closed with {name}", *ENTER, send(frame), End())
        for name, frame in CLOSES.items()
    ),
    script(
        "websocket: as large as allowed",
        *ENTER,
        send("42" + '["nothing","' + "x" * 984 + '"]', ECHO),
        Wait("42"),
        house="small",
    ),
    script(
        "websocket: one octet more than allowed",
        *ENTER,
        send("42" + '["nothing","' + "x" * 985 + '"]', ECHO),
        Wait("42"),
        house="small",
    ),
    script(
        "websocket: letters count in octets",
        *ENTER,
        send("42" + '["nothing","' + "é" * 495 + '"]', ECHO),
        Wait("42"),
        house="small",
    ),
    script(
        "websocket: bytes as large as allowed",
        *ENTER,
        send(BINARY_ECHO, b"x" * 1000, ECHO),
        Wait(ECHO),
        house="small",
    ),
    script(
        "websocket: bytes larger than allowed",
        *ENTER,
        send(BINARY_ECHO, b"x" * 1001, ECHO),
        Wait(ECHO),
        house="small",
    ),
    script("websocket: events behind a close", *ENTER, send(closing(1000), ECHO), End()),
    script("websocket: events before a close", *ENTER, send(ECHO, closing(1000)), End()),
    script("websocket: our half closed", *ENTER, send(ECHO), Wait(ECHO), Cut(half=True), End()),
    script(
        "websocket: half closed within a frame",
        *ENTER,
        send(Frame(TEXT, b"42", length=20)),
        Cut(half=True),
        End(),
    ),
    script("websocket: closed before any namespace", Connect(), send(closing(1000)), End()),
    script("websocket: bad before any namespace", Connect(), send("42{"), End()),
    script("websocket: bytes before any namespace", Connect(), send(b"\x01"), End()),
    script(
        "websocket: base64 wanted",
        Connect("EIO=4&transport=websocket&b64=1"),
        send("40"),
        Wait("40"),
        send('42["bytes"]'),
        Wait("45"),
        Settle(),
    ),
    script("websocket: bytes to the client", *ENTER, send('42["bytes"]'), Wait("45"), Settle()),
]
