"""The line: what a bus between processes is made of, subjects and bytes.

The bus itself, barriers, and the requests that one gateway hands on to another all go over it.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol


class Said(Protocol):
    """What somebody said on a subject; whoever wants an answer names the subject for it."""

    @property
    def subject(self) -> str:
        """Where it was said."""
        ...

    @property
    def payload(self) -> bytes:
        """What was said."""
        ...

    @property
    def reply(self) -> str | None:
        """Where an answer is awaited, if one is."""
        ...


class Line(Protocol):
    """A connection to a broker that may lose, double, reorder, delay what is said, or be gone.

    Subjects are words with dots between them, and begin with `tertulia.`.
    """

    @property
    def connected(self) -> bool:
        """Whether the broker is there now, as far as is known."""
        ...

    async def call(self, subject: str, payload: bytes, *, seconds: float) -> bytes:
        """The answer of one who listens. `Unavailable` when nobody does, `DeadlinePassed` after the seconds."""
        ...

    def send(self, subject: str, payload: bytes, *, reply: str | None = None) -> None:
        """Say something to all who listen. Does not suspend, and does not fail: it may be lost."""
        ...

    async def subscribe(
        self, subject: str, callback: Callable[[Said], Awaitable[None]], *, queue: str = ""
    ) -> None:
        """Hear what is said on a subject from now on; of all who name the same `queue`, one hears it."""
        ...
