"""What the server says of itself: `/server` to everybody, its health to those who watch it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tertulia.conversations.contract.arriving import Arrival, GetArrival
from tertulia.gateway.caller import Caller
from tertulia.gateway.http.calls import JSON
from tertulia.gateway.reception import Reception
from tertulia.gateway.settings import EdgeSettings
from tertulia.kernel.errors import NotFound
from tertulia.kernel.limits import Limits
from tertulia.kit import metrics
from tertulia.kit.bus import Bus

NAME = "Tertulia"
PROTOCOL = 1
FEATURES: tuple[str, ...] = ()
LANGUAGES = ("en", "es")
SHOWN_LIMITS = (
    "text",
    "name",
    "topic",
    "username_min",
    "username_max",
    "password_min",
    "password_max",
    "emojis",
    "reaction_users",
    "group_people",
    "conversations",
    "page",
    "page_default",
    "updates",
    "updates_default",
    "positions",
    "watched",
    "typing_per_second",
    "undo_seconds",
    "frame_bytes",
    "body_bytes",
    "attachments",
    "file_bytes",
)
"""What a client has to know beforehand."""


def server_card(version: str, name: str) -> dict[str, Any]:
    """What `/server` and `gateway.ready` have in common."""
    return {"name": name, "version": version, "protocol": PROTOCOL, "features": list(FEATURES)}


class About:
    """Answers for the server itself."""

    def __init__(
        self, bus: Bus, reception: Reception, settings: EdgeSettings, limits: Limits
    ) -> None:
        self._bus = bus
        self._reception = reception
        self._settings = settings
        self._limits = limits
        self.late: Callable[[], Sequence[str]] = lambda: ("gateway",)
        """The parts that are not ready."""

    async def server(self, request: Request) -> Response:
        """`GET /server`."""
        actor = self._reception.admit_anybody(request.scope["tertulia.caller"])
        arrival = await self._bus.ask(GetArrival(), actor)
        return _json(self._description(arrival))

    async def alive(self, _: Request) -> Response:
        """`GET /healthz`: this process answers."""
        return _json({"alive": True})

    async def ready(self, request: Request) -> Response:
        """`GET /readyz`: 503 while a part is late; the parts are named to those who may look inside."""
        late = list(self.late())
        body: dict[str, Any] = {"ready": not late}
        if late and await self._reception.may_look_inside(request.scope["tertulia.caller"]):
            body["late"] = late
        return _json(body, 503 if late else 200)

    async def metrics(self, request: Request) -> Response:
        """`GET /metrics`, for Prometheus. `NotFound` to strangers."""
        await self.check_inside(request)
        body, media_type = metrics.exposition()
        return Response(body, headers={"content-type": media_type})

    async def check_inside(self, request: Request) -> None:
        """`NotFound` unless the caller is local or an administrator."""
        caller: Caller = request.scope["tertulia.caller"]
        if not await self._reception.may_look_inside(caller):
            raise NotFound

    def _description(self, arrival: Arrival) -> dict[str, Any]:
        limits = self._limits.model_dump(mode="json")
        return {
            **server_card(self._settings.version, arrival.organization or NAME),
            "setup_required": arrival.setup_required,
            "registration": arrival.registration,
            "guests": arrival.guests,
            "languages": list(LANGUAGES),
            "limits": {name: limits[name] for name in SHOWN_LIMITS},
        }


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status_code=status, media_type=JSON)
