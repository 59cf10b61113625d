"""How late the loop is, and who is to blame."""

import asyncio
import time

import structlog.testing

from tertulia.runtime.lag import LagWatch, stacks


def block_the_loop(seconds: float) -> None:
    time.sleep(seconds)


async def test_every_sample_is_felt_and_a_late_loop_shows():
    felt: list[float] = []
    async with LagWatch(felt.append).watching():
        block_the_loop(0.4)
        async with asyncio.timeout(10):
            while len(felt) < 3:
                await asyncio.sleep(0.01)
    assert max(felt) > 0.2
    assert min(felt) >= 0


async def test_where_a_loop_is_stuck_is_logged_but_not_on_and_on():
    with structlog.testing.capture_logs() as logged:
        async with LagWatch(lambda _: None, stuck_seconds=0.3, dump_seconds=60).watching():
            for _ in range(2):
                block_the_loop(1.5)
                await asyncio.sleep(0)
    dumps = [it for it in logged if it["event"] == "loop_stuck"]
    assert len(dumps) == 1
    assert dumps[0]["log_level"] == "warning"
    calls = [call for thread in dumps[0]["stacks"].values() for call in thread]
    assert any(call.endswith(" block_the_loop") for call in calls)


async def test_a_loop_that_turns_is_not_logged():
    with structlog.testing.capture_logs() as logged:
        async with LagWatch(lambda _: None).watching():
            await asyncio.sleep(0.3)
    assert logged == []


def test_stacks_hold_places_and_no_values():
    secret = "entre nosotros"
    told = str(stacks())
    assert "test_stacks_hold_places" in told
    assert secret not in told
