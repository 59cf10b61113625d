"""The town of the simulation, founded over HTTP on a real server: people, spaces, conversations."""

import time
from http import HTTPStatus
from typing import Any

import httpx

from tertulia.chaos.simulation.town import PASSWORD, Citizen, Town
from tertulia.kernel.actor import Actor

SECONDS = 60.0
COME_AGAIN = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""Said where a machine is so busy that a part of the deployment is not heard in time."""
AGAIN_SECONDS = 0.2


def found(url: str) -> Town:
    """See `Town`; its database is that of the server."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=SECONDS, trust_env=False) as http:
        founder = _Founder(http)
        founder.found()
        return Town(b"", founder.citizens, founder.spaces, founder.conversations)


class _Founder:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.citizens: dict[str, Citizen] = {}
        self.spaces: dict[str, str] = {}
        self.conversations: dict[str, str] = {}

    def found(self) -> None:
        """Make everything."""
        self._set_up()
        for name, space, role in (
            ("bruno", "casa", "member"),
            ("eva", "casa", "member"),
            ("gema", "casa", "guest"),
            ("diego", "vecinos", "member"),
        ):
            self._let_in(name, self.spaces[space], role)
        self._open("taller", "ana", "bruno", "eva", "gema", kind="channel", visibility="public")
        self._open("despacho", "bruno", "eva", "ana", kind="channel", visibility="private")
        self._open("grupo", "bruno", "eva", "ana", kind="group")
        self._open("directo", "ana", "bruno", kind="direct")

    def _set_up(self) -> None:
        self._arrive("ana", "/setup", organization="Casa")
        (casa,) = self._as("ana", "GET", "/spaces")["items"]
        vecinos = self._as("ana", "POST", "/spaces", name="Vecinos", kind="team")
        self.spaces |= {"casa": casa["id"], "vecinos": vecinos["id"]}
        names = {None: "plaza", casa["id"]: "general", vecinos["id"]: "vecinos"}
        for conversation in self._as("ana", "GET", "/conversations")["items"]:
            if conversation["space_id"] in names:
                self.conversations[names[conversation["space_id"]]] = conversation["id"]

    def _let_in(self, name: str, space_id: str, role: str) -> None:
        invite = self._as("ana", "POST", "/invites", space_id=space_id, role=role)
        self._arrive(name, "/users", invite=invite["code"])

    def _arrive(self, name: str, path: str, **fields: str) -> None:
        """Make an account; who has it already, as an answer was lost, signs in."""
        person = {"username": name, "display_name": name.title(), "password": PASSWORD}
        try:
            done = self._call("POST", path, **fields, **person)
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code != HTTPStatus.CONFLICT:
                raise
            done = self._call("POST", "/sessions", login=name, password=PASSWORD)
        actor = Actor(id=done["user"]["id"], kind="person", username=name)
        self.citizens[name] = Citizen(name, done["token"], actor)

    def _open(self, name: str, owner: str, *members: str, kind: str, **fields: Any) -> None:
        ids = [self.citizens[member].id for member in members]
        if kind == "channel":
            fields |= {"name": name, "space_id": self.spaces["casa"]}
        made = self._as(owner, "POST", "/conversations", kind=kind, members=ids, **fields)
        self.conversations[name] = made["id"]

    def _as(self, who: str, method: str, path: str, **body: Any) -> Any:
        return self._call(method, path, self.citizens[who].token, **body)

    def _call(self, method: str, path: str, token: str | None = None, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        while True:
            answer = self._http.request(method, path, headers=headers, json=body or None)
            if answer.status_code not in COME_AGAIN:
                break
            time.sleep(AGAIN_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None
