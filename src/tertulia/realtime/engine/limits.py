"""Every limit of the engine, in one place."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one client, one address and all together may take. `None` is no limit.

    A client that passes a limit of its own is closed; nobody else notices.
    """

    handshake_seconds: float = 10.0
    """From the first request to a Socket.IO CONNECT, from a probe to its upgrade, from a binary event to its
    last attachment, and from the end of a polling client to the poll that fetches its last packets."""

    linger_seconds: float = 2.0
    """How long a client that is closed has for taking what was sent last."""

    attachments: int = 10
    """Binary attachments of one packet."""

    poll_packets: int = 16
    """Packets in one polling reply."""

    body_bytes: int | None = None
    """A polling body, when it may hold more than a frame; each of its packets is no larger than that."""

    outgoing_bytes: int = MIB
    outgoing_frames: int = 256
    """What may wait for one client. Volatile events wait up to half of either."""

    drain_seconds: float = 10.0
    """How long a client may take nothing of what waits for it."""

    handlers: int = 256
    """Handlers of one client under way; nothing more is read from it meanwhile."""

    namespaces: int = 64
    """In which one client may be at a time."""

    acknowledgements: int = 1024
    """Callbacks that may wait for one client's answers. The oldest are forgotten first."""

    events_per_second: float | None = None
    """Events of one client, with a burst of `event_burst_seconds`."""

    event_burst_seconds: float = 5.0

    connections_per_address: int | None = None

    handshakes_per_second: float | None = None
    """New transports of all clients together; above, HTTP 503 with `Retry-After`."""

    resume_share: float = 0.5
    """Of the handshakes, what is kept for clients that come back (`resume` in the query)."""

    admission_seconds: float = 1.0
    """How long a handshake may wait for its turn; the latest comes first."""
