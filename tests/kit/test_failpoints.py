"""Named places at which a run of chaos breaks the process."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from tertulia.kit import failpoints
from tertulia.kit.failpoints import Failed, UnknownFailpoint, armed, reach, reach_soon


def test_nothing_happens_where_nothing_is_armed():
    for name in failpoints.NAMES:
        reach(name)


def test_a_place_fails_each_time():
    with armed("before_tx:raise"):
        for _ in range(2):
            with pytest.raises(Failed):
                reach("before_tx")
        reach("after_insert")
    reach("before_tx")


def test_a_place_fails_at_the_reach_that_is_named():
    with armed("before_tx:raise@2,after_insert:raise@1"):
        reach("before_tx")
        with pytest.raises(Failed, match="before_tx"):
            reach("before_tx")
        reach("before_tx")
        with pytest.raises(Failed, match="after_insert"):
            reach("after_insert")


@pytest.mark.parametrize(
    "text", ["nowhere:kill", "before_tx:explode", "before_tx", "after_ack:kill@x"]
)
def test_what_there_is_not_is_refused(text: str):
    with pytest.raises(UnknownFailpoint, match=text.partition(":")[0]), armed(text):
        pass


def test_a_kill_ends_the_process_where_it_stands():
    program = (
        "from tertulia.kit.failpoints import arm, reach\n"
        "arm('after_insert:kill@3')\n"
        "for number in range(5):\n"
        "    reach('after_insert')\n"
        "    print(number, flush=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == ["0", "1"]


async def test_a_place_may_come_when_the_loop_is_free(monkeypatch):
    killed = asyncio.Event()
    monkeypatch.setattr(os, "kill", lambda *_: killed.set())
    with armed("after_ack:kill"):
        reach_soon("after_ack")
        assert not killed.is_set()
        await killed.wait()
