"""What a bus promises, whichever it is: in one process, encoded on the way, and between two processes."""

import asyncio

import pytest

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import (
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    RateLimited,
    Unavailable,
)
from tests.kit.bus.conftest import Ears
from tests.kit.bus.contract import (
    ANA,
    Broken,
    FindLamp,
    Lamp,
    Light,
    Note,
    PutOut,
    Told,
    ToldIn,
    ToldLoudly,
)


async def test_the_owner_answers_and_knows_who_asks(pair):
    async def light(request, actor):
        assert actor == ANA
        return Lamp(lit=request.name == "hall")

    pair.answers.serve(Light, light)
    await pair.start()
    assert await pair.asks.ask(Light(name="hall"), ANA) == Lamp(lit=True)


async def test_nobody_in_particular_asks_as_the_installation(pair):
    async def put_out(_request, actor):
        assert actor == SYSTEM

    pair.answers.serve(PutOut, put_out)
    await pair.start()
    assert await pair.asks.ask(PutOut(name="hall")) is None


async def test_an_answer_may_be_nothing(pair):
    async def find(_request, _actor):
        return None

    pair.answers.serve(FindLamp, find)
    await pair.start()
    assert await pair.asks.ask(FindLamp(name="hall")) is None


async def test_what_was_not_said_is_not_heard(pair):
    async def note(request, _actor):
        return Lamp(lit="conversation_id" in request.model_fields_set)

    pair.answers.serve(Note, note)
    await pair.start()
    assert await pair.asks.ask(Note(n=1), ANA) == Lamp(lit=False)
    assert await pair.asks.ask(Note(n=1, conversation_id=None), ANA) == Lamp(lit=True)


REFUSALS = [
    NotFound("no such lamp"),
    Malformed(),
    Broken(params={"lamp": "hall", "years": 3}),
    Invalid(errors=[FieldError("name", "too_long", "at most 80")]),
    RateLimited(retry_after=1.5),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda it: type(it).__name__)
async def test_a_refusal_reaches_the_one_who_asked_with_all_it_says(pair, refusal):
    async def light(_request, _actor):
        raise refusal

    pair.answers.serve(Light, light)
    await pair.start()
    with pytest.raises(type(refusal)) as raised:
        await pair.asks.ask(Light(name="hall"))
    assert type(raised.value) is type(refusal)
    told = raised.value
    assert (told.detail, told.params, told.errors, told.retry_after) == (
        refusal.detail,
        refusal.params,
        refusal.errors,
        refusal.retry_after,
    )


async def test_what_nobody_serves_is_unavailable(pair):
    await pair.start()
    with pytest.raises(Unavailable, match="light"):
        await pair.asks.ask(Light(name="hall"))


def test_a_class_has_one_handler(pair):
    async def light(_request, _actor):
        return Lamp(lit=True)

    pair.answers.serve(Light, light)
    with pytest.raises(ValueError, match="has a handler"):
        pair.answers.serve(Light, light)


async def test_pipelined_commands_are_begun_in_the_order_in_which_they_were_asked(pair):
    begun = []

    async def note(request, _actor):
        begun.append(request.n)
        await asyncio.sleep(0)
        return Lamp(lit=True)

    pair.answers.serve(Note, note)
    await pair.start()
    asking = [pair.asks.ask(Note(n=n, conversation_id=f"k{n % 2}"), ANA) for n in range(50)]
    await asyncio.gather(*asking)
    assert [n for n in begun if n % 2] == list(range(1, 50, 2))
    assert [n for n in begun if not n % 2] == list(range(0, 50, 2))


async def test_listeners_hear_a_class_and_its_subclasses(pair):
    ears = Ears()
    pair.asks.listen(Told, ears)
    await pair.start()
    await pair.answers.publish(Told(words="hola"))
    await pair.answers.publish(ToldLoudly(words="hola"))
    heard = {(type(event).__name__, event.words) for event in await ears.hear(2)}
    assert heard == {("Told", "hola"), ("ToldLoudly", "hola")}


async def test_a_listener_of_a_class_does_not_hear_its_base(pair):
    ears, all_ears = Ears(), Ears()
    pair.asks.listen(ToldLoudly, ears)
    pair.asks.listen(Told, all_ears)
    await pair.start()
    await pair.answers.publish(Told(words="hola"))
    await pair.answers.publish(ToldLoudly(words="hola"))
    await all_ears.hear(2)
    assert [type(it) for it in await ears.hear(1)] == [ToldLoudly]


async def test_an_event_keeps_its_bytes(pair):
    ears = Ears()
    pair.asks.listen(Told, ears)
    await pair.start()
    event = Told(words="¡hola!")
    await pair.answers.publish(event)
    [heard] = await ears.hear(1)
    assert heard == event
    assert heard.encoded == event.encoded


async def test_each_event_is_heard_once_by_each_listener_in_the_order_of_its_topic(pair):
    all_ears, followed = Ears(), Ears()
    pair.asks.listen(ToldIn, all_ears)
    pair.asks.listen(ToldIn, followed, followed=True)
    await pair.start()
    await pair.asks.follow(["plaza"])
    for n in range(50):
        await pair.answers.publish(ToldIn(place="plaza", words=str(n)))
    for ears in all_ears, followed:
        assert [it.words for it in await ears.hear(50)] == [str(n) for n in range(50)]
    await pair.answers.publish(ToldIn(place="plaza", words="last"))
    assert len(await all_ears.hear(51)) == len(await followed.hear(51)) == 51


async def test_events_without_a_topic_are_heard_by_those_who_follow_none(pair):
    ears = Ears()
    pair.asks.listen(Told, ears, followed=True)
    await pair.start()
    await pair.answers.publish(Told(words="hola"))
    assert len(await ears.hear(1)) == 1


async def test_who_begins_to_listen_later_hears_what_comes_then(pair):
    early, late = Ears(), Ears()
    pair.asks.listen(ToldLoudly, early)
    await pair.start()
    await pair.answers.publish(ToldLoudly(words="one"))
    await early.hear(1)
    pair.asks.listen(ToldLoudly, late)
    await pair.answers.publish(ToldLoudly(words="two"))
    assert [it.words for it in await late.hear(1)] == ["two"]


async def test_a_listener_that_fails_harms_no_other(pair, caplog):
    async def fail(_event):
        raise ZeroDivisionError

    ears = Ears()
    pair.asks.listen(Told, fail)
    pair.asks.listen(Told, ears)
    await pair.start()
    await pair.answers.publish(Told(words="hola"))
    assert len(await ears.hear(1)) == 1
    assert "listener_failed" in caplog.text
