"""The first request of a session, right and wrong."""

from tests.realtime.differential.steps import (
    ENTER,
    HANDSHAKE,
    OPEN,
    POLL,
    UPGRADE,
    WEBSOCKET,
    Connect,
    End,
    Request,
    Script,
    Settle,
    Wait,
    closing,
    get,
    later,
    post,
    script,
    send,
    text,
)
from tests.realtime.differential.wire.frames import PING, Frame

QUERIES = {
    "without EIO": "transport=polling",
    "EIO=3": "EIO=3&transport=polling",
    "EIO=5": "EIO=5&transport=polling",
    "EIO=04": "EIO=04&transport=polling",
    "EIO=4 twice": "EIO=4&EIO=4&transport=polling",
    "EIO=3 then 4": "EIO=3&EIO=4&transport=polling",
    "EIO=4 then 3": "EIO=4&EIO=3&transport=polling",
    "empty EIO": "EIO=&transport=polling",
    "EIO in lower case": "eio=4&transport=polling",
    "without transport": "EIO=4",
    "without anything": "",
    "unknown transport": "EIO=4&transport=carrier-pigeon",
    "transport in upper case": "EIO=4&transport=POLLING",
    "transport twice": "EIO=4&transport=websocket&transport=polling",
    "transport of a prototype": "EIO=4&transport=__proto__",
    "transport constructor": "EIO=4&transport=constructor",
    "WebTransport": "EIO=4&transport=webtransport",
    "websocket without an upgrade": WEBSOCKET,
    "unknown session": "EIO=4&transport=polling&sid=abc",
    "empty session": "EIO=4&transport=polling&sid=",
    "session of a prototype": "EIO=4&transport=polling&sid=__proto__",
    "session twice": "EIO=4&transport=polling&sid=abc&sid=",
    "unknown transport and session": "EIO=4&transport=pigeon&sid=abc",
    "unknown session, wrong EIO": "EIO=3&transport=polling&sid=abc",
    "base64": "EIO=4&transport=polling&b64=1",
    "time stamp": "EIO=4&transport=polling&t=abc",
    "encoded": "E%49O=%34&transport=polli%6Eg",
    "semicolons": "EIO=4;transport=polling",
    "odd parameters": "EIO=4&transport=polling&x=%ff%zz&=&&y",
}

QUERIES_OF_WEBSOCKETS = {
    "without EIO": "transport=websocket",
    "EIO=3": "EIO=3&transport=websocket",
    "unknown transport": "EIO=4&transport=pigeon",
    "without transport": "EIO=4",
    "transport polling": OPEN,
    "unknown session": "EIO=4&transport=websocket&sid=abc",
    "unknown session, transport polling": "EIO=4&transport=polling&sid=abc",
    "empty session": "EIO=4&transport=websocket&sid=",
    "base64": "EIO=4&transport=websocket&b64=1",
    "JSONP": "EIO=4&transport=websocket&j=0",
}

UPGRADES = {
    "without a key": (("Sec-WebSocket-Key", ""),),
    "short key": (("Sec-WebSocket-Key", "c2hvcnQ="),),
    "without a version": (("Sec-WebSocket-Version", ""),),
    "version 8": (("Sec-WebSocket-Version", "8"),),
    "version 12": (("Sec-WebSocket-Version", "12"),),
    "deflate offered": (("Sec-WebSocket-Extensions", "permessage-deflate"),),
    "protocols offered": (("Sec-WebSocket-Protocol", "chat, superchat"),),
    "upgrade in capitals": (("Upgrade", "WebSocket"),),
    "connection with more": (("Connection", "keep-alive, Upgrade"),),
}

METHODS = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND")

SCRIPTS: list[Script] = [
    *(script(f"handshake: {name}", get(query)) for name, query in QUERIES.items()),
    *(
        script(f"handshake: websocket {name}", Connect(query), Settle())
        for name, query in QUERIES_OF_WEBSOCKETS.items()
    ),
    *(
        script(f"handshake: websocket {name}", Connect(headers=headers), Settle())
        for name, headers in UPGRADES.items()
    ),
    *(script(f"handshake: {method}", Request(method, OPEN)) for method in METHODS),
    *(
        script(
            f"handshake: {method} in a session", HANDSHAKE, Request(method, POLL), post("40"), get()
        )
        for method in METHODS
        if method != "POST"
    ),
    script("handshake: POST with a body", post("40", query=OPEN)),
    script("handshake: JSONP", get(f"{OPEN}&j=0")),
    script("handshake: polling answers", HANDSHAKE),
    script("handshake: websocket answers", Connect(), Wait("0")),
    script("handshake: two sessions are two", HANDSHAKE, HANDSHAKE, post("40"), get()),
    script(
        "handshake: session of another protocol", HANDSHAKE, get("EIO=3&transport=polling&sid=$sid")
    ),
    script("handshake: session without EIO", HANDSHAKE, get("transport=polling&sid=$sid")),
    script("handshake: polling session asked by websocket", HANDSHAKE, get(UPGRADE)),
    script("handshake: polling for a websocket", *ENTER, get(), send('42["echo"]'), Wait("42")),
    script(
        "handshake: websocket session asked by a request",
        *ENTER,
        later(get(UPGRADE), "asked"),
        Settle(),
    ),
    script("handshake: posting to a websocket", *ENTER, post('42["echo"]')),
    *(
        script(f"handshake: websocket by {method}", Connect(method=method), Settle())
        for method in ("POST", "HEAD", "DELETE")
    ),
    script(
        "handshake: websocket speaks before it is answered",
        Connect(early=(text("40"), Frame(PING, b"x"))),
        Wait("0"),
        Settle(),
    ),
    script(
        "handshake: websocket closes before it is answered",
        Connect(early=(closing(1000),)),
        Settle(),
    ),
    script(
        "handshake: websocket errs before it is answered",
        Connect(early=(text("x", rsv=1),)),
        Settle(),
    ),
    script(
        "handshake: websocket for a websocket",
        *ENTER,
        Connect(UPGRADE, name="second"),
        End("second"),
        send('42["echo"]'),
        Wait("42"),
        house="hasty",
    ),
    script("handshake: only websockets, polling", get(OPEN), house="websocket"),
    script("handshake: only websockets", Connect(), Wait("0"), house="websocket"),
    script("handshake: only polling, websocket", Connect(), Settle(), house="polling"),
    script("handshake: only polling", HANDSHAKE, house="polling"),
    script("handshake: no upgrades", HANDSHAKE, house="settled"),
    script("handshake: cookie", HANDSHAKE, post("40"), get(), house="cookie"),
    script("handshake: cookie of a websocket", Connect(), Wait("0"), house="cookie"),
    script("handshake: path without its slash", Request("GET", OPEN, path="/socket.io")),
    script("handshake: path with more", Request("GET", OPEN, path="/socket.io/more")),
    script("handshake: path of a neighbour", Request("GET", OPEN, path="/socket.iox/")),
    script("handshake: websocket on a path with more", Connect(path="/socket.io/more"), Settle()),
    script("handshake: connect in time", HANDSHAKE, get(), house="hasty"),
    script("handshake: websocket connects in time", Connect(), End(), house="hasty"),
    script(
        "handshake: refused does not count as connected",
        Connect(),
        send("40/admin,"),
        Wait("44"),
        End(),
        house="hasty",
    ),
    script("handshake: connected in time stays", *ENTER, send("41"), Settle(), house="hasty"),
]
