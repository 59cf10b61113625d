"""One person's connection to a chat server, whatever it speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Heard = Callable[[str], None]
"""Told the text of each message that arrives, one's own too."""


@dataclass(frozen=True)
class Account:
    """Who signs in, and the room that they speak in."""

    name: str
    secret: str
    """A password or a token, as the server has it."""
    room: str


class Line(Protocol):
    """Signed in, and in the room."""

    async def open(self) -> None:
        """Come in. What is said from now on is heard."""
        ...

    async def say(self, text: str) -> None:
        """Say something; returns when the server has acknowledged it. Raises `ConnectionError`."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...
