"""What goes wrong, under the names of python-socketio."""

from typing import Any


class SocketIOError(Exception):
    """Any of these."""


class ConnectionError(SocketIOError):  # noqa: A001
    """There is no connection."""


class ConnectionRefusedError(ConnectionError):  # noqa: A001
    """Raised by a `connect` handler that refuses: the first argument is the message, the others the data."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        message = str(args[0]) if args else "Connection rejected by server"
        self.error_args: dict[str, Any] = {"message": message}
        if len(args) == 2:
            self.error_args["data"] = args[1]
        elif len(args) > 2:
            self.error_args["data"] = args[1:]


class TimeoutError(SocketIOError):  # noqa: A001
    """A client did not acknowledge in time."""


class BadNamespaceError(SocketIOError):
    """A client is not connected to that namespace."""


class DisconnectedError(SocketIOError):
    """A client is not connected."""
