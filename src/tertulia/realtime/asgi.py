"""An ASGI application around a Socket.IO server."""

from typing import Any

from tertulia.realtime.engine.asgi_app import ASGIApp as EngineApp
from tertulia.realtime.engine.asgi_app import File, Handles, Hook


class ASGIApp(EngineApp):
    """Sends what begins with its path to a server, and everything else where it belongs.

        app = ASGIApp(sio, other_asgi_app, static_files={"/": "index.html"})

    With `socketio_path=None` everything is the server's.
    """

    def __init__(
        self,
        socketio_server: Handles,
        other_asgi_app: Any = None,
        static_files: dict[str, File] | None = None,
        socketio_path: str | None = "socket.io",
        on_startup: Hook = None,
        on_shutdown: Hook = None,
    ) -> None:
        super().__init__(
            socketio_server, other_asgi_app, static_files, socketio_path, on_startup, on_shutdown
        )
