"""Origins of others."""

from dataclasses import replace

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


def from_first(*requests: Request) -> list[Request]:
    """The requests of a page at the first origin."""
    return [replace(it, headers=(*it.headers, *ORIGINS["first"])) for it in requests]


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
        *from_first(HANDSHAKE, Request("OPTIONS", POLL, headers=PREFLIGHT), post("40"), get()),
        house="picky",
    ),
    script("cors: an error tells too", *from_first(get("EIO=4&transport=pigeon")), house="picky"),
    script("cors: a session tells too", *from_first(*ENTER_POLLING, post("3")), house="picky"),
]
