"""Long-polling: bodies, overlaps, limits, content types."""

from dataclasses import replace

from tests.realtime.differential.steps import (
    ENTER_POLLING,
    HANDSHAKE,
    OPEN,
    POLL,
    Abandon,
    Poll,
    Reply,
    Request,
    Script,
    Settle,
    get,
    post,
    script,
)

WAITING = (*ENTER_POLLING, get(name="waiting", later=True), Settle())
"""In the namespace, with a poll that waits."""

BODIES: dict[str, str | bytes] = {
    "empty": "",
    "one event": '42["echo",1]',
    "two events": '42["echo",1]\x1e42["echo",2]',
    "noop": '6\x1e42["echo"]',
    "noop with data": '6abc\x1e42["echo"]',
    "upgrade": '5\x1e42["echo"]',
    "open": '0\x1e42["echo"]',
    "open with data": '0{"sid":"x"}\x1e42["echo"]',
    "unknown type": '42["echo",1]\x1e7\x1e42["echo",2]',
    "unknown letter": '42["echo",1]\x1ex\x1e42["echo",2]',
    "separator first": '\x1e42["echo"]',
    "separator last": '42["echo"]\x1e',
    "separators": "\x1e\x1e",
    "bad packet of Socket.IO": '42["echo",1]\x1e42{\x1e42["echo",2]',
    "empty message": '4\x1e42["echo"]',
    "close": "1",
    "close with data": "1abc",
    "close between": '42["echo",1]\x1e1\x1e42["echo",2]',
    "binary event": '451-["echo",{"_placeholder":true,"num":0}]\x1ebAQID',
    "binary without padding": '451-["echo",{"_placeholder":true,"num":0}]\x1ebAQI',
    "binary for URLs": '451-["echo",{"_placeholder":true,"num":0}]\x1eb-_-_',
    "binary that is empty": '451-["echo",{"_placeholder":true,"num":0}]\x1eb',
    "binary that is no base64": '451-["echo",{"_placeholder":true,"num":0}]\x1eb!!!!',
    "binary with spaces": '451-["echo",{"_placeholder":true,"num":0}]\x1ebAQ ID',
    "binary with rubbish inside": '451-["echo",{"_placeholder":true,"num":0}]\x1ebAQ=ID',
    "binary of one letter": '451-["echo",{"_placeholder":true,"num":0}]\x1ebA',
    "binary that nobody waits for": "bAQID",
    "binary with the type of a message": '451-["echo",{"_placeholder":true,"num":0}]\x1eb4AQID',
    "letters": '42["echo","é€😀"]',
    "octets that are no UTF-8": b'42["echo","\xff\xfe"]',
    "surrogates": b'42["echo","\xed\xa0\x80"]',
    "byte order mark": b'\xef\xbb\xbf42["echo"]',
    "line ends": '42["echo"]\r\n',
    "separator escaped": '42["echo","\\u001e"]',
    "form": 'd=42["echo"]',
    "old length prefix": '4:42["echo"]',
    "sixteen events": "\x1e".join(f'42["echo",{i}]' for i in range(16)),
    "seventeen events": "\x1e".join(f'42["echo",{i}]' for i in range(17)),
    "forty events": "\x1e".join(f'42["echo",{i}]' for i in range(40)),
}

CONTENT_TYPES = {
    "octet-stream": "application/octet-stream",
    "octet-stream with a charset": "application/octet-stream; charset=utf-8",
    "octet-stream in capitals": "Application/Octet-Stream",
    "JSON": "application/json",
    "form": "application/x-www-form-urlencoded",
    "plain": "text/plain",
    "Latin": "text/plain; charset=latin-1",
    "none": "",
}

BIG = "x" * 1200
ACCEPTED = {
    "gzip": "gzip",
    "deflate": "deflate",
    "gzip or deflate": "gzip, deflate, br",
    "deflate first": "deflate, gzip;q=0.5",
    "brotli": "br",
    "anything": "*",
    "nothing": "identity",
    "gzip refused": "gzip;q=0",
}

LIMITED = {"as many octets as allowed": 1000, "one octet more": 1001, "many octets more": 5000}

SCRIPTS: list[Script] = [
    *(
        script(
            f"polling: body {name}",
            *ENTER_POLLING,
            post(body),
            post('42["echo","end"]'),
            Poll('42["echo","end"]'),
        )
        for name, body in BODIES.items()
    ),
    *(
        script(f"polling: body {name}, a poll waiting", *WAITING, post(body), Settle())
        for name, body in BODIES.items()
        if name
        in {"empty", "unknown type", "bad packet of Socket.IO", "close", "close between", "open"}
    ),
    *(
        script(
            f"polling: content type {name}",
            *ENTER_POLLING,
            post('42["echo"]', headers=(("Content-Type", value),)),
            get(),
        )
        for name, value in CONTENT_TYPES.items()
    ),
    *(
        script(
            f"polling: accepts {name}",
            *ENTER_POLLING,
            post(f'42["echo","{BIG}"]'),
            get(headers=(("Accept-Encoding", value),)),
        )
        for name, value in ACCEPTED.items()
    ),
    script(
        "polling: short replies are not packed", get(OPEN, headers=(("Accept-Encoding", "gzip"),))
    ),
    *(
        script(
            f"polling: {name}",
            *ENTER_POLLING,
            post('42["nothing","' + "x" * (size - 16) + '"]'),
            post('42["echo"]'),
            Poll('42["echo"]'),
            house="small",
        )
        for name, size in LIMITED.items()
    ),
    script(
        "polling: too many octets in chunks",
        *ENTER_POLLING,
        post("x" * 1500, chunked=True),
        post('42["echo"]'),
        get(),
        house="small",
    ),
    script(
        "polling: letters count in octets",
        *ENTER_POLLING,
        post('42["nothing","' + "é" * 700 + '"]'),
        post('42["echo"]'),
        get(),
        house="small",
    ),
    script("polling: chunked body", *ENTER_POLLING, post('42["echo","é€😀"]', chunked=True), get()),
    script("polling: body without a length", *ENTER_POLLING, Request("POST"), get()),
    script(
        "polling: GET with a body",
        *ENTER_POLLING,
        Request("GET", body='42["echo"]', later=True, name="poll"),
    ),
    script("polling: two polls at once", *WAITING, get(name="second"), Reply("waiting"), get()),
    script(
        "polling: two posts at once",
        *ENTER_POLLING,
        Request(
            "POST", body='42["ech', headers=(("Content-Length", "12"),), name="slow", later=True
        ),
        Settle(),
        post('42["echo",2]'),
        get(),
    ),
    script(
        "polling: two posts at once, a poll waiting",
        *WAITING,
        Request(
            "POST", body='42["ech', headers=(("Content-Length", "12"),), name="slow", later=True
        ),
        Settle(),
        post('42["echo",2]'),
    ),
    script("polling: poll that is given up", *WAITING, Abandon("waiting"), Settle(), get()),
    script(
        "polling: post that is given up",
        *ENTER_POLLING,
        Request(
            "POST", body='42["ech', headers=(("Content-Length", "12"),), name="slow", later=True
        ),
        Abandon("slow"),
        Settle(),
        get(),
    ),
    script("polling: the poll waits for an event", *WAITING, post('42["echo"]'), Reply("waiting")),
    script("polling: events in one reply", *ENTER_POLLING, post('42["several",3]'), get()),
    script("polling: sixteen packets in a reply", *ENTER_POLLING, post('42["several",16]'), get()),
    script(
        "polling: more packets than one reply holds",
        *ENTER_POLLING,
        post('42["several",40]'),
        Poll('42["several",39]'),
    ),
    script("polling: bytes to the client", *ENTER_POLLING, post('42["bytes"]'), get()),
    script("polling: after the end", *ENTER_POLLING, post("1"), get(), post("40")),
    script("polling: end while a poll waits", *WAITING, post("1"), Reply("waiting"), get()),
    script(
        "polling: disconnect while a poll waits", *WAITING, post("41"), post('42["echo"]'), get()
    ),
    script("polling: kicked", *ENTER_POLLING, post('42["kick"]'), get(), post('42["echo"]'), get()),
    script(
        "polling: kicked with a poll waiting",
        *WAITING,
        post('42["kick"]'),
        Reply("waiting"),
        post("40"),
        Poll("40"),
    ),
    script("polling: EIO missing in a session", *ENTER_POLLING, get("transport=polling&sid=$sid")),
    script(
        "polling: base64 asked for",
        HANDSHAKE,
        post("40", query=f"{POLL}&b64=1"),
        get(f"{POLL}&b64=1"),
    ),
    script("polling: JSONP in a session", *ENTER_POLLING, post('42["echo"]'), get(f"{POLL}&j=1")),
    script(
        "polling: Internet Explorer",
        get(OPEN, headers=(("User-Agent", "Mozilla/4.0 (compatible;MSIE 8.0)"),)),
    ),
    script("polling: Trident", get(OPEN, headers=(("User-Agent", "Mozilla/5.0 Trident/7.0"),))),
    script("polling: transport missing in a session", *ENTER_POLLING, get("EIO=4&sid=$sid")),
    script(
        "polling: on one connection",
        *(
            replace(request, line="kept")
            for request in (
                HANDSHAKE,
                post("40"),
                get(),
                post('42["echo"]'),
                get(),
                post("1"),
                get(),
            )
        ),
    ),
    script(
        "polling: too large a body, then more on the connection",
        *(
            replace(request, line="kept")
            for request in (HANDSHAKE, post("x" * 1001), post("40"), get())
        ),
        house="small",
    ),
    script(
        "polling: errors leave the connection alone",
        *(
            replace(request, line="kept")
            for request in (
                get("EIO=4&transport=pigeon"),
                get("EIO=3&transport=polling"),
                post("40", query=OPEN),
                HANDSHAKE,
                Request("PUT", body="40"),
                post("40", headers=(("Content-Type", "application/octet-stream"),)),
                get(),
            )
        ),
    ),
    script(
        "polling: bad packet behind a reply that nobody fetched",
        HANDSHAKE,
        post("40"),
        Settle(),
        post("4"),
        get(),
        get(),
    ),
    script(
        "polling: a long reply", *ENTER_POLLING, post('42["echo","' + "é" * 50_000 + '"]'), get()
    ),
    script("polling: bad packet, then a poll", HANDSHAKE, post("4x"), get(), get()),
    script("polling: binary first", HANDSHAKE, post("bAQID"), get(), get()),
    script("polling: no namespace", HANDSHAKE, post('42["echo"]'), get(), get()),
    script(
        "polling: heartbeat in a body of events",
        *ENTER_POLLING,
        post('42["echo",1]\x1e3\x1e42["echo",2]'),
        Poll('42["echo",2]'),
    ),
]
