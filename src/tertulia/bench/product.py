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
from tertulia.bench.population import Person, copy_person, fill, seat, strangers
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
PATIENT = {
    f"TERTULIA_LIMITS__{name}_SECONDS": "60"
    for name in ("SEND_WAIT", "LAG_BOOT", "LAG_READ", "LAG_SEND")
}
"""Nothing is refused for being late: how much it carries is asked, and how late, not what it refuses."""
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
    """Its own wire; a room is a conversation, the first one when there is only one."""

    collects: bool = False
    wire: Wire = field(
        default=Wire(
            said='42["conversations.message_posted",',
            ready='42["gateway.ready"',
            marker='"type":"message_posted"',
        )
    )
    sheds: bool = False
    """Whether it refuses what it is late for, as it does where nobody has set limits."""
    messages: int = 0
    """How many are in the first conversation before anybody comes."""

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del workshop
        options = ["--port", str(port), "--data", str(folder / "data")]
        return [sys.executable, "-m", "tertulia", "serve", *options]

    def environment(self) -> dict[str, str]:
        """The variables that it starts with."""
        return SETTINGS if self.sheds else {**SETTINGS, **PATIENT}

    def prepare(self, workshop: Workshop, folder: Path, crowd: Crowd) -> None:
        """A data folder with everybody in it; they say what is missed later."""
        template = _template(self, workshop, crowd)
        shutil.copytree(template, folder / "data", ignore=shutil.ignore_patterns("*.sock"))

    def people(self, crowd: Crowd) -> Iterable[str]:
        """Everybody with a token, and with where they were before the last messages."""
        places = _places(self, crowd)
        positions = {it.id: {"epoch": it.epoch, "seq": it.head} for it in places}
        positions[places[0].id]["seq"] = places[0].head - MISSED
        caught_up = json.dumps(["conversations.catch_up", {"positions": positions}])
        for number, person in enumerate(strangers(crowd.clients)):
            room = number // crowd.members
            yield f'{room}\t{{"token":"{person.token}"}}\t{caught_up}\n'

    def rooms(self, crowd: Crowd) -> Iterable[str]:
        """The conversations that are spoken in; each message has an id, as those of all clients."""
        for place in _places(self, crowd)[: crowd.rooms]:
            command = '42["conversations.post_message",{"conversation_id":"' + place.id
            yield f'{command}","text":"\t","id":"\t"}}]\n'


PRODUCT = ProductPeer("product", "Tertulia, the whole product")
_known_places: dict[tuple[ProductPeer, Crowd], list[Place]] = {}


def _places(peer: ProductPeer, crowd: Crowd) -> list[Place]:
    """The conversations of the template for this crowd, those to speak in first."""
    return _known_places[peer, crowd]


@cache
def _template(peer: ProductPeer, workshop: Workshop, crowd: Crowd) -> Path:
    folder = workshop.scratch(f"template-{len(_known_places)}")
    port = free_port()
    command = peer.command(workshop, port, folder)
    with running(command, {**SETTINGS, **PATIENT}, folder / "server.log", port):
        model = _settle(f"http://127.0.0.1:{port}/api/v1", max(CONVERSATIONS, crowd.rooms))
    database = folder / "data" / "tertulia.db"
    people = list(strangers(crowd.clients))
    copy_person(database, model, people)
    places = _known_places[peer, crowd] = list(_read_places(database))
    if crowd.rooms > 1:
        seat(database, people, [it.id for it in places[: crowd.rooms]], crowd.members)
    if peer.messages:
        fill(database, places[0].id, peer.messages)
    return folder / "data"


def _settle(url: str, conversations: int) -> Person:
    """Set the product up, with one person in some conversations, where something was said."""
    names = {"display_name": "Person", "password": PASSWORD}
    first = _call("POST", f"{url}/setup", username="first", organization="Bench", **names)
    model = _call("POST", f"{url}/users", username="model", **names)
    token = first["token"]
    for number in range(1, conversations):
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
