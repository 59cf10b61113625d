"""What a running server really sends is what `protocol/` says: every call, command and event."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import socketio
from jsonschema import Draft202012Validator

from tertulia.client.ids import new_id
from tests.support.programs import ROOT
from tests.support.server import Server

SECONDS = 30
PASSWORD = "una buena taza de té"
PROTOCOL = ROOT / "protocol"


@cache
def document(name: str) -> dict[str, Any]:
    return json.loads((PROTOCOL / name).read_text("utf-8"))


def part(name: str, path: str) -> Any:
    """What stands at a path of a document."""
    place: Any = document(name)
    for key in path.split("|"):
        place = place[key]
    return place


@cache
def validator(name: str, path: str) -> Draft202012Validator:
    """Of the schema at a path of a document."""
    schema = part(name, path)
    return Draft202012Validator({**schema, "components": document(name)["components"]})


def check(name: str, path: str, value: Any) -> None:
    faults = [f"{it.json_path}: {it.message}" for it in validator(name, path).iter_errors(value)]
    assert not faults, f"{path}: {faults}"


class Witness:
    """A person at the socket and over HTTP, who compares all that is said with the reference."""

    def __init__(self, server: Server, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{server.url}/api/v1", headers={"Authorization": f"Bearer {token}"}
        )
        self._url, self._token = server.url, token
        self._sio = socketio.AsyncClient(reconnection=False)
        self._news = asyncio.Condition()
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.asked: set[str] = set()
        self.called: set[str] = set()

    async def arrive(self) -> None:
        self._sio.on("*", self._hear)
        await self._sio.connect(
            self._url, auth={"token": self._token}, transports=["websocket"], wait_timeout=SECONDS
        )
        await self.hears("gateway.ready")

    async def leave(self) -> None:
        await self._sio.disconnect()
        await self._http.aclose()

    async def _hear(self, name: str, payload: Any) -> None:
        async with self._news:
            self.heard[name].append(payload)
            self._news.notify_all()

    async def hears(self, name: str, times: int = 1) -> Any:
        """The payload of the event that was heard as the so manieth of its name."""
        async with asyncio.timeout(SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.heard[name]) >= times)
        return self.heard[name][times - 1]

    async def asks(self, name: str, /, **params: Any) -> Any:
        """The result of a command, whose acknowledgement is as written."""
        ack = await self._sio.call(f"conversations.{name}" if "." not in name else name, params)
        assert isinstance(ack, dict)
        name = name if "." in name else f"conversations.{name}"
        check("asyncapi.json", f"components|messages|{name}.ack|payload", ack)
        assert ack["ok"], ack
        self.asked.add(name)
        return ack["result"]

    async def is_refused(self, name: str, /, **params: Any) -> str:
        """The code with which a command is refused."""
        ack: Any = await self._sio.call(name, params)
        check("asyncapi.json", "components|schemas|Refusal", ack)
        return ack["error"]["code"]

    async def calls(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """The answer of a call over HTTP, which is as written."""
        names = re.findall(r"{(\w+)}", path)
        given = dict(fields or {})
        filled = path.format_map({name: quote(str(given.pop(name)), safe="") for name in names})
        in_query = method in {"GET", "DELETE"}
        query, body = (given, None) if in_query else (None, given or None)
        answer = await self._http.request(method, filled, params=query, json=body)
        assert answer.is_success, answer.text
        responses = f"paths|{path}|{method.lower()}|responses"
        assert (
            str(answer.status_code)
            in document("openapi.json")["paths"][path][method.lower()]["responses"]
        )
        if answer.content:
            where = f"{responses}|{answer.status_code}|content|application/json|schema"
            check("openapi.json", where, answer.json())
        self.called.add(f"{method} {path}")
        return answer.json() if answer.content else None

    def check_events(self) -> None:
        """Everything heard is as written."""
        for name, payloads in self.heard.items():
            for payload in payloads:
                check("asyncapi.json", f"components|messages|{name}|payload", payload)


@asynccontextmanager
async def present(server: Server, token: str) -> AsyncIterator[Witness]:
    witness = Witness(server, token)
    await witness.arrive()
    try:
        yield witness
    finally:
        await witness.leave()
    witness.check_events()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", TERTULIA_REGISTRATION="open") as server:
        yield server


@pytest.fixture
def ana_in(server: Server) -> Any:
    """Ana's session, who set the server up."""
    person = {"username": "ana", "display_name": "Ana", "password": PASSWORD}
    return server.call("POST", "/setup", organization="Taller", **person)


@pytest.fixture
def bruno_in(server: Server, ana_in: Any) -> Any:
    """Bruno's session, who came into the first space."""
    person = {"username": "bruno", "display_name": "Bruno", "password": PASSWORD}
    return server.call("POST", "/users", **person)


async def tells_spaces(ana: Witness, space_id: str, bruno_id: str) -> None:
    """Everything about spaces and invites."""
    await ana.asks("list_spaces")
    await ana.asks("get_space", space_id=space_id)
    await ana.asks("update_space", space_id=space_id, wall="anil")
    await ana.asks("list_space_members", space_id=space_id)
    await ana.asks("set_space_member", space_id=space_id, user_id=bruno_id, role="moderator")
    await ana.asks("create_space", id=new_id(), name="Otra mesa", kind="class")
    invite = (await ana.asks("create_invite", space_id=space_id, max_uses=3))["invite"]
    await ana.asks("list_invites", space_id=space_id)
    await ana.asks("accept_invite", code=invite["code"])
    await ana.asks("delete_invite", code=invite["code"])
    await ana.asks("find_users", query="bru")
    await ana.asks("get_user", user_id=bruno_id)
    await ana.asks("accounts.get_profile")
    await ana.asks("accounts.update_profile", display_name="Ana María")
    await ana.asks("accounts.list_sessions")


async def tells_conversations(ana: Witness, space_id: str, bruno_id: str) -> str:
    """Everything about conversations and members; the id of a channel of both."""
    channel = await ana.asks(
        "create_conversation", id=new_id(), kind="channel", space_id=space_id, name="cocina"
    )
    place = {"conversation_id": channel["conversation"]["id"]}
    await ana.asks("create_conversation", kind="group", members=[bruno_id])
    await ana.asks("create_conversation", kind="direct", members=[bruno_id])
    await ana.asks("list_conversations")
    await ana.asks("list_space_conversations", space_id=space_id)
    await ana.asks("get_conversation", **place)
    await ana.asks("update_conversation", **place, topic="Qué hay de comer")
    await ana.asks("add_member", **place, user_id=bruno_id)
    await ana.asks("add_member", **place, user_id=bruno_id, role="moderator")
    await ana.asks("list_members", **place)
    await ana.asks("update_settings", **place, muted=True)
    return place["conversation_id"]


async def tells_messages(ana: Witness, channel: str) -> None:
    """Everything about messages."""
    place = {"conversation_id": channel}
    posted = await ana.asks("post_message", **place, id=new_id(), text="Hola, @bruno y @here")
    message = {"message_id": posted["message"]["id"]}
    await ana.asks("post_message", **place, text="Sí", thread_id=message["message_id"])
    quoted = await ana.asks("post_message", **place, text="Eso", reply_to=message["message_id"])
    await ana.asks("get_message", **message)
    await ana.asks("edit_message", **message, text="Hola a todo el mundo")
    await ana.asks("list_revisions", **message)
    await ana.asks("add_reaction", **message, emoji="👍")
    await ana.asks("remove_reaction", **message, emoji="👍")
    await ana.asks("pin_message", **message)
    await ana.asks("list_pins", **place)
    await ana.asks("unpin_message", **message)
    await ana.asks("list_thread", **message)
    await ana.asks("list_messages", **place)
    await ana.asks("list_messages", **place, around=message["message_id"])
    updates = await ana.asks("list_updates", **place)
    await ana.asks("delete_message", message_id=quoted["message"]["id"])
    position = {"epoch": updates["epoch"], "seq": 0}
    caught_up = await ana.asks("catch_up", positions={channel: position, new_id(): position})
    assert caught_up["gone"]
    head = caught_up["heads"][channel]["head"]
    await ana.asks("mark_read", **place, seq=head)
    await ana.asks("mark_read", **place, seq=1, force=True)


async def tells_drafts(ana: Witness, phone: Witness, channel: str) -> None:
    """Everything about what one began to write."""
    place = {"conversation_id": channel}
    saved = await ana.asks("personal.save_draft", **place, text="Querida")
    await phone.hears("personal.draft_changed")
    await ana.asks("personal.get_draft", **place)
    await ana.asks("personal.list_drafts")
    late = await ana.is_refused("personal.save_draft", **place, text="De antes")
    assert late == "personal.draft_newer"
    await ana.asks("personal.save_draft", **place, text="", version=saved["draft"]["version"])
    await phone.hears("personal.draft_changed", 2)


async def tells_saved(ana: Witness, channel: str) -> None:
    """Everything about what one saved."""
    posted = await ana.asks("post_message", conversation_id=channel, text="Para guardar")
    message = {"message_id": posted["message"]["id"]}
    await ana.asks("personal.save_message", **message)
    await ana.asks("personal.list_saved")
    await ana.asks("personal.list_saved_ids")
    await ana.asks("personal.unsave_message", **message)
    await ana.hears("personal.message_unsaved")


async def tells_farewells(ana: Witness, bruno: Witness, ids: dict[str, str]) -> None:
    """Everything that ends."""
    place = {"conversation_id": ids["channel"]}
    await bruno.asks("leave", **place)
    await bruno.asks("join", **place)
    await ana.asks("remove_member", **place, user_id=ids["bruno"])
    await ana.asks("archive_conversation", **place)
    assert await ana.is_refused("conversations.post_message", **place, text="¿Hay alguien?") == (
        "conversations.archived"
    )
    await ana.asks("remove_space_member", space_id=ids["space"], user_id=ids["bruno"])
    await bruno.hears("conversations.space_removed")


async def ends_a_session(server: Server, bruno: Witness) -> None:
    """From one connection a person ends the session of another."""
    signed_in = server.call("POST", "/sessions", login="bruno", password=PASSWORD)
    async with present(server, signed_in["token"]) as elsewhere:
        await bruno.asks("accounts.revoke_session", session_id=signed_in["session_id"])
        goodbye = await elsewhere.hears("gateway.goodbye")
        assert goodbye["code"] == "session_revoked"
        bruno.heard["gateway.goodbye"].append(goodbye)


async def test_what_the_socket_says_is_as_written(server, ana_in, bruno_in):
    space_id, bruno_id = ana_in["space"]["id"], bruno_in["user"]["id"]
    async with present(server, ana_in["token"]) as ana:
        await ana.asks("presence.watch", user_ids=[bruno_id])
        async with present(server, bruno_in["token"]) as bruno:
            await ana.hears("presence.changed")
            await tells_spaces(ana, space_id, bruno_id)
            channel = await tells_conversations(ana, space_id, bruno_id)
            await tells_messages(ana, channel)
            async with present(server, ana_in["token"]) as phone:
                await tells_drafts(ana, phone, channel)
            ana.heard["personal.draft_changed"] += phone.heard["personal.draft_changed"]
            await tells_saved(ana, channel)
            await bruno.asks("presence.set_typing", conversation_id=channel)
            await ana.hears("presence.typing")
            await ends_a_session(server, bruno)
            ids = {"space": space_id, "bruno": bruno_id, "channel": channel}
            await tells_farewells(ana, bruno, ids)
    messages = document("asyncapi.json")["components"]["messages"]
    commands = {it.removesuffix(".ack") for it in messages if it.endswith(".ack")}
    assert commands - ana.asked - bruno.asked == {"message"}
    assert messages.keys() - commands - {f"{it}.ack" for it in commands} == (
        ana.heard.keys() | bruno.heard.keys()
    )


async def test_what_http_answers_is_as_written(server, ana_in, bruno_in):
    """Each call of the reference but those that come in, which the fixtures make."""
    space, bruno = {"space_id": ana_in["space"]["id"]}, {"user_id": bruno_in["user"]["id"]}
    witness = Witness(server, ana_in["token"])
    await witness.calls("GET", "/server")
    await witness.calls("GET", "/sessions")
    for path in ("/users/me", "/spaces", "/conversations"):
        await witness.calls("GET", path)
    await witness.calls("PATCH", "/users/me", {"language": "es"})
    await witness.calls("GET", "/users", {"query": "b"})
    await witness.calls("GET", "/users/{user_id}", bruno)
    await witness.calls("GET", "/spaces/{space_id}", space)
    await witness.calls("PATCH", "/spaces/{space_id}", {**space, "name": "Taller"})
    await witness.calls("GET", "/spaces/{space_id}/members", space)
    role = {**space, **bruno, "role": "member"}
    await witness.calls("PUT", "/spaces/{space_id}/members/{user_id}", role)
    await witness.calls("POST", "/spaces", {"name": "Aula", "kind": "class"})
    invite = await witness.calls("POST", "/invites", space)
    await witness.calls("GET", "/spaces/{space_id}/invites", space)
    await witness.calls("GET", "/invites/{code}", {"code": invite["code"]})
    await witness.calls("POST", "/invites/{code}/accept", {"code": invite["code"]})
    await witness.calls("DELETE", "/invites/{code}", {"code": invite["code"]})
    await call_conversations(witness, space, bruno)
    await witness.calls("DELETE", "/spaces/{space_id}/members/{user_id}", {**space, **bruno})
    await witness.calls("POST", "/sessions", {"login": "ana", "password": PASSWORD})
    await witness.calls("DELETE", "/sessions/{session_id}", {"session_id": "all"})
    await witness.leave()
    calls = {
        f"{method.upper()} {path}"
        for path, operations in document("openapi.json")["paths"].items()
        for method in operations
    }
    assert calls - witness.called == {"POST /setup", "POST /users"}


async def call_conversations(
    witness: Witness, space: dict[str, Any], bruno: dict[str, Any]
) -> None:
    """The calls below `/conversations` and `/messages`."""
    await witness.calls("GET", "/spaces/{space_id}/conversations", space)
    channel = {"id": new_id(), "kind": "channel", "name": "cocina", **space}
    made = await witness.calls("POST", "/conversations", channel)
    await witness.calls("POST", "/conversations", channel)
    place = {"conversation_id": made["id"]}
    one = "/conversations/{conversation_id}"
    await witness.calls("GET", one, place)
    await witness.calls("PATCH", one, {**place, "topic": "Qué hay de comer"})
    await witness.calls("PATCH", f"{one}/settings", {**place, "muted": True})
    await witness.calls("PUT", f"{one}/members/{{user_id}}", {**place, **bruno})
    await witness.calls("GET", f"{one}/members", place)
    await witness.calls("DELETE", f"{one}/members/{{user_id}}", {**place, **bruno})
    posted = await witness.calls("POST", f"{one}/messages", {**place, "text": "Hola"})
    await call_messages(witness, {"message_id": posted["id"]})
    for page in ("messages", "updates", "pins"):
        await witness.calls("GET", f"{one}/{page}", place)
    await witness.calls("PUT", f"{one}/draft", {**place, "text": "Querida"})
    await witness.calls("GET", f"{one}/draft", place)
    await witness.calls("GET", "/drafts")
    await witness.calls("PUT", f"{one}/read", {**place, "seq": 1})
    await witness.calls("DELETE", f"{one}/members/me", place)
    await witness.calls("PUT", f"{one}/members/me", place)
    await witness.calls("DELETE", one, place)


async def call_messages(witness: Witness, message: dict[str, Any]) -> None:
    one = "/messages/{message_id}"
    await witness.calls("GET", one, message)
    await witness.calls("PATCH", one, {**message, "text": "Hola a todos"})
    await witness.calls("PUT", f"{one}/reactions/{{emoji}}", {**message, "emoji": "👍"})
    await witness.calls("DELETE", f"{one}/reactions/{{emoji}}", {**message, "emoji": "👍"})
    await witness.calls("PUT", f"{one}/pin", message)
    await witness.calls("DELETE", f"{one}/pin", message)
    await witness.calls("PUT", f"{one}/saved", message)
    await witness.calls("GET", "/saved")
    await witness.calls("GET", "/saved/ids")
    await witness.calls("DELETE", f"{one}/saved", message)
    await witness.calls("GET", f"{one}/thread", message)
    await witness.calls("GET", f"{one}/revisions", message)
    await witness.calls("DELETE", one, message)
