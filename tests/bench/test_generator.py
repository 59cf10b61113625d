"""The generator believes no server: what is lost, doubled or out of order spoils the result."""

import asyncio

import pytest

from tertulia.bench.errors import NoResult
from tertulia.bench.load import Load
from tertulia.bench.measures import connect, fan_out, hold, ramp
from tertulia.bench.peers import NULL, Crowd
from tertulia.bench.wire import CONTRACT, people_lines, room_lines
from tests.bench.fake_server import doubling, fake_server, honest, losing, turning

MEMBERS = 4
SHORT = {"warm_up": 0.05, "seconds": 0.2, "patience": 0.3}


def load(workshop, folder, port, **options):
    return Load(
        program=workshop.generator,
        folder=folder,
        wire=CONTRACT,
        people=people_lines(MEMBERS, MEMBERS),
        rooms=room_lines(1),
        options={"port": port, "clients": MEMBERS, **SHORT, **options},
        deadline=20,
    )


async def run(workshop, folder, fault, **options):
    async with fake_server(fault) as server:
        return await asyncio.to_thread(load(workshop, folder, server.port, **options).run)


async def test_a_message_counts_when_the_last_member_has_it(workshop, tmp_path):
    report = await run(workshop, tmp_path, honest, scenario="fanout", window=2)
    assert report["lost"] == 0
    assert report["messages"] > 0
    assert report["deliveries"] / report["messages"] == pytest.approx(MEMBERS, rel=0.5)
    assert (
        0 < report["latency"]["p50"] <= report["latency"]["p99"] <= report["latency"]["max"] * 1.02
    )


async def test_at_a_fixed_rate_so_many_are_said_as_are_due(workshop, tmp_path):
    report = await run(workshop, tmp_path, honest, scenario="rate", rate=100, settle=0)
    assert report["messages"] == pytest.approx(20, abs=3)


@pytest.mark.parametrize("scenario", ["fanout", "rate"])
async def test_a_lost_message_spoils_the_result(workshop, tmp_path, scenario):
    with pytest.raises(NoResult, match="lost"):
        await run(workshop, tmp_path, losing, scenario=scenario, settle=0, rate=100)


async def test_a_message_that_comes_twice_spoils_the_result(workshop, tmp_path):
    with pytest.raises(NoResult, match=r"nobody said|out of order"):
        await run(workshop, tmp_path, doubling, scenario="fanout")


async def test_a_message_out_of_order_spoils_the_result(workshop, tmp_path):
    with pytest.raises(NoResult, match="out of order"):
        await run(workshop, tmp_path, turning, scenario="fanout", window=2)


async def test_a_durable_send_counts_when_it_is_acknowledged_and_heard(workshop, tmp_path):
    report = await run(workshop, tmp_path, honest, scenario="durable", window=6)
    assert report["lost"] == 0
    assert report["messages"] > 0
    assert report["deliveries"] / report["messages"] == pytest.approx(MEMBERS, rel=0.5)
    assert 0 < report["ack_latency"]["p50"] <= report["latency"]["max"]


@pytest.mark.parametrize("fault", [losing, doubling, turning])
async def test_a_durable_send_is_heard_once_and_in_one_order(workshop, tmp_path, fault):
    with pytest.raises(NoResult, match=r"lost|out of order|not in flight"):
        await run(workshop, tmp_path, fault, scenario="durable", window=6)


async def test_a_refused_send_spoils_the_result(workshop, tmp_path):
    async with fake_server(honest) as server:
        server.answer = '{"ok":false}'
        sending = load(workshop, tmp_path, server.port, scenario="durable")
        with pytest.raises(NoResult, match="refused"):
            await asyncio.to_thread(sending.run)


async def test_who_is_asked_to_come_again_comes_again(workshop, tmp_path):
    async with fake_server(honest) as server:
        server.refusals = ['{"data":{"code":"unavailable","retryable":true}}']
        report = await asyncio.to_thread(load(workshop, tmp_path, server.port).run)
    assert report["messages"] > 0


async def test_a_server_that_lets_nobody_in_spoils_the_result(workshop, tmp_path):
    async with fake_server(honest) as server:
        server.refusals = ['{"data":{"code":"unauthenticated","retryable":false}}']
        with pytest.raises(NoResult, match="refuses"):
            await asyncio.to_thread(load(workshop, tmp_path, server.port).run)


@pytest.mark.parametrize("scenario", ["fanout", "rate", "durable"])
async def test_who_looks_at_other_processes_hears_when_it_is_measured(workshop, tmp_path, scenario):
    heard = []
    async with fake_server(honest) as server:
        measuring = load(workshop, tmp_path, server.port, scenario=scenario, settle=0)
        report = await asyncio.to_thread(measuring.run, heard.append)
    assert heard == ["measuring", "measured"]
    assert report["generator_waited"] >= 0


async def test_a_server_that_goes_away_spoils_the_result(workshop, tmp_path):
    async with fake_server(honest) as server:
        quiet = load(workshop, tmp_path, server.port, scenario="rate", rate=0.01, settle=15)
        running = asyncio.create_task(asyncio.to_thread(quiet.run))
        await server.joined(MEMBERS)
        await server.hang_up()
        with pytest.raises(NoResult, match="closed the connection"):
            await running


@pytest.mark.parametrize(
    ("measure", "field"),
    [
        (fan_out(Crowd(20, 20), window=8, seconds=0.2), "deliveries"),
        (fan_out(Crowd(20, 5), window=2, seconds=0.2), "deliveries"),
        (ramp(Crowd(10, 5), start=100, seconds=0.1, limit_ms=5_000), "highest"),
        (connect(Crowd(50, 50), concurrent=8), "connections"),
        (hold(Crowd(20, 20), settle=0.1, seconds=0.2), "connections"),
    ],
    ids=["one room", "many rooms", "ramp", "connect", "hold"],
)
def test_every_scenario_runs_against_a_server_that_only_writes(workshop, measure, field):
    assert measure(workshop, NULL)[field] > 0


def test_an_option_that_there_is_not_is_an_error(workshop, tmp_path):
    with pytest.raises(NoResult, match="unknown option: speed"):
        load(workshop, tmp_path, 1, speed=3).run()


def test_a_run_that_takes_too_long_is_given_up(workshop, tmp_path):
    endless = load(workshop, tmp_path, 1, scenario="connect")  # nobody listens there
    with pytest.raises(NoResult, match="did not end in time"):
        Load(**{**vars(endless), "deadline": 1}).run()
