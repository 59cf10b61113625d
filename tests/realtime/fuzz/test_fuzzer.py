"""The fuzzer notices what is planted, says how it is provoked, and nothing when nothing is wrong."""

import socket
from collections.abc import Sequence
from random import Random

import pytest

from tests.realtime.fuzz import attacks, grammar, manners, wire
from tests.realtime.fuzz.codecs import Codecs
from tests.realtime.fuzz.player import play_all
from tests.realtime.fuzz.rounds import Finding, attack, draw_round
from tests.realtime.fuzz.script import Script, Send
from tests.realtime.fuzz.shrink import Budget, minimal, shrink
from tests.realtime.fuzz.target import Setup, running
from tests.realtime.fuzz.trials import Relapse

ENGINE = "tertulia.realtime"
BROKEN = Setup(ENGINE, "fast", "tests.realtime.fuzz.broken")


def one_that_sends(event: str) -> Script:
    steps = [*manners.websocket(), Send(wire.frame(f'42["{event}"]'))]
    return Script(event, tuple(steps))


def harmless(count: int) -> list[Script]:
    return [one_that_sends("echo")] * count


async def found(scripts: Sequence[Script], *, measured: bool = False) -> Finding:
    async with running(BROKEN) as target:
        idle = await attack(target, harmless(3), None) if measured else None
        with pytest.raises(Finding) as caught:
            await attack(target, scripts, idle, settling=3)
    return caught.value


@pytest.mark.parametrize("driver", ["fast", "asgi"])
async def test_nothing_is_found_where_nothing_is_wrong(driver: str):
    async with running(Setup(ENGINE, driver)) as target:
        idle = await attack(target, harmless(3), None)
        idle = await attack(target, harmless(10), idle)
        assert idle.scripts == 10


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ("fail", "RuntimeError at File"),
        ("block", ("a witness complains", "the server hangs")),
        ("toil", "the loop is kept busy"),
        ("die", "the server's process ended"),
    ],
)
async def test_every_fault_is_found(event: str, fault: str | tuple[str, ...]):
    finding = await found([*harmless(2), one_that_sends(event)])
    assert finding.fault.startswith(fault), finding


@pytest.mark.parametrize(("event", "detail"), [("forget", "tasks: "), ("hold", "bytes: ")])
async def test_what_stays_behind_is_found(event: str, detail: str):
    finding = await found([one_that_sends(event)], measured=True)
    assert (finding.fault, detail in finding.detail) == ("something stays behind", True), finding


async def test_a_finding_is_cut_down_to_the_client_and_the_bytes_that_provoke_it():
    guilty = one_that_sends("fail")
    scripts = [*harmless(2), guilty, *harmless(1)]
    finding = await found(scripts)
    shrunk = await shrink(scripts, Relapse(BROKEN, finding.fault), Budget(6))
    assert [script.name for script in shrunk] == ["fail"]
    assert len(shrunk[0].steps) <= len(guilty.steps)
    assert '42["fail"]' in str(shrunk[0])


async def test_a_minimum_needs_all_of_its_parts():
    async def fails(parts: Sequence[int]) -> bool:
        return {3, 17, 40} <= set(parts)

    assert await minimal(range(50), fails, Budget(5)) == [3, 17, 40]


def test_the_same_seed_attacks_in_the_same_way():
    assert draw_round("seed", 4) == draw_round("seed", 4)
    assert draw_round("seed", 4) != draw_round("seed", 5)
    assert draw_round("seed", 4) != draw_round("another", 4)


def test_every_attack_is_drawn():
    names = {script.name.partition(",")[0] for script in draw_round("all", 0, 600)}
    assert names == set(attacks.ATTACKS)


def test_mutations_change_what_they_are_given():
    random = Random(1)
    original = wire.frame(grammar.event(random))
    assert any(grammar.mutated(random, original) != original for _ in range(5))


@pytest.mark.parametrize("driver", ["fast", "asgi"])
async def test_who_connects_anew_in_the_middle_is_no_difference(driver: str):
    anew = [wire.frame("41"), wire.frame("40/,")]
    await Codecs(ENGINE, driver).check_stream(anew, 1)


async def test_a_port_that_nobody_serves_is_no_script_s_fault():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    await play_all(harmless(2), address)
