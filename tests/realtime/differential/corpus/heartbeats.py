"""Pings of the server, pongs of the client, and what happens without them."""

from tests.realtime.differential.steps import (
    ENTER,
    HANDSHAKE,
    Connect,
    End,
    Poll,
    Script,
    Settle,
    Wait,
    closing,
    get,
    post,
    script,
    send,
)

QUICK = "quick"
BYE = (closing(1000),)
"""Said before the next ping can come."""

SCRIPTS: list[Script] = [
    script(
        "heartbeat: websocket",
        *ENTER,
        Wait("2"),
        send("3"),
        Wait("2"),
        send("3", *BYE),
        End(),
        house=QUICK,
    ),
    script(
        "heartbeat: before any namespace",
        Connect(),
        Wait("2"),
        send("3"),
        Wait("2"),
        send(*BYE),
        End(),
        house=QUICK,
    ),
    script("heartbeat: websocket that is silent", *ENTER, End(), house=QUICK),
    script("heartbeat: polling", HANDSHAKE, get(), post("3"), get(), post("3"), house=QUICK),
    script("heartbeat: polling that is silent", HANDSHAKE, get(), get(), get(), house=QUICK),
    script("heartbeat: polling that never polls", HANDSHAKE, post("40"), Poll("1"), house=QUICK),
    script("heartbeat: ping of the client", *ENTER, send("2"), End()),
    script("heartbeat: probe of the client", *ENTER, send("2probe"), End()),
    script("heartbeat: ping of a polling client", HANDSHAKE, post("2"), get()),
    script(
        "heartbeat: ping with a poll waiting",
        HANDSHAKE,
        get(name="poll", later=True),
        Settle(),
        post("2"),
    ),
    script("heartbeat: pong unasked", *ENTER, send("3", "3", '42["echo"]'), Wait("42")),
    script("heartbeat: pong with data", *ENTER, send("3probe", '42["echo"]'), Wait("42")),
    script("heartbeat: pong of a polling client with data", HANDSHAKE, post("3probe\x1e40"), get()),
    script(
        "heartbeat: pong with data counts",
        *ENTER,
        Wait("2"),
        send("3data"),
        Wait("2"),
        send(*BYE),
        End(),
        house=QUICK,
    ),
]
