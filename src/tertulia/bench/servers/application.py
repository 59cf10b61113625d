"""The application that every Python peer serves: written once, for whichever library it is given.

It speaks the wire contract of `tertulia.bench.wire`, with `async def` handlers as the documentation of
python-socketio writes them.
"""

import os
from collections import defaultdict, deque
from typing import Any

from tertulia.bench.wire import MISSED, missed_texts, owner_of


def make_application(socketio: Any, **options: Any) -> Any:
    """The ASGI application on `socketio`: python-socketio, or what has its interface; `options` of its server."""
    server = socketio.AsyncServer(
        async_mode="asgi", cors_allowed_origins="*", transports=["websocket"], **options
    )
    began_with = missed_texts() if os.environ.get("BENCH_MISSED") else []
    history: dict[str, deque[str]] = defaultdict(lambda: deque(began_with, maxlen=MISSED))

    @server.event
    async def connect(sid: str, _environ: Any, auth: Any) -> None:
        if owner_of(auth["token"]) is None:
            raise socketio.exceptions.ConnectionRefusedError("unauthenticated")
        for room in auth["rooms"]:
            await server.enter_room(sid, room)

    @server.event
    async def say(_sid: str, room: str, text: str) -> None:
        history[room].append(text)
        await server.emit("said", text, room=room)

    @server.event
    async def catch_up(sid: str) -> list[str]:
        rooms = (room for room in server.rooms(sid) if room != sid)
        return [text for room in rooms for text in history[room]][-MISSED:]

    return socketio.ASGIApp(server)
