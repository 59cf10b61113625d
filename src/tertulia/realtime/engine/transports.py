"""What a socket asks of its transport, and what it tells."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from tertulia.realtime.engine.packets import Parcel


class Reason(StrEnum):
    """Why a connection ended, in the words of python-engineio."""

    SERVER_DISCONNECT = "server disconnect"
    CLIENT_DISCONNECT = "client disconnect"
    PING_TIMEOUT = "ping timeout"
    TRANSPORT_CLOSE = "transport close"
    TRANSPORT_ERROR = "transport error"
    PARSE_ERROR = "parse error"
    SLOW = "slow"
    FLOOD = "rate limited"


class Transport(ABC):
    """One way of bytes to a client and back.

    Whatever it was given is sent in order. It tells its socket `settle` when it becomes ready again, and
    `transport_closed` once when it is over.
    """

    __slots__ = ()

    name: str
    """`polling` or `websocket`."""

    most: int
    """Parcels that one `send` takes."""

    @property
    @abstractmethod
    def ready(self) -> bool:
        """Whether it takes parcels now."""

    @property
    @abstractmethod
    def push(self) -> Callable[[bytes], None] | None:
        """Takes WebSocket frames as they are, where the transport can; only while it is ready."""

    @abstractmethod
    def send(self, parcels: Sequence[Parcel]) -> None:
        """Send parcels. Only while it is ready."""

    @abstractmethod
    def send_first(self, parcel: Parcel) -> None:
        """Send a heartbeat in front of all that waits, ready or not."""

    @abstractmethod
    def buffered(self) -> int:
        """Bytes that it holds and the client has not taken."""

    @abstractmethod
    def close(self, parcels: Sequence[Parcel] = (), code: int | None = None) -> None:
        """Send the last parcels and close; for good in a short while, whatever the client does."""

    @abstractmethod
    def abort(self) -> None:
        """Close without sending what waits."""

    @abstractmethod
    def pause(self) -> None:
        """Read nothing more from the client for now."""

    @abstractmethod
    def resume(self) -> None:
        """Read on."""


class Receiver(Protocol):
    """Who hears what one socket's client says. Nothing of it suspends."""

    def opened(self) -> None:
        """The transport is open, and the client has its OPEN packet."""
        ...

    def received(self, data: str | bytes) -> None:
        """A message. Raises `Malformed` for what the client must not say: its socket is closed."""
        ...

    def closed(self, reason: str) -> None:
        """It is over. Called once."""
        ...

    def is_expected(self) -> bool:
        """Whether the client still owes something that a handshake's time is given for."""
        ...
