"""Pages of other sites come in only where they are invited, over either transport."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire

HOST = "chat.example:8443"
STRANGERS = [
    "http://evil.example",
    "null",
    "",
    "chat.example",
    "http://chat.example",
    "http://chat.example:8444",
    "https://chat.example:8443",
    "http://chat.example:8443.evil.example",
    "http://evilchat.example:8443",
    "http://chat.example:8443@evil.example",
    "http://CHAT.example:8443",
    "http://chat.example.:8443",
    "http://chat.example:8443/",
    "file://",
    "*",
]
ALLOWED = ["http://one.example", "https://two.example"]


async def statuses(stand: Stand, origin: str | None, **headers: str) -> tuple[int, int]:
    """The answers to a poll and to a WebSocket."""
    fields = {"Host": HOST, **headers, **({} if origin is None else {"Origin": origin})}
    polling, websocket = await stand.peer(), await stand.peer()
    answer = await polling.ask(wire.get(**fields))
    return answer.status, (await websocket.open(**fields)).status


OPEN, SHUT = (200, 101), (403, 403)


@pytest.mark.parametrize("origin", STRANGERS)
async def test_strangers_are_refused_by_default(stand: Stand, origin: str):
    stand.serve()
    assert await statuses(stand, origin) == SHUT
    assert not stand.server.eio.sockets


async def test_the_own_origin_and_programs_come_in_by_default(stand: Stand):
    stand.serve()
    assert await statuses(stand, f"http://{HOST}") == OPEN
    assert await statuses(stand, None) == OPEN


async def test_what_a_proxy_is_said_to_have_forwarded_enlarges_nothing(stand: Stand):
    stand.serve()
    forwarded = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"}
    assert await statuses(stand, "https://evil.example", **forwarded) == SHUT
    assert await statuses(stand, "http://evil.example", **forwarded) == SHUT


@pytest.mark.parametrize("origin", [*STRANGERS, "http://one.example:80", "https://one.example"])
async def test_a_list_is_all_that_is_invited(stand: Stand, origin: str):
    stand.serve(cors_allowed_origins=ALLOWED)
    assert await statuses(stand, origin) == SHUT


@pytest.mark.parametrize("origin", ALLOWED)
async def test_who_is_on_the_list_comes_in(stand: Stand, origin: str):
    stand.serve(cors_allowed_origins=ALLOWED)
    assert await statuses(stand, origin) == OPEN


async def test_a_single_origin_is_not_searched_for_parts(stand: Stand):
    stand.serve(cors_allowed_origins="http://one.example")
    assert await statuses(stand, "http://one.example") == OPEN
    assert await statuses(stand, "http://one.exam") == SHUT
    assert await statuses(stand, "one.example") == SHUT


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_a_star_lets_everyone_in(stand: Stand, origin: str):
    stand.serve(cors_allowed_origins="*")
    assert await statuses(stand, origin) == OPEN


def ends_in_example(origin: str) -> bool:
    return origin.endswith(".example")


def asks_too(origin: str, environ: dict[str, Any]) -> bool:
    return environ["HTTP_X_ASKED"] == "yes"


@pytest.mark.parametrize("policy", [ends_in_example, asks_too])
async def test_a_function_decides(stand: Stand, policy: Callable[..., bool]):
    stand.serve(cors_allowed_origins=policy)
    assert await statuses(stand, "http://any.example", X_Asked="yes") == OPEN
    assert await statuses(stand, "http://any.example.org", X_Asked="no") == SHUT


@pytest.mark.parametrize("allowed", [None, ALLOWED, "http://one.example", ends_in_example])
async def test_a_refused_origin_is_told_nothing(stand: Stand, allowed: Any):
    stand.serve(cors_allowed_origins=allowed)
    answer = await (await stand.peer()).ask(wire.get(Host=HOST, Origin="http://evil.org"))
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_allowed_origin_is_named_and_never_a_star_with_credentials(stand: Stand):
    stand.serve(cors_allowed_origins="*")
    answer = await (await stand.peer()).ask(wire.get(Origin="http://one.example"))
    assert answer.headers["access-control-allow-origin"] == "http://one.example"
    assert "origin" in answer.headers["vary"].lower()


async def test_an_open_session_is_no_way_around_the_origin(stand: Stand):
    stand.serve()
    poller = await stand.poller()
    evil = "http://evil.example"
    for request in (wire.get(poller.sid, Origin=evil), wire.post("40", poller.sid, Origin=evil)):
        assert (await (await stand.peer()).ask(request)).status == 403
    upgrade = await stand.peer()
    assert (await upgrade.open(poller.sid, Origin=evil)).status == 403
    assert await poller.post('421["still"]') == 200
