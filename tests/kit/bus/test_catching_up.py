"""Barriers that are heard for certain: those of the log that were not told, in its order."""

import pytest

from tertulia.kernel.errors import DeadlinePassed, Unavailable
from tertulia.kernel.messages import Event
from tertulia.kit.bus.barriers import Barrier, BarrierPage, Look, barriers_of
from tertulia.kit.bus.catching_up import CatchUp

SERVICE = "conversations"


class Silenced(Event):
    barrier = True

    n: int


class Owner:
    """The log of a service, and the line over which it is asked for."""

    def __init__(self) -> None:
        self.log: dict[int, Event | None] = {}
        """What happened, by position; None for what is no barrier."""
        self.kept_from = 1
        self.most = 100
        self.away = False

    def happens(self, *events: Event | None) -> None:
        for event in events:
            self.log[len(self.log) + 1] = event

    async def call(self, subject: str, payload: bytes, *, seconds: float) -> bytes:
        assert subject == barriers_of(SERVICE)
        if self.away:
            raise DeadlinePassed
        head = max(self.log, default=0)
        after = Look.model_validate_json(payload).after
        start = head if after is None else after
        items = [
            Barrier(position=it, wire_name=event.wire_name, body=event.model_dump())
            for it, event in self.log.items()
            if it > start and it >= self.kept_from and event is not None
        ][: self.most]
        reached = items[-1].position if len(items) == self.most else max(head, start)
        page = BarrierPage(items=items, reached=reached, head=head, kept_from=self.kept_from)
        return page.encoded


class Ear:
    """A service that listens."""

    def __init__(self, owner: Owner) -> None:
        self.heard: list[int] = []
        self.missed = 0
        self.catch_up = CatchUp(owner, SERVICE, {Silenced: self._hear}, self._miss)  # type: ignore[arg-type]

    async def _hear(self, event: Silenced) -> None:
        self.heard.append(event.n)

    def _miss(self) -> None:
        self.missed += 1


@pytest.fixture
def owner():
    return Owner()


@pytest.fixture
async def ear(owner):
    """It has heard that one barrier happened before it began."""
    owner.happens(Silenced(n=0))
    ear = Ear(owner)
    await ear.catch_up.heard()
    assert ear.heard == []
    return ear


async def test_what_happened_since_is_heard_once_and_in_order(owner, ear):
    owner.happens(Silenced(n=1), None, Silenced(n=2), None)
    await ear.catch_up.heard()
    await ear.catch_up.heard()
    assert ear.heard == [1, 2]
    owner.happens(Silenced(n=3))
    await ear.catch_up.heard()
    assert (ear.heard, ear.missed) == ([1, 2, 3], 0)


async def test_several_pages_are_read_to_the_end(owner, ear):
    owner.most = 2
    owner.happens(*(Silenced(n=n) for n in range(1, 8)), None)
    await ear.catch_up.heard()
    assert ear.heard == [1, 2, 3, 4, 5, 6, 7]


async def test_while_the_owner_is_away_nothing_is_certain(owner, ear):
    owner.happens(Silenced(n=1))
    owner.away = True
    with pytest.raises(Unavailable):
        await ear.catch_up.heard()
    owner.away = False
    await ear.catch_up.heard()
    assert ear.heard == [1]


async def test_rows_that_are_gone_are_missed_and_those_that_were_heard_are_not(owner, ear):
    owner.happens(None, None)
    await ear.catch_up.heard()
    owner.kept_from = 4
    await ear.catch_up.heard()
    assert ear.missed == 0
    owner.happens(Silenced(n=1), Silenced(n=2))
    owner.kept_from = 5
    await ear.catch_up.heard()
    assert (ear.heard, ear.missed) == ([2], 1)


async def test_an_owner_that_was_set_back_is_read_anew(owner, ear):
    owner.happens(None, None)
    await ear.catch_up.heard()
    owner.log.clear()
    await ear.catch_up.heard()
    assert ear.missed == 1
    owner.happens(Silenced(n=5))
    await ear.catch_up.heard()
    assert (ear.heard, ear.missed) == ([5], 1)


async def test_what_is_not_understood_is_missed(owner, ear):
    class Loud(Event):
        loud: int

    loud = Loud(loud=1)
    Loud.wire_name = Silenced.wire_name
    owner.happens(loud, Silenced(n=1))
    await ear.catch_up.heard()
    assert (ear.heard, ear.missed) == ([1], 1)
