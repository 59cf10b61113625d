"""What is refused while there is more to do than can be done, and when it is taken on again."""

import asyncio
import json
from contextlib import suppress
from typing import Any, get_args

import pytest

from tertulia.accounts.contract import SignIn
from tertulia.conversations.contract.arriving import Register
from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.updates import CatchUp
from tertulia.gateway.load import CALM, Load
from tertulia.kernel.errors import Overloaded
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Command, Work
from tertulia.presence.contract import Changed, State
from tertulia.runtime.services import edges
from tests.gateway.house import House
from tests.gateway.site import Site, serving

WORK: tuple[Work, ...] = get_args(Work)


def shed(load: Load) -> list[Work]:
    return [work for work in WORK if load.sheds(work)]


def feel(load: Load, *lags: float) -> list[Work]:
    for lag in lags:
        load.feel(lag)
    return shed(load)


@pytest.mark.parametrize(
    ("lag", "refused"),
    [
        (0.09, []),
        (0.11, ["ephemeral"]),
        (0.14, ["ephemeral", "optional"]),
        (0.16, ["ephemeral", "optional", "boot"]),
        (0.19, ["ephemeral", "optional", "boot", "read"]),
        (0.21, ["ephemeral", "optional", "boot", "read", "send"]),
        (2.1, list(WORK)),
    ],
)
def test_the_later_the_loop_the_more_is_refused(lag, refused):
    assert feel(Load(Limits()), lag, lag) == refused


def test_one_pause_is_no_load():
    assert feel(Load(Limits()), 0, 3, 0, 3, 0) == []


def test_what_was_refused_is_taken_on_again_when_it_has_been_calm():
    load = Load(Limits())
    feel(load, 0.3, 0.3)
    assert feel(load, *[0.13] * CALM) == ["ephemeral", "optional"]
    assert feel(load, *[0.1] * CALM) == ["ephemeral"]
    assert feel(load, *[0.02] * (CALM - 1)) == ["ephemeral"]
    assert feel(load, 0.02) == []


@pytest.mark.parametrize(
    ("lag", "refused"),
    [
        (0.26, ["ephemeral", "optional"]),
        (0.51, ["ephemeral", "optional", "boot"]),
        (0.56, ["ephemeral", "optional", "boot", "read"]),
    ],
)
def test_where_changes_may_wait_for_long_the_lag_decides(lag, refused):
    assert feel(Load(Limits(send_wait_seconds=10)), lag, lag) == refused


@pytest.mark.parametrize(
    ("wait", "refused"),
    [
        (0.09, []),
        (0.11, ["ephemeral"]),
        (0.14, ["ephemeral", "optional"]),
        (0.16, ["ephemeral", "optional", "boot"]),
        (0.21, ["ephemeral", "optional", "boot", "send"]),
        (5.0, ["ephemeral", "optional", "boot", "send"]),
    ],
)
def test_the_longer_the_wait_for_the_writer_the_more_is_refused_but_reads(wait, refused):
    assert feel(Load(Limits(), change_wait=lambda: wait), 0) == refused


def test_a_jam_before_the_writer_is_felt_at_once_and_so_is_its_end():
    wait = 0.7
    load = Load(Limits(), change_wait=lambda: wait)
    assert "send" in feel(load, 0)
    wait = 0.01
    assert shed(load) == []
    wait = 0.7
    assert "send" in shed(load)
    wait = 0.0
    assert feel(load, 0) == []
    assert not load.is_high


def test_changes_wait_for_their_answers_as_for_the_writer():
    load = Load(Limits())
    load.answer_wait = lambda: 0.21
    assert feel(load, 0) == ["ephemeral", "optional", "boot", "send"]
    load.answer_wait = lambda: 0.0
    assert feel(load, 0) == []


def test_no_command_joins_a_jammed_queue():
    load = Load(Limits(), change_wait=lambda: 5.0)
    load.feel(0)
    commands = {kind for edge in edges() for kind in edge.commands if issubclass(kind, Command)}
    commands |= {it.request for edge in edges() for it in edge.routes if it.method != "GET"}
    assert {SignIn, Register, PostMessage} <= commands
    assert [kind for kind in commands if not load.sheds(kind.work)] == []


def test_what_a_long_turn_of_the_loop_comes_to_late_is_refused():
    late = 0.0
    load = Load(Limits())
    load.late = lambda: late
    feel(load, 0, 0.12)
    late = 0.7
    assert not load.is_high
    assert shed(load) == []
    feel(load, 0.12)
    assert "send" in shed(load)
    late = 0.0
    assert shed(load) == ["ephemeral"]
    feel(load, 0.65)
    assert "send" in shed(load), "it came during the turn that was so long"
    feel(load, 0.0)
    assert shed(load) == ["ephemeral"]


def test_a_refusal_says_when_to_come_back_and_not_the_same_to_all():
    load = Load(Limits(), change_wait=lambda: 5.0)
    feel(load, 0)
    waits = set()
    for _ in range(20):
        with pytest.raises(Overloaded) as refused:
            load.check("send")
        waits.add(refused.value.retry_after)
    assert len(waits) > 1
    assert all(5 <= wait <= 10 for wait in waits if wait)


def test_the_later_the_loop_the_fewer_are_let_in():
    load = Load(Limits())
    assert load.share() == 1
    feel(load, 0.05, 0.05)
    assert load.share() == 1
    feel(load, 0.4, 0.4)
    assert load.share() == pytest.approx(0.25)


def test_every_request_at_the_edge_says_what_work_it_is():
    kinds = {kind for edge in edges() for kind in edge.commands}
    kinds |= {route.request for edge in edges() for route in edge.routes}
    assert {kind.work for kind in kinds} == set(WORK)
    assert PostMessage.work == "send"
    assert CatchUp.work == "resume"


# --- at the edge ----------------------------------------------------------------------------------


def late(site: Site, lag: float) -> None:
    """Let the loop of a site have been late."""
    feel(site.gateway._load, *[lag] * CALM)


def posting(number: int, conversation_id: str) -> str:
    """A send, as typed, that is to be acknowledged by this number."""
    fields = json.dumps({"conversation_id": conversation_id, "text": "hola"})
    return f'42{number}["conversations.post_message",{fields}]'


async def refused(asked: Any) -> dict[str, Any]:
    answer = await asked
    assert not answer["ok"]
    return answer["error"]


async def test_a_search_is_refused_and_a_message_is_not(site: Site, house: House):
    ana = await site.visit(house.ana)
    late(site, 0.14)
    error = await refused(ana.asks("conversations.find_users", {"query": "a"}))
    assert (error["code"], error["status"], error["retryable"]) == ("overloaded", 503, True)
    assert error["retry_after_ms"] >= 1000
    assert (await ana.says(house.taller, "hola"))["ok"]
    late(site, 0)
    assert (await ana.asks("conversations.list_conversations"))["ok"]


async def test_while_answers_do_not_come_changes_are_refused_and_those_that_wait_are_done(
    site: Site, house: House
):
    raw = await site.websocket()
    await raw.connect(house.ana)
    answering = house.gates[PostMessage] = asyncio.Event()
    sent, refusal = 0, None
    while refusal is None:
        late(site, 0)
        sent += 1
        await raw.send(posting(sent, house.taller))
        with suppress(TimeoutError):
            refusal = await asyncio.wait_for(raw.until("43"), 0.01)
    assert f"43{sent}[" in refusal
    assert '"overloaded"' in refusal
    answering.set()
    assert all([(await raw.ack(number))["ok"] for number in range(1, sent)])
    late(site, 0)
    await raw.send(posting(sent, house.taller))
    assert (await raw.ack(sent))["ok"]


async def test_what_is_refused_is_not_overtaken_by_what_was_read_with_it(site: Site, house: House):
    http = await site.polling()
    await http.connect(house.ana)
    lateness = iter([0.7])
    late(site, 0.11)
    site.gateway._load.late = lambda: next(lateness, 0.0)
    await http.post(*(posting(number, house.taller) for number in (1, 2, 3)))
    codes = [json.loads((await http.until(f"43{n}"))[3:])[0]["error"]["code"] for n in (1, 2, 3)]
    assert codes == ["overloaded"] * 3
    await http.post(posting(4, house.taller))
    assert json.loads((await http.until("434"))[3:])[0]["ok"]


async def test_by_http_too(site: Site, house: House):
    http = await site.http(headers=house.ana.bearer)
    late(site, 0.16)
    refusal = await http.get("/api/v1/conversations")
    assert (refusal.status_code, refusal.json()["code"]) == (503, "overloaded")
    assert int(refusal.headers["retry-after"]) >= 1
    path = f"/api/v1/conversations/{house.taller}/messages"
    assert (await http.post(path, json={"text": "hola"})).status_code == 201
    assert (await http.get(path)).status_code == 200
    late(site, 0.19)
    assert (await http.get(path)).status_code == 503
    assert (await http.get("/healthz")).status_code == 200


async def test_who_comes_back_is_let_in_and_who_comes_anew_is_not(site: Site, house: House):
    late(site, 0.6)
    raw = await site.websocket("/socket.io/?resume=1")
    await raw.connect(house.ana)
    http = await site.http()
    refusal = await http.get("/socket.io/?EIO=4&transport=polling")
    assert refusal.status_code == 503
    assert int(refusal.headers["retry-after"]) >= 1


async def test_a_refused_message_is_heard_by_nobody_and_may_be_sent_again(site: Site, house: House):
    ana = await site.visit(house.ana)
    late(site, 2.1)
    error = await refused(ana.says(house.taller, "hola"))
    assert error["code"] == "overloaded"
    assert house.posted[house.taller] == []
    late(site, 0)
    assert (await ana.says(house.taller, "hola"))["ok"]
    assert [it.text for it in house.posted[house.taller]] == ["hola"]


async def test_the_plain_lane_is_refused_alike(site: Site):
    raw = await site.websocket()
    await raw.connect()
    late(site, 2.1)
    await raw.send('427["message","hola"]')
    assert (await raw.ack(7))["error"]["code"] == "overloaded"


async def test_both_names_of_the_namespace_are_refused_alike(site: Site, house: House):
    carla = await site.visit(house.carla, namespace="/ws")
    late(site, 2.1)
    error = await refused(carla.says(house.plaza, "hola"))
    assert error["code"] == "overloaded"


async def test_typing_is_put_off_and_messages_come(site: Site, house: House):
    ana, bruno = await site.visit(house.ana), await site.visit(house.bruno)
    late(site, 0.12)
    error = await refused(ana.asks("presence.set_typing", {"conversation_id": house.taller}))
    assert error["code"] == "overloaded"
    assert (await ana.says(house.taller, "hola"))["ok"]
    await bruno.until("conversations.message_posted")
    assert bruno.of("presence.typing") == []


async def test_what_came_about_under_load_is_told_afterwards(site: Site, house: House):
    """Presence may be late: it must not be wrong for good."""
    bruno = await site.visit(house.bruno)
    late(site, 0.2)
    watching = [it.id for it in site.gateway._connections.of_person(house.bruno.id)]
    states: list[State] = ["online", "offline"]
    for state in states:
        await house.publish(Changed(user_id=house.ana.id, state=state, connection_ids=watching))
    assert bruno.of("presence.changed") == []
    late(site, 0)
    await bruno.until("presence.changed")
    assert [told["state"] for told in bruno.of("presence.changed")] == ["offline"]


async def test_what_was_shed_is_counted(site: Site, house: House):
    ana = await site.visit(house.ana)
    late(site, 0.3)
    await refused(ana.asks("conversations.find_users", {"query": "a"}))
    metrics = (await (await site.http()).get("/metrics")).text
    assert 'tertulia_shed_total{class="optional"}' in metrics
    assert 'tertulia_requests_total{code="overloaded",name="conversations.find_users"}' in metrics


@pytest.mark.parametrize(
    "event",
    [
        r'421["conversations.post\u005fmessage",%s]',
        '421[ "conversations.post_message",%s]',
        '421["conversations.post_message",%s]',
    ],
)
async def test_a_name_is_refused_however_it_is_written(site: Site, house: House, event: str):
    raw = await site.websocket()
    await raw.connect(house.ana)
    late(site, 2.1)
    await raw.send(event % json.dumps({"conversation_id": house.taller, "text": "hola"}))
    assert (await raw.ack(1))["error"]["code"] == "overloaded"
    assert house.posted[house.taller] == []


async def test_an_event_with_attachments_is_refused_too(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    late(site, 2.1)
    held = {"_placeholder": True, "num": 0}
    said = {"conversation_id": house.taller, "text": "hola", "id": held}
    await raw.send(f'451-1["conversations.post_message",{json.dumps(said)}]')
    await raw.send(b"x")
    assert (await raw.ack(1))["error"]["code"] == "overloaded"


async def test_what_is_refused_counts_and_the_rate_comes_first(house: House):
    limits = Limits(calls_per_second=1, calls_burst=50)
    async with serving(house, limits, rate_limits=True) as site:
        ana = await site.visit(house.ana)
        late(site, 2.1)
        codes = [(await refused(ana.says(house.taller, "hola")))["code"] for _ in range(60)]
    assert codes[0] == "overloaded"
    assert codes[-1] == "rate_limited"
    assert codes == sorted(codes)


async def test_who_goes_on_although_refused_is_ended_as_flooding(house: House):
    limits = Limits(calls_per_second=10, calls_burst=50)
    async with serving(house, limits, rate_limits=True) as site:
        raw = await site.websocket()
        await raw.connect(house.ana)
        late(site, 2.1)
        for number in range(200):
            await raw.send(f'42{number}["conversations.list_conversations"]')
        goodbye = json.loads((await raw.until('42["gateway.goodbye"'))[2:])[1]
        assert goodbye["code"] == "rate_limited"
        assert await raw.is_closed(2)
