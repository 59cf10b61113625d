"""A space with people in it, made over HTTP: where the stories begin that are not about set-up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.support.server import SETUP_CODE, Server

SPACE = "Barro y Sal"
NAMES = {"ana": "Ana Lago", "ines": "Inés Peña", "bruno": "Bruno Sáez", "zoe": "Zoe Marí"}
COOKIE = "tertulia_session"


def password_of(name: str) -> str:
    return f"una buena taza de té, {name}"


@dataclass(frozen=True)
class Account:
    """Somebody with an account."""

    username: str
    id: str
    token: str

    @property
    def name(self) -> str:
        return NAMES[self.username]


@dataclass
class House:
    """The space «Barro y Sal» of Ana, with Inés, Bruno and Zoe."""

    server: Server
    space: str
    general: str
    accounts: dict[str, Account]
    _http: httpx.Client
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self, who: str, method: str, path: str, **body: Any) -> Any:
        """The answer of an HTTP call of somebody; anything but success fails the test."""
        headers = {"Authorization": f"Bearer {self.accounts[who].token}"}
        answer = self._http.request(method, path, headers=headers, json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def channel(self, *members: str, name: str = "taller", **fields: Any) -> Any:
        """A new private channel of Ana and others, by a name that no other has."""
        return self.call(
            "ana",
            "POST",
            "/conversations",
            kind="channel",
            space_id=self.space,
            name=f"{name}-{next(self._numbers)}",
            members=[self.accounts[member].id for member in members],
            **{"visibility": "private", **fields},
        )

    def say(self, who: str, text: str, conversation: Any, **fields: Any) -> Any:
        """Post a message."""
        path = f"/conversations/{conversation['id']}/messages"
        return self.call(who, "POST", path, text=text, **fields)

    def texts(self, conversation: Any) -> list[str]:
        """What the log holds, in order, as Ana reads it."""
        path = f"/conversations/{conversation['id']}/messages?limit=200"
        return [message["text"] for message in self.call("ana", "GET", path)["items"]]

    def path(self, conversation: Any) -> str:
        """The address of a conversation in the web app."""
        space = f"/s/{conversation['space_id']}" if conversation["space_id"] else ""
        return f"{space}/c/{conversation['id']}"


@contextmanager
def settle(server: Server) -> Iterator[House]:
    """Set a new server up and let everyone in."""
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=30) as http:
        yield _let_in(server, http)


def _let_in(server: Server, http: httpx.Client) -> House:
    first = _post(http, "/setup", _person("ana", organization=SPACE, setup_code=SETUP_CODE))
    space = first["space"]["id"]
    house = House(server, space, first["conversation"]["id"], {}, http)
    house.accounts["ana"] = Account("ana", first["user"]["id"], first["token"])
    for name in ("ines", "bruno", "zoe"):
        invite = house.call("ana", "POST", "/invites", space_id=space)
        made = _post(http, "/users", _person(name, invite=invite["code"]))
        house.accounts[name] = Account(name, made["user"]["id"], made["token"])
    return house


def _person(name: str, **fields: str) -> dict[str, str]:
    known = {"username": name, "display_name": NAMES[name], "password": password_of(name)}
    return {**known, **fields}


def _post(http: httpx.Client, path: str, body: dict[str, str]) -> Any:
    answer = http.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()
