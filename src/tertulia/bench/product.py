"""The whole product as a peer: `tertulia serve`, SQLite, people who are signed in."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tertulia.bench.errors import NoResult
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.population import Person, copy_person, strangers
from tertulia.bench.serving import free_port, running
from tertulia.bench.wire import MISSED, Wire
from tertulia.bench.workshop import Workshop

SETTINGS = {
    "TERTULIA_RATE_LIMITS": "off",
    "TERTULIA_REGISTRATION": "open",
    "TERTULIA_GUESTS": "off",
    "TERTULIA_LOG_LEVEL": "error",
    "LC_ALL": "C.UTF-8",
}
CONVERSATIONS = 3
PASSWORD = "una buena taza de té"  # noqa: S105 - of people who live for a minute
HTTP_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """A conversation that everybody is in, and where it stands."""

    id: str
    epoch: str
    head: int


@dataclass(frozen=True)
class ProductPeer(Peer):
    """Its own wire; one room, the first conversation, is the only one that is spoken in."""

    collects: bool = False
    wire: Wire = field(
        default=Wire(
            said='42["conversations.message_posted",',
            ready='42["gateway.ready"',
            marker='"type":"message_posted"',
        )
    )

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del workshop
        options = ["--port", str(port), "--data", str(folder / "data")]
        return [sys.executable, "-m", "tertulia", "serve", *options]

    def environment(self) -> dict[str, str]:
        """The variables that it starts with."""
        return SETTINGS

    def prepare(self, workshop: Workshop, folder: Path, crowd: Crowd) -> None:
        """A data folder with everybody in it; they say what is missed later."""
        if crowd.rooms != 1:
            raise NoResult("the product is measured in one conversation")
        template = _template(self, workshop, crowd.clients)
        shutil.copytree(template, folder / "data", ignore=shutil.ignore_patterns("*.sock"))

    def people(self, crowd: Crowd) -> Iterable[str]:
        """Everybody with a token, and with where they were before the last messages."""
        places = _places(crowd.clients)
        positions = {it.id: {"epoch": it.epoch, "seq": it.head} for it in places}
        positions[places[0].id]["seq"] = places[0].head - MISSED
        caught_up = json.dumps(["conversations.catch_up", {"positions": positions}])
        for person in strangers(crowd.clients):
            yield f'0\t{{"token":"{person.token}"}}\t{caught_up}\n'

    def rooms(self, crowd: Crowd) -> Iterable[str]:
        """The conversation that is spoken in."""
        place = _places(crowd.clients)[0]
        command = '42["conversations.post_message",{"conversation_id":"' + place.id
        yield f'{command}","text":"\t"}}]\n'


PRODUCT = ProductPeer("product", "Tertulia, the whole product")
_known_places: dict[int, list[Place]] = {}


def _places(people: int) -> list[Place]:
    """The conversations of the template for so many people, the one to speak in first."""
    return _known_places[people]


@cache
def _template(peer: ProductPeer, workshop: Workshop, people: int) -> Path:
    folder = workshop.scratch(f"template-{people}")
    port = free_port()
    command = peer.command(workshop, port, folder)
    with running(command, SETTINGS, folder / "server.log", port):
        model = _settle(f"http://127.0.0.1:{port}/api/v1")
    database = folder / "data" / "tertulia.db"
    copy_person(database, model, list(strangers(people)))
    _known_places[people] = list(_read_places(database))
    return folder / "data"


def _settle(url: str) -> Person:
    """Set the product up, with one person in three conversations, where something was said."""
    names = {"display_name": "Person", "password": PASSWORD}
    first = _call("POST", f"{url}/setup", username="first", organization="Bench", **names)
    model = _call("POST", f"{url}/users", username="model", **names)
    token = first["token"]
    for number in range(1, CONVERSATIONS):
        fields = {"kind": "channel", "space_id": first["space"]["id"], "name": f"room{number}"}
        members = [model["user"]["id"]]
        _call("POST", f"{url}/conversations", token, members=members, **fields)
    general = first["conversation"]["id"]
    for number in range(MISSED):
        _call("POST", f"{url}/conversations/{general}/messages", token, text=f"missed {number}")
    sessions = _call("GET", f"{url}/sessions", model["token"])
    return Person(model["user"]["id"], "model", sessions["items"][0]["id"], model["token"])


def _read_places(database: Path) -> Iterator[Place]:
    """Those with members, `general` first."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT id, epoch, head FROM conversations_conversations"
            " WHERE NOT is_plaza ORDER BY name"
        )
        yield from (Place(*row) for row in rows)


def _call(method: str, url: str, token: str | None = None, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.request(method, url, headers=headers, json=body or None, timeout=HTTP_SECONDS)
    if not answer.is_success:
        raise NoResult(f"the product answers {answer.status_code} to {method} {url}: {answer.text}")
    return answer.json() if answer.content else None
