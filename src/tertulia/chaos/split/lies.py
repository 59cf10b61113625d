"""A NATS server that lies: events are lost, said twice and said late, as the promises allow it to.

Core NATS delivers at most once. What it delivers to a client is a stream of operations, each a line that ends
with CR LF; those of messages (`MSG`, `HMSG`) say how many bytes follow.
Source: https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

from collections import Counter
from collections.abc import Iterator
from random import Random

END = b"\r\n"
TOLD = (b"tertulia.event.", b"tertulia.barriers.", b"tertulia.gateways.")
"""Subjects that nobody waits for an answer on."""
LOST = DOUBLED = LATE = 0.3
"""Shares of what is told: a message in three never comes; those that do may come twice, or later."""


class Lies:
    """What is done to the deliveries of events, while it holds; `counts` says what was."""

    def __init__(self, seed: int) -> None:
        self.holds = False
        self.counts: Counter[str] = Counter()
        self._chance = Random(f"lies {seed}")  # noqa: S311 - no secret

    def editor(self) -> "Delivery":
        """For one more connection."""
        return Delivery(self)

    def bend(self, message: bytes, kept: list[bytes]) -> bytes:
        """What comes in place of a message; a late one is kept, and comes after the one that follows."""
        if not self.holds:
            return message
        if self._chance.random() < LOST:
            self.counts["events: lost"] += 1
            return b""
        if self._chance.random() < DOUBLED:
            self.counts["events: doubled"] += 1
            message += message
        if self._chance.random() < LATE:
            self.counts["events: late"] += 1
            kept.append(message)
            return b""
        return message


class Delivery:
    """One connection's stream from the server: called with pieces, it returns what to pass on."""

    def __init__(self, lies: Lies) -> None:
        self._lies = lies
        self._unfinished = b""
        self._kept: list[bytes] = []

    def __call__(self, piece: bytes) -> bytes:
        """What is told of a piece and of what was unfinished before it."""
        return b"".join(map(self._tell, self._operations(piece)))

    def _operations(self, piece: bytes) -> Iterator[bytes]:
        """Whole operations; the rest is kept for the next piece."""
        stream, at = self._unfinished + piece, 0
        while (line_end := stream.find(END, at)) >= 0:
            end = line_end + len(END)
            line = stream[at:line_end]
            if is_message(line):
                end += int(line.rsplit(b" ", 1)[1]) + len(END)
            if end > len(stream):
                break
            yield stream[at:end]
            at = end
        self._unfinished = stream[at:]

    def _tell(self, operation: bytes) -> bytes:
        if not is_told(operation):
            return operation
        late, self._kept = self._kept, []
        return self._lies.bend(operation, self._kept) + b"".join(late)


def is_message(line: bytes) -> bool:
    """Whether an operation with this line delivers something."""
    return line.startswith((b"MSG ", b"HMSG "))


def is_told(operation: bytes) -> bool:
    """Whether it delivers what may be lost: an event, not a request and not an answer."""
    return is_message(operation) and operation.split(b" ", 2)[1].startswith(TOLD)
