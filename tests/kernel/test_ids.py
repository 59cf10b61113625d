import threading
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tertulia.kernel import ids
from tertulia.kernel.ids import Id, is_id, new_id, uuid7

ID: TypeAdapter[str] = TypeAdapter(Id)


@pytest.fixture
def _hasty_threads():
    """Threads that give way before every instruction."""

    def trace(frame: FrameType, _event: str, _argument: Any) -> Any:
        frame.f_trace_opcodes = True
        time.sleep(0)
        return trace

    before = threading.gettrace()
    threading.settrace(trace)
    yield
    threading.settrace(before)


@pytest.mark.usefixtures("_hasty_threads")
def test_threads_share_no_randomness_and_never_run_out_of_it(monkeypatch):
    monkeypatch.setattr(ids, "_BLOCK", 16)  # its end is where threads meet
    made: list[list[str]] = [[] for _ in range(4)]

    def make(mine: list[str]) -> None:
        mine += [new_id() for _ in range(100)]

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    random = [int(each[19:].replace("-", ""), 16) & (1 << 62) - 1 for mine in made for each in mine]
    assert len(set(random)) == len(random) == 400
    assert 0 not in random


def test_later_ids_sort_after_earlier_ones():
    made = [new_id() for _ in range(50_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_carries_the_time_of_its_making():
    before = time.time_ns() // 1_000_000
    milliseconds = int(new_id().replace("-", "")[:12], 16)
    assert before - 1 <= milliseconds <= time.time_ns() // 1_000_000 + 1


def test_ids_keep_their_order_when_the_clock_steps_back(monkeypatch):
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id() > first


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_every_time_and_random_part_makes_a_uuid_version_7(milliseconds, bits):
    made = uuid7(milliseconds, bits)
    assert is_id(made)
    assert ID.validate_python(made) == made
    assert int(made.replace("-", "")[:12], 16) == milliseconds


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_ids_sort_by_their_time(one, other, bits):
    assert (uuid7(one, bits) < uuid7(other, bits)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0192F4D2-7C3A-7B1E-8F00-0123456789AB",
        "0192f4d2-7c3a-4b1e-8f00-0123456789ab",
        "0192f4d2-7c3a-7b1e-cf00-0123456789ab",
        "0192f4d27c3a7b1e8f000123456789ab",
        "0192f4d2-7c3a-7b1e-8f00-0123456789ab\n",
        "{0192f4d2-7c3a-7b1e-8f00-0123456789ab}",
    ],
)
def test_what_is_not_a_lower_case_uuid7_is_refused(text):
    assert not is_id(text)
    with pytest.raises(ValidationError):
        ID.validate_python(text)
