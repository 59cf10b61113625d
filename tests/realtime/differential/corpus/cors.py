"""Origins of others."""

from tests.realtime.differential.steps import (
    ENTER_POLLING,
    HANDSHAKE,
    OPEN,
    POLL,
    Connect,
    Headers,
    Request,
    Script,
    Settle,
    get,
    post,
    script,
)

ORIGINS = {
    "same": (("Origin", "http://127.0.0.1"),),
    "first": (("Origin", "http://a.example"),),
    "second": (("Origin", "http://b.example"),),
    "other": (("Origin", "http://evil.example"),),
    "null": (("Origin", "null"),),
    "no": (),
}

PREFLIGHT: Headers = (
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "x-one, x-two"),
)

SCRIPTS: list[Script] = [
    *(
        script(f"cors: {name} origin, {house} house", get(OPEN, headers=headers), house=house)
        for name, headers in ORIGINS.items()
        for house in ("plain", "open", "picky")
    ),
    *(
        script(
            f"cors: {name} origin, {house} house, websocket",
            Connect(headers=headers),
            Settle(),
            house=house,
        )
        for name, headers in ORIGINS.items()
        for house in ("plain", "open", "picky")
    ),
    *(
        script(
            f"cors: preflight, {name} origin, {house} house",
            Request("OPTIONS", OPEN, headers=(*headers, *PREFLIGHT)),
            house=house,
        )
        for name, headers in ORIGINS.items()
        for house in ("plain", "open", "picky")
        if name in {"first", "other"}
    ),
    script(
        "cors: preflight of nothing in particular",
        Request("OPTIONS", OPEN, headers=ORIGINS["first"]),
        house="picky",
    ),
    script(
        "cors: preflight in a session",
        HANDSHAKE,
        Request("OPTIONS", POLL, headers=(*ORIGINS["first"], *PREFLIGHT)),
        post("40"),
        get(),
        house="picky",
    ),
    script(
        "cors: an error tells too",
        get("EIO=4&transport=pigeon", headers=ORIGINS["first"]),
        house="picky",
    ),
    script(
        "cors: a post tells too", *ENTER_POLLING, post("3", headers=ORIGINS["first"]), house="picky"
    ),
    script(
        "cors: a poll tells too",
        HANDSHAKE,
        post("40"),
        get(headers=ORIGINS["first"]),
        house="picky",
    ),
]
