"""A small server of the protocol, in this process, that misbehaves on demand.

It keeps logs of updates as the real one does, and nothing else: no permissions, no database.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import socketio
import uvicorn
from socketio.exceptions import ConnectionRefusedError  # noqa: A004
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ANA = {"id": "u-ana", "username": "ana", "display_name": "Ana", "kind": "person"}
BRUNO = {"id": "u-bruno", "username": "bruno", "display_name": "Bruno", "kind": "person"}
GUEST = {"id": "u-guest", "username": None, "display_name": "Guest", "kind": "guest"}
MOMENT = "2026-10-08T09:12:00.000Z"
GENERAL = "01990000-0000-7000-8000-000000000001"
TALLER = "01990000-0000-7000-8000-000000000002"
PLAZA = "01990000-0000-7000-8000-000000000003"

Update = dict[str, Any]


@dataclass
class Log:
    """A conversation and its history."""

    id: str
    name: str
    space_id: str | None = "s-taller"
    epoch: str = "e1"
    updates: list[Update] = field(default_factory=list)

    @property
    def head(self) -> dict[str, Any]:
        count = len(self.updates)
        return {"epoch": self.epoch, "head": count, "read": 0, "messages": count}

    @property
    def view(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": "channel",
            "space_id": self.space_id,
            "name": self.name,
            "created_at": MOMENT,
            **self.head,
        }

    def post(self, author: dict[str, Any], text: str, message_id: str) -> Update:
        seq = len(self.updates) + 1
        message = {
            "id": message_id,
            "conversation_id": self.id,
            "seq": seq,
            "number": seq,
            "author": author,
            "text": text,
            "created_at": MOMENT,
        }
        return self.append("message_posted", message=message)

    def append(self, kind: str, **parts: Any) -> Update:
        told = {"conversation_id": self.id, "seq": len(self.updates) + 1, "type": kind, **parts}
        self.updates.append(told)
        return told


class FakeServer:
    """Attributes are for tests to set and to look at.

    Attributes:
        received: Every command that came, by name.
        queries: The query of each connection's request.
        refusals: Errors with which the next messages are refused, before anything is written.
        deaf: How many answers to messages are lost; the messages are posted.
        spread: What is really told of an update; by default just that.
        page: How many updates a catch-up brings at most.
        refuse_connection: The error that a connection is refused with.
        is_mute: Whether connections are neither accepted nor refused.
    """

    def __init__(self) -> None:
        self.logs = {
            each.id: each
            for each in (Log(GENERAL, "general"), Log(TALLER, "taller"), Log(PLAZA, "plaza", None))
        }
        self.tokens = {"t-ana": ANA, "t-bruno": BRUNO}
        self.received: list[str] = []
        self.queries: list[str] = []
        self.refusals: deque[dict[str, Any]] = deque()
        self.deaf = 0
        self.spread: Callable[[Update], Iterable[Update]] = lambda update: [update]
        self.page = 1_000
        self.refuse_connection: dict[str, Any] | None = None
        self.is_mute = False
        self._io = socketio.AsyncServer(async_mode="asgi", ping_interval=5, ping_timeout=5)
        self._io.on("connect", self._connect)
        self._io.on("*", self._command)
        self._users: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> "FakeServer":
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        app = socketio.ASGIApp(self._io, Starlette(routes=[SESSIONS]))
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="websockets-sansio")
        self._uvicorn = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[listener]))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._io.shutdown()
        self._uvicorn.should_exit = self._uvicorn.force_exit = True
        await self._serving

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def tell(self, event: str, data: Any) -> None:
        """Emit an event to every connection."""
        await self._io.emit(event, data)

    async def post(self, text: str, conversation_id: str = GENERAL, author: Any = BRUNO) -> Update:
        """Let somebody post a message."""
        return await self._post(author, {"conversation_id": conversation_id, "text": text})

    async def goodbye(self, **data: Any) -> None:
        """Say goodbye to every connection and close it."""
        await self.tell("gateway.goodbye", data)
        for sid in tuple(self._users):
            await self._io.disconnect(sid)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        self.queries.append(environ["QUERY_STRING"])
        if self.is_mute:
            await asyncio.Event().wait()
        auth = auth or {}
        user = self.tokens.get(auth.get("token", ""), None if "token" in auth else GUEST)
        if self.refuse_connection or user is None:
            error = self.refuse_connection or {"code": "unauthenticated", "detail": "Sign in."}
            raise ConnectionRefusedError(error["code"], error)
        self._users[sid] = user
        self._io.start_background_task(self._welcome, sid, user)

    async def _welcome(self, sid: str, user: dict[str, Any]) -> None:
        mine = {PLAZA: self.logs[PLAZA]} if user is GUEST else self.logs
        ready = {
            "user": user,
            "session_id": "session",
            "server": {"name": "Taller", "version": "1", "protocol": 1, "features": []},
            "heads": {name: log.head for name, log in mine.items()},
            "reconnect": {"base_ms": 20, "max_ms": 100},
        }
        if user is GUEST:
            self.tokens["t-guest"] = GUEST
            ready["token"] = "t-guest"
        await self._io.emit("gateway.ready", ready, to=sid)

    async def _command(self, event: str, sid: str, data: dict[str, Any]) -> dict[str, Any]:
        self.received.append(event)
        answer = getattr(self, "_" + event.replace(".", "_"), None)
        if answer is None:
            return refusal("gateway.unknown_command", 404)
        return await answer(self._users[sid], **data)

    async def _conversations_post_message(
        self, user: dict[str, Any], **data: Any
    ) -> dict[str, Any] | None:
        if self.refusals:
            return {"ok": False, "error": self.refusals.popleft()}
        posted = await self._post(user, data)
        if self.deaf:
            self.deaf -= 1
            await asyncio.Event().wait()
        return {"ok": True, "result": {"message": posted["message"]}}

    async def _post(self, author: dict[str, Any], data: dict[str, Any]) -> Update:
        log = self.logs[data["conversation_id"]]
        message_id = data.get("id") or f"m{len(log.updates) + 1}"
        for known in log.updates:
            if known.get("message", {}).get("id") == message_id:
                return known
        update = log.post(author, data["text"], message_id)
        for told in self.spread(update):
            await self.tell("conversations.message_posted", told)
        return update

    async def _conversations_catch_up(
        self, _: Any, positions: dict[str, Any], limit: int | None = None
    ) -> dict[str, Any]:
        missed: list[Update] = []
        resync: list[str] = []
        gone: list[str] = []
        for name, position in positions.items():
            log = self.logs.get(name)
            if log is None:
                gone.append(name)
            elif position["epoch"] != log.epoch or position["seq"] > len(log.updates):
                resync.append(name)
            else:
                missed += log.updates[position["seq"] :]
        heads = {name: log.head for name, log in self.logs.items()}
        more = len(missed) > self.page
        result = {"updates": missed[: self.page], "heads": heads, "resync": resync, "gone": gone}
        return {"ok": True, "result": {**result, "more": more}}

    async def _conversations_list_updates(
        self, _: Any, conversation_id: str, after: int = 0, epoch: str | None = None
    ) -> dict[str, Any]:
        log = self.logs[conversation_id]
        if after > len(log.updates) or epoch not in {None, log.epoch}:
            return refusal("conversations.resync", 409)
        items = log.updates[after : after + self.page]
        result = {"items": items, "head": len(log.updates), "epoch": log.epoch}
        return {"ok": True, "result": result}

    async def _conversations_list_messages(self, _: Any, conversation_id: str) -> dict[str, Any]:
        log = self.logs[conversation_id]
        items = [each["message"] for each in log.updates if "message" in each]
        page = {"items": items, "head": len(log.updates), "epoch": log.epoch}
        return {"ok": True, "result": {**page, "conversation": log.view}}

    async def _conversations_list_conversations(self, _: Any) -> dict[str, Any]:
        return {"ok": True, "result": {"items": [log.view for log in self.logs.values()]}}

    async def _conversations_get_conversation(self, _: Any, conversation_id: str) -> dict[str, Any]:
        return {"ok": True, "result": {"conversation": self.logs[conversation_id].view}}

    async def _conversations_list_spaces(self, _: Any) -> dict[str, Any]:
        return {"ok": True, "result": {"items": []}}

    async def _conversations_find_users(self, _: Any, query: str, limit: int) -> dict[str, Any]:
        found = [each for each in (ANA, BRUNO) if each["username"].startswith(query)]
        return {"ok": True, "result": {"items": found, "next": None}}

    async def _presence_watch(self, _: Any, user_ids: list[str]) -> dict[str, Any]:
        return {"ok": True, "result": {"states": dict.fromkeys(user_ids, "online")}}

    async def _conversations_create_conversation(self, _: Any, **data: Any) -> dict[str, Any]:
        direct = f"direct-{data['members'][0]}"
        log = self.logs.setdefault(direct, Log(direct, "", None))
        await self.tell("conversations.added", {"conversation": log.view})
        return {"ok": True, "result": {"conversation": log.view}}


def refusal(code: str, status: int, **parts: Any) -> dict[str, Any]:
    """An answer that is an error."""
    error = {"code": code, "status": status, "detail": "No.", "retryable": False, **parts}
    return {"ok": False, "error": error}


async def sign_in(request: Request) -> JSONResponse:
    """Let Ana in by her password; Bruno needs a code too."""
    given = await request.json()
    if given["password"] != "una buena taza":
        return problem("accounts.wrong_credentials")
    if given["login"] == "bruno" and given.get("totp") != "123456":
        return problem("accounts.totp_required")
    user = BRUNO if given["login"] == "bruno" else ANA
    return JSONResponse({"token": f"t-{user['username']}", "user": user}, 201)


def problem(code: str) -> JSONResponse:
    return JSONResponse(refusal(code, 401)["error"], 401, media_type="application/problem+json")


SESSIONS = Route("/api/v1/sessions", sign_in, methods=["POST"])
