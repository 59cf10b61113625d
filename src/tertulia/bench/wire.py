"""The wire contract of all peers: what a client says, and what it hears.

CONNECT carries `{"token", "rooms"}` and puts the connection into the rooms. The event `say` with a room
and a text makes the server emit `said` with the text to that room. The event `catch_up` is acknowledged
with the last messages of the person's rooms.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass

MISSED = 10
"""Messages that a catch-up answers."""

_SECRET = b"a secret of the benchmarks"


@dataclass(frozen=True)
class Wire:
    """How a peer's packets begin, for a generator that parses few of them."""

    said: str = '42["said",'
    ready: str = "40"
    marker: str = "missed"


CONTRACT = Wire()


def sign(person: str) -> str:
    """The token of a person."""
    return f"{person}.{hmac.new(_SECRET, person.encode(), hashlib.sha256).hexdigest()}"


def owner_of(token: str) -> str | None:
    """Whose token it is; None when it was not signed here."""
    person, _, _ = token.partition(".")
    return person if hmac.compare_digest(sign(person), token) else None


def missed_texts() -> list[str]:
    """What a server that has just started remembers of every room."""
    return [f"missed {number}" for number in range(MISSED)]


def people_lines(clients: int, members: int, rooms_each: int = 1) -> Iterator[str]:
    """The generator's file of people: `members` in each room, one room after the other.

    With `rooms_each` everybody is in that many rooms, of which only the first is spoken in.
    """
    for number in range(clients):
        room = number // members
        names = [f"r{room}", *(f"r{room}-{more}" for more in range(1, rooms_each))]
        auth = json.dumps({"token": sign(f"p{number}"), "rooms": names})
        yield f'{room}\t{auth}\t["catch_up"]\n'


def room_lines(rooms: int) -> Iterator[str]:
    """The generator's file of rooms."""
    for room in range(rooms):
        yield f'42["say","r{room}","\t"]\n'
