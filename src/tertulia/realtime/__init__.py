"""A Socket.IO server: fast, bounded, and with the API of `socketio.AsyncServer`.

Everything an application written for python-socketio imports is here under the same name, so that moving
between the two is one import:

    from tertulia.realtime import ASGIApp, Server
"""

from tertulia.realtime import exceptions
from tertulia.realtime.asgi import ASGIApp
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.namespaces import Namespace
from tertulia.realtime.packets import RawJSON
from tertulia.realtime.rooms import Audience
from tertulia.realtime.server import Server

AsyncServer = Server
AsyncNamespace = Namespace

__all__ = [
    "ASGIApp",
    "AsyncNamespace",
    "AsyncServer",
    "Audience",
    "Limits",
    "Namespace",
    "RawJSON",
    "Server",
    "exceptions",
]
