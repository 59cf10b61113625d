"""How a client comes, speaks and goes: what the attacks are put together of."""

from random import Random
from typing import TypeAlias

from tests.realtime.fuzz import grammar, wire
from tests.realtime.fuzz.script import SID, Await, End, Rest, Send, Step

Steps: TypeAlias = list[Step]

OPENED = Await(b'"maxPayload"')
CONNECTED = Await(b'40{"sid"')
PLACE = SID.decode()
"""The id that the server gave, filled in when the script is played."""


def websocket(number: int = 0, auth: str = "") -> Steps:
    """A WebSocket with a connected Socket.IO client."""
    opening = Send(wire.upgrade(), number), Await(OPENED.marker, number)
    connect = Send(wire.frame("40" + auth), number), Await(CONNECTED.marker, number)
    return [*opening, *connect]


def polling(number: int = 0) -> Steps:
    """Long-polling with a connected Socket.IO client; its first poll is done."""
    return [
        Send(wire.get(), number),
        Await(OPENED.marker, number),
        Send(wire.post("40", PLACE), number),
        Await(b"ok", number),
        Send(wire.get(PLACE), number),
        Await(CONNECTED.marker, number),
    ]


def say(random: Random, packets: list[str | bytes], number: int = 0) -> Send:
    """Packets in frames, now and then in small pieces."""
    return Send(grammar.frames(random, packets), number, chunk=random.choice((0, 0, 0, 1, 5)))


def farewell(random: Random) -> Steps:
    """One of the ways to leave."""
    return random.choice(
        (
            [],
            [End("close")],
            [End("reset")],
            [End("half"), Rest(0.1)],
            [Send(wire.frame("41")), Send(wire.frame("1"))],
            [Send(wire.frame(b"\x03\xe8", wire.CLOSE)), Await(b"\x88")],
        )
    )
