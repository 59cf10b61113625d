import asyncio
import threading

import pytest

from tertulia.accounts.handlers.hashing import Hasher
from tertulia.kernel.errors import Overloaded


@pytest.fixture
def hasher():
    hasher = Hasher(workers=1, waiting=2)
    yield hasher
    hasher.close()


async def test_a_hash_knows_its_password(hasher):
    stored = await hasher.hash("una buena taza")
    assert stored.startswith("$argon2id$")
    assert await hasher.verify(stored, "una buena taza")
    assert not await hasher.verify(stored, "mala taza")
    assert stored != await hasher.hash("una buena taza")
    assert not hasher.is_outdated(stored)
    assert hasher.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
async def test_what_is_no_hash_has_no_password(hasher, stored):
    assert not await hasher.verify(stored, "una buena taza")


async def test_the_loop_stays_free_and_a_full_queue_refuses(hasher, monkeypatch):
    go_on, loops = threading.Event(), []
    monkeypatch.setattr(hasher, "_verify", lambda *_: go_on.wait(5))
    waiting = [asyncio.create_task(hasher.verify(None, "x")) for _ in range(3)]
    await asyncio.sleep(0)
    loops.append(asyncio.get_running_loop().time())
    with pytest.raises(Overloaded) as refused:
        await hasher.verify(None, "x")
    assert refused.value.retry_after == 1
    go_on.set()
    assert await asyncio.gather(*waiting) == [False] * 3
    assert not await hasher.verify(None, "x")


async def test_who_stops_waiting_leaves_their_place(hasher, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(hasher, "_verify", lambda *_: go_on.wait(5))
    waiting = [asyncio.create_task(hasher.verify(None, "x")) for _ in range(3)]
    await asyncio.sleep(0)
    for task in waiting[1:]:
        task.cancel()
    await asyncio.gather(*waiting[1:], return_exceptions=True)
    others = [asyncio.create_task(hasher.verify(None, "x")) for _ in range(2)]
    await asyncio.sleep(0)
    go_on.set()
    assert await asyncio.gather(waiting[0], *others) == [False] * 3
