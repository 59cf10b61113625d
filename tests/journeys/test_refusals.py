"""Bad input gets a clear, coded error, over HTTP and on the socket alike, and nothing changes."""

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import socketio
from socketio.exceptions import ConnectionError  # noqa: A004 - its name

from tertulia.kernel.ids import new_id
from tests.support.cast import Cast, Person, Refused

Fields = Callable[[Cast, str], dict[str, Any]]
"""What is asked, from the cast and the id of a message of Ana's in the «taller»."""


@dataclass(frozen=True)
class Refusal:
    """A call with its command, what is asked, who asks, and how they are refused."""

    call: str
    command: str
    fields: Fields
    code: str
    status: int
    who: str = "ana"
    named: str | None = None
    params: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.command}-{self.who}-{self.named or self.code}"


POST = ("POST /conversations/{conversation_id}/messages", "conversations.post_message")
EDIT = ("PATCH /messages/{message_id}", "conversations.edit_message")
DELETE = ("DELETE /messages/{message_id}", "conversations.delete_message")
GET = ("GET /messages/{message_id}", "conversations.get_message")
REACT = ("PUT /messages/{message_id}/reactions/{emoji}", "conversations.add_reaction")
PIN = ("PUT /messages/{message_id}/pin", "conversations.pin_message")
CHANGE = ("PATCH /conversations/{conversation_id}", "conversations.update_conversation")
CREATE = ("POST /conversations", "conversations.create_conversation")
SEE = ("GET /conversations/{conversation_id}", "conversations.get_conversation")
UPDATES = ("GET /conversations/{conversation_id}/updates", "conversations.list_updates")
JOIN = ("PUT /conversations/{conversation_id}/members/me", "conversations.join")
ADD = ("PUT /conversations/{conversation_id}/members/{user_id}", "conversations.add_member")
READ = ("PUT /conversations/{conversation_id}/read", "conversations.mark_read")
ROLE = ("PUT /spaces/{space_id}/members/{user_id}", "conversations.set_space_member")
PAINT = ("PATCH /spaces/{space_id}", "conversations.update_space")
INVITE = ("POST /invites", "conversations.create_invite")
PROFILE = ("PATCH /users/me", "accounts.update_profile")


def post(**more: Any) -> Fields:
    return lambda cast, _: {"conversation_id": cast.taller, "text": "hola", **more}


def message(**more: Any) -> Fields:
    return lambda _, message_id: {"message_id": message_id, **more}


def place(**more: Any) -> Fields:
    return lambda cast, _: {"conversation_id": cast.taller, **more}


def space(**more: Any) -> Fields:
    return lambda cast, _: {"space_id": cast.town.casa, **more}


def member(name: str, **more: Any) -> Fields:
    return lambda cast, _: {
        "space_id": cast.town.casa,
        "user_id": cast.town.ids[name],
        **more,
    }


REFUSALS = [
    # unknown fields, forged authors and the like
    Refusal(*POST, post(colour="red"), "invalid", 422, named="colour"),
    Refusal(*POST, post(author_id=new_id()), "invalid", 422, named="author_id"),
    Refusal(*POST, post(created_at="2020-01-01T00:00:00Z"), "invalid", 422, named="created_at"),
    Refusal(*POST, post(seq=1), "invalid", 422, named="seq"),
    Refusal(*CHANGE, place(role="owner"), "invalid", 422, named="role"),
    Refusal(*PROFILE, lambda *_: {"administrator": True}, "invalid", 422, named="administrator"),
    # wrong types
    Refusal(*POST, post(text=5), "invalid", 422, named="text"),
    Refusal(*POST, post(text=None), "invalid", 422, named="text"),
    Refusal(*POST, post(text={"$ne": ""}), "invalid", 422, named="text"),
    Refusal(*POST, post(also_in_channel="yes"), "invalid", 422, named="also_in_channel"),
    Refusal(*POST, post(id="no id"), "invalid", 422, named="id"),
    Refusal(*READ, place(seq="5"), "invalid", 422, named="seq"),
    Refusal(*READ, place(seq=-1), "invalid", 422, named="seq"),
    Refusal(*CREATE, lambda *_: {"kind": "club"}, "invalid", 422, named="kind"),
    Refusal(*PAINT, space(wall="pink"), "invalid", 422, named="wall"),
    # too long, too short, not allowed
    Refusal(*POST, post(text="x" * 16_001), "invalid", 422, named="text", params={"limit": 16_000}),
    Refusal(*POST, post(text=" \n\t "), "invalid", 422, named="text"),
    Refusal(*POST, post(text="a\0b"), "invalid", 422, named="text"),
    Refusal(*CHANGE, place(topic="x" * 251), "invalid", 422, named="topic", params={"limit": 250}),
    Refusal(*CHANGE, place(name="a#b"), "invalid", 422, named="name"),
    Refusal(*PROFILE, lambda *_: {"username": "x"}, "invalid", 422, named="username"),
    Refusal(*PROFILE, lambda *_: {"username": "everyone"}, "accounts.username_taken", 409),
    Refusal(*REACT, message(emoji="nope"), "invalid", 422, named="emoji"),
    # unknown ids
    Refusal(*POST, lambda *_: {"conversation_id": new_id(), "text": "x"}, "not_found", 404),
    Refusal(*GET, lambda *_: {"message_id": new_id()}, "not_found", 404),
    Refusal(*POST, post(reply_to=new_id()), "not_found", 404),
    Refusal(*POST, post(thread_id=new_id()), "not_found", 404),
    Refusal(*ADD, place(user_id=new_id()), "not_found", 404),
    # other people's conversations, of the same space and of another
    *(
        Refusal(*call, fields, "not_found", 404, who=who)
        for who in ("carla", "diego")
        for call, fields in (
            (POST, post()),
            (SEE, place()),
            (UPDATES, place()),
            (JOIN, place()),
            (CHANGE, place(topic="mío")),
            (READ, place(seq=1)),
            (GET, message()),
            (EDIT, message(text="mío")),
            (DELETE, message()),
            (REACT, message(emoji="👍")),
            (PIN, message()),
        )
    ),
    # what one may see and may not do
    Refusal(*EDIT, message(text="suyo"), "forbidden", 403, who="bruno"),
    Refusal(*DELETE, message(), "forbidden", 403, who="bruno"),
    Refusal(*CHANGE, place(archived=True), "forbidden", 403, who="bruno"),
    Refusal(*PAINT, space(name="Mía"), "forbidden", 403, who="bruno"),
    Refusal(*INVITE, space(), "forbidden", 403, who="bruno"),
    Refusal(*ROLE, member("bruno", role="admin"), "forbidden", 403, who="bruno"),
    Refusal(*ROLE, member("ana", role="member"), "conversations.last_owner", 409),
    Refusal(*PAINT, space(name="Mía"), "not_found", 404, who="diego"),
    Refusal(*UPDATES, place(after=10_000), "conversations.resync", 409),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
async def test_bad_input_is_refused_alike_and_changes_nothing(cast: Cast, refusal: Refusal):
    said = await cast.ana.says("antes", in_=cast.taller)
    fields = refusal.fields(cast, said["id"])
    asker: Person = getattr(cast, refusal.who)
    before = await _state(cast)

    with pytest.raises(Refused) as on_socket:
        await asker.asks(refusal.command, **fields)
    over_http = _call(cast, refusal, fields)

    for error in (on_socket.value.error, over_http.json()):
        assert (error["code"], error["status"]) == (refusal.code, refusal.status)
        assert error["request_id"]
        assert error["detail"]
        if refusal.named:
            assert [each["field"] for each in error["errors"]] == [refusal.named]
        if refusal.params:
            assert error["params"] == refusal.params
    assert over_http.status_code == refusal.status
    assert over_http.headers["content-type"].startswith("application/problem+json")
    assert await _state(cast) == before


async def _state(cast: Cast) -> list[Any]:
    """All that Ana and Bruno can see of the space, of the «taller» and of themselves."""
    seen: list[Any] = []
    for person in (cast.ana, cast.bruno):
        seen.append(await person.asks("conversations.list_conversations"))
        seen.append(await person.asks("conversations.list_updates", conversation_id=cast.taller))
        seen.append(await person.asks("conversations.get_space", space_id=cast.town.casa))
        seen.append(await person.asks("accounts.get_profile"))
    return seen


def _call(cast: Cast, refusal: Refusal, fields: dict[str, Any]) -> httpx.Response:
    method, path = refusal.call.split()
    named = {name for _, name, _, _ in string.Formatter().parse(path) if name}
    rest = {key: value for key, value in fields.items() if key not in named}
    in_query = method in {"GET", "DELETE"}
    return httpx.request(
        method,
        f"{cast.town.server.url}/api/v1{path.format_map(fields)}",
        headers={"Authorization": f"Bearer {cast.town.tokens[refusal.who]}"},
        params=rest if in_query else None,
        json=rest if rest and not in_query else None,
    )


async def test_a_revoked_token_is_refused_everywhere(cast: Cast):
    signed_in = cast.town.server.call(
        "POST", "/sessions", login="bruno", password="una buena taza de té, bruno"
    )
    token = signed_in["token"]
    phone = await Person(cast.town.server, "bruno", token).comes()
    cast.town.server.call("DELETE", "/sessions/current", token)
    goodbye = await phone.hears_event("gateway.goodbye")
    assert (goodbye.body["code"], goodbye.body["reconnect"]) == ("session_revoked", False)
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"{cast.town.server.url}/api/v1/conversations",
            headers={"Authorization": f"Bearer {token}"},
        )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert (await _refusal(cast, token))["message"] == "unauthenticated"


async def _refusal(cast: Cast, token: str) -> dict[str, Any]:
    """The `connect_error` that a connection with this token gets."""
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[dict[str, Any]] = []
    client.on("connect_error", refusals.append)
    with pytest.raises(ConnectionError):
        await client.connect(cast.town.server.url, auth={"token": token})
    return refusals[0]
