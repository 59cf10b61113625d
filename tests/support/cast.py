"""The people of the stories, and what they do: say, hear, and hear nothing.

    async def test_a_private_channel_is_private(cast):
        await cast.ana.says("hola", in_=cast.taller)
        await cast.bruno.hears("hola")
        await cast.carla.hears_nothing()

Ana, Bruno and Carla are in the space «Casa», which Ana set up; Diego is in another one, «Vecinos»,
which Ana owns too. «taller» is a private channel of Ana and Bruno, new for each test. Everyone is in
«plaza». Each person has one plain Socket.IO connection, without the SDK between, that writes down
whatever arrives: an outsider who hears nothing received nothing.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Self

import socketio

from tertulia.client import Tertulia
from tertulia.kernel.ids import new_id
from tests.support.server import Server

SECONDS = 10
PASSWORDS = {name: f"una buena taza de té, {name}" for name in ("ana", "bruno", "carla", "diego")}


@dataclass(frozen=True)
class Heard:
    """An event as it came: its name and its one argument."""

    name: str
    body: Any


class Refused(Exception):
    """The error that a command was answered with."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.error = error
        self.code: str = error["code"]
        self.status: int = error["status"]
        super().__init__(f"{error['code']}: {error['detail']}")


class Person:
    """Somebody with one connection, and all that it brought."""

    def __init__(self, server: Server, name: str, token: str | None = None) -> None:
        self.name = name
        self.token = token
        self.heard: list[Heard] = []
        """Everything that came, in order, `gateway.ready` first."""
        self.ready: dict[str, Any] = {}
        self._server = server
        self._next = 0
        self._arrived = asyncio.Condition()
        self._notes: str | None = None
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("*", self._hear)
        self.socket.on("message", self._hear_plainly)

    @property
    def id(self) -> str:
        return str(self.ready["user"]["id"])

    async def comes(self, **options: Any) -> Self:
        """Connect, and wait for `gateway.ready`; without a token as a guest."""
        auth = {"token": self.token} if self.token else {"name": self.name}
        options = {"transports": ["websocket"], "wait_timeout": SECONDS, **options}
        await self.socket.connect(self._server.url, auth=auth, **options)
        self.ready = (await self.hears_event("gateway.ready")).body
        return self

    async def goes(self) -> None:
        """Disconnect."""
        await self.socket.disconnect()

    def sdk(self) -> Tertulia:
        """The same person as a client of the SDK, to be entered with `async with`."""
        return Tertulia(self._server.url, token=self.token, name=self.name)

    async def asks(self, command: str, **fields: Any) -> Any:
        """The result of a command; `Refused` with its error."""
        answer: Any = await self.socket.call(command, fields, timeout=SECONDS)
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer["result"]

    async def says(self, text: str, *, in_: str, **fields: Any) -> Any:
        """Post a message; the message as the server has it."""
        posted = await self.asks(
            "conversations.post_message", conversation_id=in_, text=text, **fields
        )
        return posted["message"]

    async def hears(self, text: str, *, in_: str | None = None) -> Any:
        """Wait for a message that says this; the message. What came before it counts as heard."""

        def is_it(heard: Heard) -> bool:
            if heard.name == "message":
                return str(heard.body).endswith(f": {text}")
            return (
                heard.name == "conversations.message_posted"
                and heard.body["message"]["text"] == text
                and in_ in {None, heard.body["conversation_id"]}
            )

        heard = await self._wait_for(is_it, f"“{text}”")
        return heard.body["message"] if isinstance(heard.body, dict) else heard.body

    async def hears_event(self, name: str, **fields: Any) -> Heard:
        """Wait for an event of this name with these fields. What came before it counts as heard."""

        def is_it(heard: Heard) -> bool:
            return heard.name == name and all(
                heard.body.get(key) == value for key, value in fields.items()
            )

        return await self._wait_for(is_it, f"{name} {fields or ''}")

    async def hears_nothing(self, *, but: Collection[str] = ()) -> None:
        """Nothing has come since what was heard last, and nothing of what was done so far will.

        Proved by a message to oneself: whatever was committed before it would have come before it.
        Events whose names are in `but` do not count. For people with an account: guests have no notes.
        """
        before = self._next
        marker = new_id()
        notes = await self._own_notes()
        await self.says(marker, in_=notes)
        await self.hears(marker, in_=notes)
        came = [
            heard
            for heard in self.heard[before : self._next]
            if heard.name not in but and not _is_about(heard, notes)
        ]
        assert not came, f"{self.name} heard {came}"

    async def _own_notes(self) -> str:
        if self._notes is None:
            before = self._next
            made = await self.asks(
                "conversations.create_conversation", kind="direct", members=[self.id]
            )
            self._notes = str(made["conversation"]["id"])
            self._next = before
        return self._notes

    async def _wait_for(self, is_it: Callable[[Heard], bool], wanted: str) -> Heard:
        try:
            async with asyncio.timeout(SECONDS), self._arrived:
                while True:
                    for position in range(self._next, len(self.heard)):
                        if is_it(self.heard[position]):
                            self._next = position + 1
                            return self.heard[position]
                    await self._arrived.wait()
        except TimeoutError:
            came = "\n".join(map(str, self.heard[self._next :]))
            raise AssertionError(f"{self.name} did not hear {wanted}, but:\n{came}") from None

    async def _hear(self, name: str, body: Any = None) -> None:
        async with self._arrived:
            self.heard.append(Heard(name, body))
            self._arrived.notify_all()

    async def _hear_plainly(self, text: str) -> None:
        await self._hear("message", text)


def _is_about(heard: Heard, conversation_id: str) -> bool:
    body = heard.body if isinstance(heard.body, dict) else {}
    conversation = body.get("conversation") or {}
    return conversation_id in {body.get("conversation_id"), conversation.get("id")}


@dataclass(frozen=True)
class Town:
    """A server that was set up, with its people's tokens and its places."""

    server: Server
    tokens: dict[str, str]
    ids: dict[str, str]
    casa: str
    vecinos: str
    general: str
    plaza: str

    def anew(self) -> "Town":
        """The same people, signed in again, with a channel where nothing was said yet as «general»."""
        tokens = {name: _sign_in(self.server, name) for name in self.tokens}
        members = [self.ids[name] for name in ("bruno", "carla")]
        place = {"kind": "channel", "space_id": self.casa, "name": new_id(), "members": members}
        made = self.server.call("POST", "/conversations", tokens["ana"], **place)
        return replace(self, tokens=tokens, general=made["id"])


def settle(server: Server) -> Town:
    """Set a new server up, and let everyone in."""
    done = server.call(
        "POST",
        "/setup",
        organization="Casa",
        username="ana",
        display_name="Ana",
        password=PASSWORDS["ana"],
    )
    ana = done["token"]
    casa = done["space"]["id"]
    vecinos = server.call("POST", "/spaces", ana, name="Vecinos", kind="team")["id"]
    people = {"ana": done}
    for name, space in {"bruno": casa, "carla": casa, "diego": vecinos}.items():
        people[name] = _join(server, ana, name, space)
    return Town(
        server=server,
        tokens={name: person["token"] for name, person in people.items()},
        ids={name: person["user"]["id"] for name, person in people.items()},
        casa=casa,
        vecinos=vecinos,
        general=done["conversation"]["id"],
        plaza=_plaza(server, ana),
    )


def _join(server: Server, host: str, name: str, space_id: str) -> Any:
    invite = server.call("POST", "/invites", host, space_id=space_id)
    return server.call(
        "POST",
        "/users",
        username=name,
        display_name=name.title(),
        password=PASSWORDS[name],
        invite=invite["code"],
    )


def _sign_in(server: Server, name: str) -> str:
    return server.call("POST", "/sessions", login=name, password=PASSWORDS[name])["token"]


def _plaza(server: Server, token: str) -> str:
    mine = server.call("GET", "/conversations", token)["items"]
    return next(one["id"] for one in mine if one["name"] == "plaza" and one["space_id"] is None)


@dataclass
class Cast:
    """The town's people, connected, with a «taller» of their own."""

    town: Town
    taller: str
    ana: Person
    bruno: Person
    carla: Person
    diego: Person
    _leaving: AsyncExitStack = field(repr=False)

    @property
    def plaza(self) -> str:
        return self.town.plaza

    @property
    def general(self) -> str:
        return self.town.general

    async def another(self, name: str) -> Person:
        """One more connection of somebody of the town."""
        return await self._enter(Person(self.town.server, name, self.town.tokens[name]))

    async def guest(self, name: str = "Visita", token: str | None = None) -> Person:
        """A guest of the plaza."""
        return await self._enter(Person(self.town.server, name, token))

    async def _enter(self, person: Person) -> Person:
        await person.comes()
        self._leaving.push_async_callback(person.goes)
        return person


async def gather(town: Town, leaving: AsyncExitStack) -> Cast:
    """Connect everyone, and open a «taller» for Ana and Bruno; they go when `leaving` is closed."""
    people: dict[str, Person] = {}
    taller = town.server.call(
        "POST",
        "/conversations",
        town.tokens["ana"],
        kind="channel",
        space_id=town.casa,
        name=f"taller {new_id()}",
        visibility="private",
        members=[town.ids["bruno"]],
    )
    for name, token in town.tokens.items():
        people[name] = await Person(town.server, name, token).comes()
        leaving.push_async_callback(people[name].goes)
    return Cast(town=town, taller=taller["id"], _leaving=leaving, **people)
