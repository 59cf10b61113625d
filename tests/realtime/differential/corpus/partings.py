"""However a client goes, the application is told, and once."""

from tests.realtime.differential.steps import (
    ENTER,
    HANDSHAKE,
    UPGRADE,
    Abandon,
    Connect,
    Cut,
    Request,
    Script,
    Settle,
    Step,
    Wait,
    closing,
    get,
    post,
    script,
    send,
    text,
)
from tests.realtime.differential.wire.frames import Frame

JOIN = '421["join","$room"]'
FAREWELL = '422["farewell","$room"]'
WITNESS: tuple[Step, ...] = (
    Connect(name="witness"),
    send("40", name="witness"),
    Wait("40", "witness"),
    send(JOIN, name="witness"),
    Wait("431", "witness"),
)
LEFT = (Wait("42", "witness"), Settle())

WAYS: dict[str, tuple[Step, ...]] = {
    "closes": (send(closing(1000)),),
    "closes without a code": (send(closing()),),
    "is cut": (Cut(),),
    "closes its half": (Cut(half=True),),
    "disconnects": (send("41"),),
    "disconnects and closes": (send("41"), Settle(), send(closing(1000))),
    "is kicked": (send('42["kick"]'),),
    "is kicked and closes": (send('42["kick"]'), Wait("41"), send(closing(1000))),
    "sends a bad packet": (send("42{"),),
    "sends an unknown packet": (send("x"),),
    "sends a ping": (send("2"),),
    "sends bytes": (send(b"\x01"),),
    "connects again": (send("40"),),
    "breaks the framing": (send(text("41", rsv=1)),),
    "breaks UTF-8": (send(text(b"\xff")),),
    "sends too much": (send(Frame(1, length=1 << 40)),),
}

POLLING: dict[str, tuple[Step, ...]] = {
    "closes": (post("1"),),
    "disconnects": (post("41"),),
    "is kicked": (post('42["kick"]'),),
    "sends a bad packet": (post("42{"), get()),
    "sends an unknown packet": (post("x"),),
    "polls twice": (get(name="first", later=True), Settle(), get(name="second")),
    "gives a poll up": (get(name="first", later=True), Abandon("first")),
    "gives a post up": (
        Request("POST", body="42", headers=(("Content-Length", "9"),), name="first", later=True),
        Abandon("first"),
    ),
    "closes after the upgrade": (
        Connect(UPGRADE),
        send("2probe"),
        Wait("3probe"),
        send("5"),
        Settle(),
        send(closing(1000)),
    ),
    "is cut after the upgrade": (
        Connect(UPGRADE),
        send("2probe"),
        Wait("3probe"),
        send("5"),
        Settle(),
        Cut(),
    ),
}

SCRIPTS: list[Script] = [
    *(
        script(f"partings: {name}", *WITNESS, *ENTER, send(FAREWELL), Wait("432"), *steps, *LEFT)
        for name, steps in WAYS.items()
    ),
    *(
        script(
            f"partings: polling, {name}",
            HANDSHAKE,
            *WITNESS,
            post("40"),
            get(),
            post(FAREWELL),
            get(),
            *steps,
            *LEFT,
        )
        for name, steps in POLLING.items()
    ),
]
