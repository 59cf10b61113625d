"""Every part is charged for its own processes, those that have ended included."""

import os
import subprocess
import sys

import pytest

from tertulia.bench.errors import NoResult
from tertulia.bench.split.accounting import Account, trees

BURNT = 0.2
WORKS = f"import time\nwhile time.process_time() < {BURNT}: pass\n"
LIVES_ON = f"{WORKS}print(flush=True)\nimport sys\nsys.stdin.read()\n"
PARENT = "import subprocess, sys\n" + "".join(
    f"subprocess.run([sys.executable, '-c', {program!r}])\n" for program in (WORKS, LIVES_ON)
)


@pytest.fixture
def parent():
    """A process one of whose children has ended; the other one has worked, and lives on."""
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process


def test_children_count_whether_they_live_or_have_ended(parent):
    tick = 1 / os.sysconf("SC_CLK_TCK")
    assert trees({"part": parent.pid})["part"] >= 2 * BURNT - 2 * tick


def test_a_part_that_has_died_spoils_the_result(parent):
    parent.kill()
    parent.wait()
    with pytest.raises(NoResult, match="gateway-1 died"):
        trees({"gateway-1": parent.pid, "NATS": os.getpid()})


def test_a_part_is_charged_for_what_it_used_between_two_words():
    readings = iter([{"a": 1.0, "b": 5.0}, {"a": 2.0, "b": 7.5}])
    account = Account(lambda: next(readings))
    account.on_stage("measuring")
    account.on_stage("measured")
    charged = account.charged(4.0)
    assert charged["b"] == pytest.approx(2.5 * charged["a"])
    assert account.charged(8.0) == pytest.approx({name: 2 * it for name, it in charged.items()})


def test_what_nobody_measured_has_no_result():
    account = Account(dict)
    account.on_stage("measuring")
    with pytest.raises(NoResult, match="measured"):
        account.charged(1.0)
