"""Where the engine differs from the reference implementation on purpose, and what it does instead."""

from tests.realtime.differential.difference import Difference, Table, error, instead
from tests.realtime.differential.player import Said

CLOSED = {"ws": ["(close 1005)"]}
END = '42["echo","end"]'

HANDSHAKES: Table = {
    **instead(
        "The reference never answers.",
        error(400, 3, "Bad request", "asked"),
        "handshake: websocket session asked by a request",
    ),
    **instead(
        "A refused WebSocket is told what any other request is, and before it is opened.",
        error(400, 5, "Unsupported protocol version"),
        "handshake: websocket without EIO",
        "handshake: websocket EIO=3",
    ),
    **instead(
        "A refused WebSocket is told what any other request is.",
        error(400, 0, "Transport unknown"),
        "handshake: websocket unknown transport",
        "handshake: websocket without transport",
    ),
    **instead(
        "A refused WebSocket is told what any other request is.",
        error(400, 1, "Session ID unknown"),
        "handshake: websocket unknown session",
        "handshake: websocket unknown session, transport polling",
    ),
    **instead(
        "The reference opens a WebSocket only to close it.",
        error(400, 3, "Bad request"),
        "handshake: websocket transport polling",
    ),
    **instead("There is no JSONP.", error(400, 3, "Bad request"), "handshake: websocket JSONP"),
    **instead("There is no JSONP.", error(400, 3, "Bad request", "1 GET"), "handshake: JSONP"),
    **instead(
        "With a slash or without, as python-socketio takes it.",
        {
            "1 GET": [
                "200; cache-control: no-store; content-type: text/plain; charset=UTF-8",
                '0{"sid":"<sid1>","upgrades":["websocket"],"pingInterval":25000,'
                '"pingTimeout":20000,"maxPayload":1000000}',
            ]
        },
        "handshake: path without its slash",
    ),
}


def _not_allowed(channel: str) -> Said:
    return {channel: ["405; allow: GET, POST", ""]}


METHODS: Table = {
    name: Difference("405 is the word for it.", _not_allowed(f"{number} {method}"))
    for number, method, name in (
        *(
            (2, method, f"handshake: {method} in a session")
            for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
        ),
        (5, "PUT", "polling: errors leave the connection alone"),
    )
}

QUIRKS: Table = {
    **instead(
        "White space is no number, as it is in JavaScript.",
        {"ws": [END, "(open)"]},
        "events: white space",
        "events: tab and line ends",
    ),
    **instead(
        "White space is no number, as it is in JavaScript.",
        CLOSED,
        "namespaces: with line ends",
        "namespaces: space",
        "events: byte order mark",
        "events: id space before",
        "events: id spaces inside",
        "attachments: count with white space",
    ),
    **instead(
        "Numbers are written in digits.",
        CLOSED,
        "attachments: count with an exponent",
        "attachments: count in hex",
        "attachments: count with a fraction",
        "attachments: count with a plus",
        "attachments: num a float",
    ),
    **instead(
        "An id that JavaScript could not keep apart from its neighbour is none.",
        CLOSED,
        "namespaces: with an object behind a big number",
        "events: id 2^53",
        "events: id a hundred digits",
        "events: id four hundred digits",
        "events: id ten thousand digits",
        "events: answer huge id",
    ),
    **instead(
        "Without data there is nothing that attachments could belong to.",
        CLOSED,
        "attachments: of nothing",
        "attachments: of an answer without data",
    ),
    **instead("Python reads no number of more than 4300 digits.", CLOSED, "events: many digits"),
}

IN_ORDER = (
    "Packets take effect in the order in which they come. "
    "The reference reads all that came at once before it acts on the first."
)
ORDER: Table = {
    **instead(
        IN_ORDER,
        {"ws": ['40{"sid":"<sid2>"}', END, "(open)"]},
        "namespaces: event right behind",
    ),
    **instead(
        IN_ORDER,
        {"ws": ['40{"sid":"<sid2>"}', "(open)"]},
        "namespaces: disconnect right behind",
    ),
    **instead(
        IN_ORDER,
        {"3 GET": ['40{"sid":"<sid2>"}', END]},
        "namespaces: polling, event right behind",
    ),
    **instead(
        IN_ORDER,
        {"ws": ['40{"sid":"<sid3>"}', "(open)"]},
        "namespaces: leave and come back in one go",
    ),
    **instead(
        IN_ORDER,
        CLOSED,
        "namespaces: twice at once",
        "namespaces: leave and speak in one go",
        "namespaces: kicked and speaking",
    ),
    **instead(IN_ORDER, {"ws": ['42["echo"]', "(open)"]}, "namespaces: speak and leave in one go"),
    **instead(
        IN_ORDER,
        {"polled": ['42["echo",1]', "1"]},
        "polling: body bad packet of Socket.IO",
    ),
    **instead(
        IN_ORDER,
        {"waiting": ['42["echo",1]', "1"]},
        "polling: body bad packet of Socket.IO, a poll waiting",
    ),
    **instead(
        IN_ORDER,
        {"ws": ['451-["echo",{"_placeholder":true,"num":0}]', "<01>", "(close 1005)"]},
        "attachments: one too many",
    ),
    **instead(
        IN_ORDER,
        {"ws": ['451-["echo",{"_placeholder":true,"num":0}]', "<01>", "(open)"]},
        "attachments: leave behind them",
    ),
}

UPGRADES: Table = instead(
    "The session goes on, so the last poll does not say that it ends.",
    {"waiting": ["6"]},
    "upgrade: a poll waits at the end",
)

UPGRADES |= instead(
    "A session that ends wants no other transport.",
    CLOSED,
    "upgrade: bad event before the probe",
)

UNKNOWN = ["400; content-type: application/json", '{"code":1,"message":"Session ID unknown"}']
LIMITS: Table = {
    name: Difference("Who passes a limit is closed.", {first: UNKNOWN, second: UNKNOWN})
    for name, first, second in (
        ("polling: one octet more", "5 POST", "polled"),
        ("polling: many octets more", "5 POST", "polled"),
        ("polling: too many octets in chunks", "5 POST", "6 GET"),
        ("polling: letters count in octets", "5 POST", "6 GET"),
        ("polling: too large a body, then more on the connection", "3 POST", "4 GET"),
    )
}
LAST = "A session ends in the reply that brings its last packets; in the reference, in one more that brings nothing."
ENGINE: Table = {
    **instead(
        "JSON is read as engineio reads it.",
        {"ws": ["4x", "4end", "(open)"]},
        "engine: JSON text by websocket",
    ),
    **instead(
        "JSON is read as engineio reads it.",
        {"polled": ["4x", "4end"]},
        "engine: JSON text by polling",
    ),
    **instead(LAST, {"polled": ["43", "1"]}, "engine: messages before it closes, polling"),
    **instead(
        LAST,
        {"4 GET": ['40{"sid":"<sid2>"}', "1"], "5 GET": UNKNOWN},
        "polling: bad packet behind a reply that nobody fetched",
    ),
}

LIMITS |= instead(
    "ASGI cannot cut a request: it is answered when all of it has come.",
    {"slow": ["(no reply)"]},
    "polling: two posts at once",
    "polling: two posts at once, a poll waiting",
)

OUTDATED: Table = instead(
    "Those browsers know no WebSockets.",
    {
        "1 GET": [
            "200; cache-control: no-store; content-type: text/plain; charset=UTF-8",
            '0{"sid":"<sid1>","upgrades":["websocket"],"pingInterval":25000,'
            '"pingTimeout":20000,"maxPayload":1000000}',
        ]
    },
    "polling: Internet Explorer",
    "polling: Trident",
)

EARLY: Table = {
    name: Difference(
        "Uvicorn drops what comes with the request; RFC 6455 (4.1) has a client wait for the reply.",
        {
            "ws": [
                '0{"sid":"<sid1>","upgrades":[],"pingInterval":25000,'
                '"pingTimeout":20000,"maxPayload":1000000}',
                "(open)",
            ]
        },
    )
    for name in (
        "handshake: websocket speaks before it is answered",
        "handshake: websocket closes before it is answered",
        "handshake: websocket errs before it is answered",
    )
}

FOREIGN: Table = {
    f"cors: {origin} origin, picky house{transport}": Difference(
        "An origin that is not allowed is refused, not only ignored by its browser.",
        error(403, 4, "Forbidden", channel),
    )
    for origin in ("same", "other", "null")
    for transport, channel in (("", "1 GET"), (", websocket", "ws"))
}

FOREIGN |= instead(
    "An origin that is not allowed is refused.",
    {
        "1 OPTIONS": [
            "403; access-control-allow-headers: x-one, x-two; "
            "access-control-allow-methods: OPTIONS, GET, POST; content-type: application/json",
            '{"code":4,"message":"Forbidden"}',
        ]
    },
    "cors: preflight, other origin, picky house",
)

CORS: Table = {
    **dict.fromkeys(
        (
            "cors: preflight, first origin, open house",
            "cors: preflight, first origin, picky house",
            "cors: preflight, other origin, open house",
            "cors: preflight of nothing in particular",
            "cors: preflight in a session",
        ),
        Difference(
            "What is not served is not allowed, and no cache on the way keeps a preflight.",
            swapped={
                "GET,HEAD,PUT,PATCH,POST,DELETE": "OPTIONS, GET, POST",
                "Origin, Access-Control-Request-Headers": "Origin",
            },
        ),
    ),
    **dict.fromkeys(
        ("cors: no origin, open house", "cors: no origin, picky house"),
        Difference(
            "Without an origin there is nothing to allow, and replies are not stored.",
            swapped={"access-control-allow-credentials: true; ": "", "; vary: Origin": ""},
        ),
    ),
}


def _not_opened(why: str, status: str = "400") -> Said:
    opened = f"Failed to open a WebSocket connection: {why}.\n"
    return {"ws": [f"{status}; content-type: text/plain; charset=utf-8", opened]}


MALFORMED: Table = {
    f"handshake: websocket {name}": Difference(
        "The words are those of the library that reads the handshake.", _not_opened(why)
    )
    for name, why in {
        "without a key": "missing Sec-WebSocket-Key header",
        "short key": "invalid Sec-WebSocket-Key header: c2hvcnQ=",
        "without a version": "missing Sec-WebSocket-Version header",
        "version 12": "invalid Sec-WebSocket-Version header: 12",
    }.items()
}
MALFORMED |= {
    f"handshake: websocket by {method}": Difference(
        "405 is the word for it.",
        _not_opened(f"unsupported HTTP method: {method}", "405; allow: GET"),
    )
    for method in ("POST", "HEAD", "DELETE")
}
MALFORMED |= instead(
    "Version 8 was a draft.",
    _not_opened("invalid Sec-WebSocket-Version header: 8"),
    "handshake: websocket version 8",
)

DELIBERATE: Table = {
    **HANDSHAKES,
    **MALFORMED,
    **METHODS,
    **QUIRKS,
    **ORDER,
    **UPGRADES,
    **LIMITS,
    **OUTDATED,
    **EARLY,
    **FOREIGN,
    **CORS,
    **ENGINE,
}
