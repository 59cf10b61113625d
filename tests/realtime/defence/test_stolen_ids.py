"""An Engine.IO id is a name and no key: where the application says whose it is, others cannot use it."""

import re
from collections import Counter

import pytest

from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire


def serve(stand: Stand) -> Stand:
    stand.serve()
    stand.server.eio.holder_of = lambda request: request.header(b"authorization")
    return stand


ANA, EVE = {"Authorization": "ana"}, {"Authorization": "eve"}
UNKNOWN = b'{"code":1,"message":"Session ID unknown"}'


async def ana_polls(stand: Stand) -> str:
    """The id of a session of Ana's."""
    peer = await stand.peer()
    answer = await peer.ask(wire.get(**ANA))
    return answer.body.split(b'"sid":"')[1].split(b'"')[0].decode()


@pytest.mark.parametrize("thief", [EVE, {}])
async def test_a_stolen_id_is_unknown_on_either_transport(stand: Stand, thief: dict[str, str]):
    sid = await ana_polls(serve(stand))
    stolen = [wire.get(sid, **thief), wire.post("40", sid, **thief), wire.upgrade(sid, **thief)]
    for request in stolen:
        answer = await (await stand.peer()).ask(request)
        assert (answer.status, answer.body) == (400, UNKNOWN)
    assert await own(stand, sid) == 200


async def own(stand: Stand, sid: str) -> int:
    """What Ana is answered."""
    return (await (await stand.peer()).ask(wire.post("40", sid, **ANA))).status


async def test_a_stolen_id_neither_closes_nor_disturbs_the_session(stand: Stand):
    sid = await ana_polls(serve(stand))
    for body in ("1", "41", "4nonsense", "\x1e"):
        await (await stand.peer()).ask(wire.post(body, sid, **EVE))
    assert await own(stand, sid) == 200


async def test_the_owner_upgrades(stand: Stand):
    sid = await ana_polls(serve(stand))
    upgrade = await stand.peer()
    assert (await upgrade.open(sid, **ANA)).status == 101
    await upgrade.say("2probe")
    assert await upgrade.hears("3probe")


async def test_the_id_of_a_websocket_is_no_poll(stand: Stand):
    stand.serve()
    client = await stand.client()
    sid = next(iter(stand.server.eio.sockets))
    for request in (wire.get(sid), wire.post('42["stolen"]', sid)):
        assert (await (await stand.peer()).ask(request)).status == 400
    second = await stand.peer()
    await second.open(sid)
    assert await second.is_closed()
    await client.say('421["own"]')
    assert await client.ack(1) == []
    assert stand.heard == [("own",)]


@pytest.mark.parametrize(
    "sid", ["nobody", "", "__proto__", "../x", "%00", "A" * 5000, "constructor"]
)
async def test_ids_that_nobody_has_are_unknown(stand: Stand, sid: str):
    stand.serve()
    answer = await (await stand.peer()).ask(
        wire.request("GET", f"{wire.PATH}?EIO=4&transport=polling&sid={sid}")
    )
    assert answer.status == (400 if sid else 200)
    assert answer.body.startswith(b'{"code":1' if sid else b"0{")


async def test_ids_cannot_be_guessed_and_do_not_repeat(stand: Stand):
    stand.serve()
    clients = [await stand.client() for _ in range(50)]
    assert len(clients) == len(stand.server.eio.sockets) == 50
    names = [*stand.server.eio.sockets, *stand.server.space("/").members]
    assert all(re.fullmatch("[A-Za-z0-9_-]{20}", name) for name in names)
    assert len(set(names)) == 100
    letters = Counter("".join(names))
    assert len(letters) > 60
