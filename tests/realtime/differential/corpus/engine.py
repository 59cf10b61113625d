"""Engine.IO alone."""

from dataclasses import replace

from tests.realtime.differential.steps import (
    HANDSHAKE,
    UPGRADE,
    Connect,
    End,
    Poll,
    Reply,
    Request,
    Script,
    Settle,
    Step,
    Wait,
    get,
    later,
    post,
    send,
)

MESSAGES: dict[str, str] = {
    "text": "4hello",
    "empty text": "4",
    "letters": "4é€😀",
    "octet zero": "4a\0b",
    "packet inside": "442[]",
    "digits": "412",
    "object": '4{"a":[1,2]}',
    "array": "4[1,2]",
    "JSON text": '4"x"',
    "JSON true": "4true",
    "JSON null": "4null",
    "float": "41.5",
    "white space": "4 a ",
    "long": "4" + "x" * 70_000,
}

ENTER = (Connect(), Wait("0"))


def at_engine(step: Step) -> Step:
    return replace(step, path="/engine.io/") if isinstance(step, Request | Connect | Poll) else step


def script(name: str, *steps: Step) -> Script:
    return Script(f"engine: {name}", tuple(at_engine(step) for step in steps), "engine")


SCRIPTS: list[Script] = [
    *(
        script(f"{name} by websocket", *ENTER, send(message, "4end"), Wait("4end"))
        for name, message in MESSAGES.items()
    ),
    *(
        script(f"{name} by polling", HANDSHAKE, post(f"{message}\x1e4end"), Poll("4end"))
        for name, message in MESSAGES.items()
    ),
    script("bytes by websocket", *ENTER, send(b"\x00\xff", b"", "4end"), Wait("4end")),
    script("bytes by polling", HANDSHAKE, post("bAP8=\x1eb\x1e4end"), Poll("4end")),
    script("bytes of the server", *ENTER, send("4bytes", "4end"), Wait("4end")),
    script("bytes of the server by polling", HANDSHAKE, post("4bytes\x1e4end"), Poll("4end")),
    script("three by websocket", *ENTER, send("4three"), Wait("43")),
    script("three by polling", HANDSHAKE, post("4three"), get()),
    script("closed by the server", *ENTER, send("4close"), End()),
    script("messages before it closes", *ENTER, send("4three", "4close"), End()),
    script("messages after it closes", *ENTER, send("4close", "4late"), End()),
    script("closed by the server, polling", HANDSHAKE, post("4close"), get(), get()),
    script(
        "closed by the server, a poll waiting",
        HANDSHAKE,
        later(get(), "waiting"),
        Settle(),
        post("4close"),
        Reply("waiting"),
        get(),
    ),
    script("messages before it closes, polling", HANDSHAKE, post("4three\x1e4close"), Poll("1")),
    script(
        "upgrade",
        HANDSHAKE,
        post("4first"),
        Connect(UPGRADE),
        send("2probe"),
        Wait("3probe"),
        send("5", "4second"),
        Wait("4second"),
    ),
    script("unknown packet", *ENTER, send("4one", "8", "4two"), End()),
    Script("engine: elsewhere", (HANDSHAKE,), "engine"),
]
