"""A pause: nothing that was told is written, however long that takes; heartbeats and sockets go on.

Whoever may not tell anything for a while still answers: what is sent to one client after the pause began is
written. What was told before it, and whatever rings are told meanwhile, waits for its end, in order.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tertulia.realtime.engine.outgoing import Outgoing


class Pause:
    """Whether there is one, and who waits for its end."""

    __slots__ = ("_stamp", "_waiting", "is_on")

    def __init__(self) -> None:
        self.is_on: Callable[[], bool] | None = None
        """Looked at before anything is written, so that a process that was stopped wakes up paused."""
        self._stamp: int | None = None
        self._waiting: dict[Outgoing, None] = {}

    def withheld(self, latest: int) -> int | None:
        """The stamp up to which nothing is written; None without a pause. `latest`: of all parcels."""
        if self.is_on is None or not self.is_on():
            self._stamp = None
            return None
        if self._stamp is None:
            self._stamp = latest
        return self._stamp

    def withhold(self, latest: int) -> None:
        """What a client takes over from a ring during the pause waits too."""
        if self._stamp is not None:
            self._stamp = latest

    def wait(self, socket: "Outgoing") -> None:
        """A socket is to be settled when the pause is over."""
        self._waiting[socket] = None

    def take(self) -> dict["Outgoing", None]:
        """Those who waited."""
        waiting, self._waiting = self._waiting, {}
        return waiting
