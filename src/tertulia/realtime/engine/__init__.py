"""An Engine.IO server with the API of `engineio.AsyncServer`, usable alone."""

from tertulia.realtime.engine.asgi_app import ASGIApp
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.server import Server

AsyncServer = Server

__all__ = ["ASGIApp", "AsyncServer", "Limits", "Server"]
