"""Who is let in when many come at once, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import run
from tertulia.realtime.engine.admission import MOST_WAITING, Admission, Bucket
from tertulia.realtime.engine.handshake import Refused, Request
from tertulia.realtime.engine.limits import Limits


def request(address: str | None = "10.0.0.1", query: bytes = b"EIO=4") -> Request:
    client = None if address is None else (address, 4711)
    return Request({"query_string": query, "headers": [], "client": client, "type": "http"})


FRESH, RESUME = request(), request(query=b"EIO=4&resume=1")


def limited(**limits: Any) -> Admission:
    return Admission(Limits(**limits))


async def outcome(
    admission: Admission, asked: Request, refused: list[Refused] | None = None
) -> Any:
    """When it was let in, or none."""
    try:
        await admission.admit(asked)
    except Refused as refusal:
        if refused is not None:
            refused.append(refusal)
        return None
    return asyncio.get_running_loop().time()


def played(story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return run(story())


# --- the bucket -------------------------------------------------------------------------------------


def test_a_bucket_gives_its_burst_and_then_its_rate():
    bucket = Bucket(2.0, 4.0, 0.0)
    assert [bucket.take(0.0) for _ in range(5)] == [True] * 4 + [False]
    assert [bucket.take(at) for at in (0.4, 0.5, 0.9, 1.0)] == [False, True, False, True]
    assert sum(bucket.take(100.0) for _ in range(10)) == 4


def test_a_bucket_holds_a_token_at_least():
    bucket = Bucket(0.1, 0.1, 0.0)
    assert [bucket.take(at) for at in (0.0, 5.0, 10.0)] == [True, False, True]


def test_tokens_may_be_left_for_others():
    bucket = Bucket(4.0, 4.0, 0.0)
    assert [bucket.take(0.0, leaving=2.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]


def test_a_bucket_says_when_it_is_full_again():
    bucket = Bucket(2.0, 4.0, 0.0)
    assert bucket.seconds() == 0
    for _ in range(3):
        bucket.take(0.0)
    assert bucket.seconds() == 1.5


# --- the rate ---------------------------------------------------------------------------------------


def test_without_a_limit_everybody_comes_in():
    async def story() -> list[Any]:
        admission = limited()
        return [await outcome(admission, FRESH) for _ in range(1000)]

    assert played(story) == [0.0] * 1000


def test_a_storm_is_let_in_at_the_rate():
    async def story() -> tuple[list[Any], list[Refused]]:
        refused: list[Refused] = []
        admission = limited(handshakes_per_second=100.0, resume_share=0.5)
        work = [outcome(admission, FRESH, refused) for _ in range(500)]
        return list(await asyncio.gather(*work)), refused

    times, refused = played(story)
    in_time = [at for at in times if at is not None]
    assert 145 <= len(in_time) <= 155, "half of the burst at once, the rate for a second"
    assert max(in_time) <= 1.0
    assert len(refused) == 500 - len(in_time)
    for refusal in refused:
        assert refusal.answer.status == 503
        assert 1 <= int(dict(refusal.answer.headers)[b"retry-after"]) <= 60


def test_who_waits_longest_comes_last():
    async def story() -> list[int]:
        admission = limited(handshakes_per_second=10.0, resume_share=0.0, admission_seconds=10)
        order: list[int] = []

        async def come(number: int) -> None:
            if await outcome(admission, FRESH) is not None:
                order.append(number)

        await asyncio.gather(*(come(number) for number in range(15)))
        return order

    assert played(story) == [*range(10), 14, 13, 12, 11, 10]


def test_who_comes_back_comes_first():
    """While new ones storm, each who comes back finds the part that is kept, and waits for no new one."""

    async def story() -> tuple[list[Any], list[Any]]:
        admission = limited(handshakes_per_second=10.0, resume_share=0.5)
        fresh: list[Any] = []

        async def storm() -> None:
            for _ in range(300):
                fresh.append(asyncio.ensure_future(outcome(admission, FRESH)))
                await asyncio.sleep(0.01)

        storming = asyncio.ensure_future(storm())
        await asyncio.sleep(0.5)
        back = [asyncio.ensure_future(outcome(admission, RESUME)) for _ in range(12)]
        await storming
        return [await it for it in back], [await it for it in fresh]

    back, fresh = played(story)
    assert back[:4] == [0.5] * 4, "the part that was kept"
    assert None not in back, "the rest at the rate"
    assert sum(it is not None for it in fresh) >= 20


@pytest.mark.parametrize("rate", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_new_ones_come_in_however_small_the_rate(rate, share):
    async def story() -> list[Any]:
        admission = limited(handshakes_per_second=rate, resume_share=share)
        times = []
        for _ in range(3):
            times.append(await outcome(admission, FRESH))
            await asyncio.sleep(2 / rate)
        return times

    assert None not in played(story)


def test_in_a_crowd_it_is_the_oldest_who_is_refused():
    async def story() -> list[Any]:
        admission = limited(handshakes_per_second=50.0, resume_share=0.0)
        work = [outcome(admission, FRESH) for _ in range(50 + MOST_WAITING + 20)]
        return list(await asyncio.gather(*work))

    times = played(story)
    assert times[50:70] == [None] * 20
    assert None not in times[-20:]


def test_fewer_are_let_in_while_there_is_too_much_to_do():
    async def story() -> int:
        admission = limited(handshakes_per_second=10.0, resume_share=0.0, admission_seconds=2)
        await asyncio.gather(*(admission.admit(FRESH) for _ in range(10)))
        admission.slow_down(0.2)
        outcomes = await asyncio.gather(*(outcome(admission, FRESH) for _ in range(30)))
        return sum(it is not None for it in outcomes)

    assert played(story) == pytest.approx(4, abs=1)


def test_who_gives_up_waiting_takes_no_turn():
    async def story() -> Any:
        admission = limited(handshakes_per_second=1.0, resume_share=0.0, admission_seconds=5)
        await admission.admit(FRESH)
        waiting = asyncio.ensure_future(admission.admit(FRESH))
        gone = asyncio.ensure_future(admission.admit(FRESH))
        await asyncio.sleep(0.5)
        gone.cancel()
        await asyncio.wait({waiting})
        return asyncio.get_running_loop().time()

    assert played(story) == pytest.approx(1.0, abs=0.05)


def test_nobody_waiting_means_no_timer():
    async def story() -> int:
        admission = limited(handshakes_per_second=10.0)
        loop: Any = asyncio.get_running_loop()
        await asyncio.gather(*(outcome(admission, FRESH) for _ in range(30)))
        await asyncio.sleep(3)
        return loop.timers()

    assert played(story) == 0


# --- addresses --------------------------------------------------------------------------------------


def test_an_address_has_so_many_connections():
    admission = limited(connections_per_address=2)
    for _ in range(2):
        admission.check(FRESH)
        assert admission.opened(FRESH) == "10.0.0.1"
    with pytest.raises(Refused) as caught:
        admission.check(FRESH)
    assert caught.value.answer.status == 429
    admission.check(request("10.0.0.2"))
    admission.closed("10.0.0.1")
    admission.check(FRESH)


def test_counts_come_back_to_nothing():
    admission: Any = limited(connections_per_address=10)
    addresses = Counter({"a": 5, "b": 3, None: 2})
    opened = [admission.opened(request(address)) for address in addresses.elements()]
    assert (admission.number("a"), admission.number("b")) == (5, 3)
    for address in opened:
        admission.closed(address)
    assert not admission._open


def test_without_a_limit_nothing_is_counted():
    admission = limited()
    assert admission.opened(FRESH) is None
    admission.closed(None)
    assert admission.number("10.0.0.1") == 0


def test_the_application_may_say_who_is_counted():
    admission = limited(connections_per_address=1)
    admission.address_of = lambda asked: asked.query.get("user")
    ada = request(query=b"user=ada")
    admission.opened(ada)
    with pytest.raises(Refused):
        admission.check(ada)
    admission.check(request(query=b"user=grace"))
    assert admission.opened(FRESH) is None


def test_an_address_that_filled_up_while_one_waited_is_refused():
    async def story() -> list[Any]:
        admission = limited(connections_per_address=1, handshakes_per_second=10.0, resume_share=0.0)

        async def come() -> Any:
            admission.check(FRESH)
            at = await outcome(admission, FRESH)
            if at is not None:
                admission.opened(FRESH)
            return at

        for _ in range(10):
            await admission.admit(request("10.0.0.9"))
        return list(await asyncio.gather(*(come() for _ in range(5))))

    assert sum(at is not None for at in played(story)) == 1
