"""What a bus promises; the local one, with and without encoding on the way."""

import pytest

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import NotFound, Unavailable
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kit.bus.local import LocalBus


class Told(Event):
    words: str


class ToldLoudly(Told):
    pass


class Lamp(Model):
    lit: bool


class Light(Command[Lamp]):
    name: str


class PutOut(Command[None]):
    name: str


class FindLamp(Query["Lamp | None"]):
    name: str


@pytest.fixture(params=[False, True], ids=["as it is", "encoded"])
def bus(request):
    return LocalBus(recode=request.param)


ANA = Actor(id="0192f4d2-7c3a-7b1e-8f00-0123456789ab", kind="person", username="ana")


async def test_the_owner_answers_and_knows_who_asks(bus):
    async def light(request, actor):
        assert actor == ANA
        return Lamp(lit=request.name == "hall")

    bus.serve(Light, light)
    assert await bus.ask(Light(name="hall"), ANA) == Lamp(lit=True)


async def test_nobody_in_particular_asks_as_the_installation(bus):
    async def put_out(_request, actor):
        assert actor == SYSTEM

    bus.serve(PutOut, put_out)
    assert await bus.ask(PutOut(name="hall")) is None


async def test_an_answer_may_be_nothing(bus):
    async def find(_request, _actor):
        return None

    bus.serve(FindLamp, find)
    assert await bus.ask(FindLamp(name="hall")) is None


async def test_a_refusal_reaches_the_one_who_asked(bus):
    async def light(_request, _actor):
        raise NotFound("no such lamp")

    bus.serve(Light, light)
    with pytest.raises(NotFound, match="no such lamp"):
        await bus.ask(Light(name="hall"))


async def test_what_nobody_serves_is_unavailable(bus):
    with pytest.raises(Unavailable, match="light"):
        await bus.ask(Light(name="hall"))


def test_a_class_has_one_handler(bus):
    async def light(_request, _actor):
        return Lamp(lit=True)

    bus.serve(Light, light)
    with pytest.raises(ValueError, match="has a handler"):
        bus.serve(Light, light)


async def test_listeners_hear_a_class_and_its_subclasses_before_publish_returns(bus):
    heard = []

    async def hear(event):
        heard.append((type(event).__name__, event.words))

    bus.listen(Told, hear)
    await bus.publish(Told(words="hola"))
    await bus.publish(ToldLoudly(words="hola"))
    assert heard == [("Told", "hola"), ("ToldLoudly", "hola")]


async def test_a_listener_of_a_class_does_not_hear_its_base(bus):
    heard = []

    async def hear(event):
        heard.append(event)

    bus.listen(ToldLoudly, hear)
    await bus.publish(Told(words="hola"))
    assert heard == []


async def test_who_begins_to_listen_later_hears_what_comes_then(bus):
    early, late = [], []

    async def hear_early(event):
        early.append(event.words)

    async def hear_late(event):
        late.append(event.words)

    bus.listen(Told, hear_early)
    await bus.publish(ToldLoudly(words="one"))
    bus.listen(Told, hear_late)
    await bus.publish(ToldLoudly(words="two"))
    assert (early, late) == (["one", "two"], ["two"])


async def test_a_listener_that_fails_harms_no_other(bus, caplog):
    heard = []

    async def fail(_event):
        raise ZeroDivisionError

    async def hear(event):
        heard.append(event)

    bus.listen(Told, fail)
    bus.listen(Told, hear)
    await bus.publish(Told(words="hola"))
    assert len(heard) == 1
    assert "listener_failed" in caplog.text


async def test_what_would_not_survive_the_wire_fails_in_tests_too():
    bus = LocalBus(recode=True)

    async def light(_request, _actor):
        return Lamp.model_construct(lit="by candle")

    bus.serve(Light, light)
    with pytest.warns(UserWarning, match="candle"), pytest.raises(ValueError, match="lit"):
        await bus.ask(Light(name="hall"))
