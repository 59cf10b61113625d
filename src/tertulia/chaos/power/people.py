"""People who write while the server is recorded: over sockets and HTTP, with several commands under way."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tertulia.kernel.ids import new_id

SECONDS = 60
IN_FLIGHT = 8
NAMES = ("ana", "bruno", "carla", "diego")
PASSWORD = "una buena taza de té"  # noqa: S105 - of people who live for a minute
GONE = (httpx.TransportError, WebSocketException, OSError, TimeoutError)
"""What becomes of a call whose server died."""


@dataclass(frozen=True)
class Place:
    """Where they write, and with which tokens."""

    url: str
    tokens: list[str]
    conversations: list[str]


async def settle(url: str) -> Place:
    """Set a new server up: everybody in one space with three channels."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=SECONDS) as http:
        first = await _post(http, "/setup", organization="Casa", **_names("first"))
        host, space = first["token"], first["space"]["id"]
        tokens = [(await _post(http, "/users", **_names(name)))["token"] for name in NAMES]
        made = [
            await _post(http, "/conversations", host, kind="channel", space_id=space, name=name)
            for name in ("cocina", "patio")
        ]
        for token in tokens:
            for conversation in made:
                await _join(http, token, conversation["id"])
        return Place(url, tokens, [first["conversation"]["id"], *(it["id"] for it in made)])


async def write(place: Place, messages: int, seed: int) -> None:
    """Post so many messages, and edit, delete, react and read among them, until the server is gone."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    left = iter(range(messages))
    writers = [_at_socket(place, token, left, chance) for token in place.tokens]
    await asyncio.gather(*writers, _over_http(place, left, chance))


async def _at_socket(place: Place, token: str, left: Any, chance: random.Random) -> None:
    with suppress(*GONE):
        async with _connected(place.url, token) as line:
            await asyncio.gather(*(_go_on(line, place, left, chance) for _ in range(IN_FLIGHT)))


async def _go_on(line: "Line", place: Place, left: Any, chance: random.Random) -> None:
    for _ in left:
        message_id, where = new_id(), chance.choice(place.conversations)
        said = {"conversation_id": where, "id": message_id, "text": _text(chance)}
        await line.ask("conversations.post_message", said)
        match chance.randrange(12):
            case 0:
                changed = {"message_id": message_id, "text": _text(chance)}
                await line.ask("conversations.edit_message", changed)
            case 1:
                await line.ask("conversations.delete_message", {"message_id": message_id})
            case 2 | 3:
                reaction = {"message_id": message_id, "emoji": "🎉"}
                await line.ask("conversations.add_reaction", reaction)
            case 4:
                read = {"conversation_id": where, "seq": 1_000_000}
                await line.ask("conversations.mark_read", read)


async def _over_http(place: Place, left: Any, chance: random.Random) -> None:
    async with httpx.AsyncClient(base_url=f"{place.url}/api/v1", timeout=SECONDS) as http:
        with suppress(*GONE):
            for _ in left:
                where, token = chance.choice(place.conversations), chance.choice(place.tokens)
                with suppress(httpx.HTTPStatusError):  # refused: nothing is promised
                    path = f"/conversations/{where}/messages"
                    await _post(http, path, token, id=new_id(), text=_text(chance))


def _text(chance: random.Random) -> str:
    """Some are short, some fill pages of their own."""
    return f"hola {chance.random()} " + "ñ" * chance.choice((0, 0, 10, 300, 4000))


def _names(name: str) -> dict[str, str]:
    return {"username": name, "display_name": name.title(), "password": PASSWORD}


async def _post(
    http: httpx.AsyncClient, path: str, token: str | None = None, **body: Any
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = await http.post(path, json=body, headers=headers)
    answer.raise_for_status()
    return answer.json()


async def _join(http: httpx.AsyncClient, token: str, conversation_id: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/conversations/{conversation_id}/members/me"
    (await http.put(path, headers=headers)).raise_for_status()


# --- a bare Socket.IO client --------------------------------------------------------------------------


@dataclass
class Line:
    """One connection: commands and their answers; what else is heard is in the record."""

    socket: ClientConnection
    _numbers: "count[int]" = field(default_factory=count)
    _waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def ask(self, command: str, fields: dict[str, Any]) -> Any:
        """The acknowledgement. Raises what `GONE` names when the server dies first."""
        number = str(next(self._numbers))
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(f"42{number}" + json.dumps([command, fields]))
        return await answer

    async def listen(self) -> None:
        """Answer pings and hand out acknowledgements until the end."""
        try:
            async for frame in self.socket:
                if frame == "2":
                    await self.socket.send("3")
                elif isinstance(frame, str) and frame.startswith("43"):
                    number, _, body = frame[2:].partition("[")
                    self._waiting.pop(number).set_result(json.loads("[" + body))
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError())


@asynccontextmanager
async def _connected(url: str, token: str) -> AsyncIterator[Line]:
    address = url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with connect(address, compression=None, max_size=None, open_timeout=SECONDS) as socket:
        await socket.recv()
        await socket.send("40" + json.dumps({"token": token}))
        await socket.recv()
        line = Line(socket)
        listening = asyncio.create_task(line.listen())
        try:
            yield line
        finally:
            await socket.close()
            with suppress(*GONE):
                await listening
