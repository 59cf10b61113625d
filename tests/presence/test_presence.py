import asyncio
from itertools import pairwise

import pytest

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.spaces import SpaceAdded, SpaceRemoved
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kernel.errors import Invalid, RateLimited, Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.presence.contract import Changed, Connect, Renew
from tests.presence.conftest import Person, Plaza

ONLINE, OFFLINE = "online", "offline"


async def told():
    """What is due at this moment is told: time passes when there is nothing else to do."""
    await asyncio.sleep(0.001)


async def test_watchers_hear_who_comes_and_who_goes(plaza, ana, bruno):
    await bruno.connects("b1")
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}
    await ana.connects("a1")
    await told()
    assert plaza.changes("b1") == [(ana.id, ONLINE)]
    assert await bruno.watches("b1", ana) == {ana.id: ONLINE}
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert plaza.changes("b1") == [(ana.id, ONLINE), (ana.id, OFFLINE)]
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}


async def test_who_does_not_watch_hears_nothing(plaza, ana, bruno):
    await bruno.connects("b1")
    await ana.connects("a1")
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert not plaza.heard


async def test_only_the_connection_that_watches_hears(plaza, ana, bruno):
    await bruno.connects("b1")
    await bruno.connects("b2")
    await bruno.watches("b2", ana)
    await ana.connects("a1")
    await told()
    assert (plaza.changes("b1"), plaza.changes("b2")) == ([], [(ana.id, ONLINE)])


async def test_a_page_that_is_loaded_anew_is_not_noticed(plaza, ana, bruno):
    await bruno.connects("b1")
    await ana.connects("a1")
    await bruno.watches("b1", ana)
    await ana.leaves("a1")
    await asyncio.sleep(3)
    await ana.connects("a2")
    await asyncio.sleep(60)
    assert not plaza.changes("b1")


async def test_a_person_is_online_until_the_last_connection_goes(plaza, ana, bruno):
    await bruno.connects("b1")
    for connection in ("a1", "a2", "a3"):
        await ana.connects(connection)
    await bruno.watches("b1", ana)
    await ana.leaves("a1")
    await ana.leaves("a2")
    await asyncio.sleep(60)
    assert not plaza.changes("b1")
    await ana.leaves("a3")
    await asyncio.sleep(60)
    assert plaza.changes("b1") == [(ana.id, OFFLINE)]


async def test_a_person_who_flickers_is_told_of_once_a_second_and_the_end_is_true(
    plaza, ana, bruno
):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    for moment in range(60):
        await ana.connects(f"a{moment}")
        await asyncio.sleep(0.05)
        await ana.leaves(f"a{moment}")
        await asyncio.sleep(4 + moment % 7 / 10)
    await asyncio.sleep(60)
    moments = [moment for moment, event in plaza.heard if isinstance(event, Changed)]
    assert len(moments) > 10
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))
    states = [state for _, state in plaza.changes("b1")]
    assert all(one != other for one, other in pairwise(states))
    assert states[-1] == OFFLINE
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}


async def test_who_asks_between_two_changes_hears_the_second(plaza, ana, bruno):
    """Ana left and is told of; she is back within the second, which is told after it."""
    await bruno.connects("b1")
    await ana.connects("a1")
    await ana.leaves("a1")
    await asyncio.sleep(4.5)
    await ana.connects("a2")
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}
    await asyncio.sleep(1)
    assert plaza.changes("b1") == [(ana.id, ONLINE)]


async def test_a_watch_replaces_the_one_before(plaza, ana, bruno):
    carla = Person(plaza)
    plaza.meet(ana, bruno, carla)
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    await bruno.watches("b1", carla)
    await ana.connects("a1")
    await carla.connects("c1")
    await told()
    assert plaza.changes("b1") == [(carla.id, ONLINE)]
    await bruno.watches("b1")
    await carla.leaves("c1")
    await asyncio.sleep(10)
    assert plaza.changes("b1") == [(carla.id, ONLINE)]


async def test_strangers_read_offline_and_are_not_heard(plaza, ana, bruno):
    stranger = Person(plaza)
    await bruno.connects("b1")
    await stranger.connects("s1")
    assert await bruno.watches("b1", ana, stranger) == {ana.id: OFFLINE, stranger.id: OFFLINE}
    await stranger.leaves("s1")
    await asyncio.sleep(10)
    await stranger.connects("s2")
    await told()
    assert not plaza.changes("b1")


async def test_one_may_watch_oneself(plaza, ana):
    await ana.connects("a1")
    assert await ana.watches("a1", ana) == {ana.id: ONLINE}
    assert not plaza.asked


async def test_a_closed_connection_watches_nobody(plaza, ana, bruno):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    await bruno.leaves("b1")
    await ana.connects("a1")
    await told()
    assert not plaza.heard


async def test_a_watch_that_comes_after_the_end_of_its_connection_leaves_nothing(plaza, ana, bruno):
    await ana.connects("a1")
    await bruno.connects("b1")
    await bruno.leaves("b1")
    assert await bruno.watches("b1", ana) == {ana.id: ONLINE}
    assert await bruno.watches(None, ana) == {ana.id: ONLINE}
    await bruno.connects("b1")
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert not plaza.heard


async def test_a_watch_that_comes_before_its_connection_counts(plaza, ana, bruno):
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}
    await bruno.connects("b1")
    await ana.connects("a1")
    await told()
    assert plaza.changes("b1") == [(ana.id, ONLINE)]


async def test_a_connection_of_another_is_not_ones_own(plaza, ana, bruno):
    await ana.connects("a1")
    await bruno.watches("a1", ana)
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert not plaza.heard


async def test_told_twice_is_told_once(plaza, ana, bruno):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    await ana.connects("a1")
    await ana.connects("a1")
    await ana.leaves("unknown")
    await told()
    await ana.leaves("a1")
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert plaza.changes("b1") == [(ana.id, ONLINE), (ana.id, OFFLINE)]


async def test_five_hundred_people_may_be_watched(plaza, ana):
    people = [Person(plaza) for _ in range(501)]
    await ana.connects("a1")
    assert len(await ana.watches("a1", *people[:500])) == 500
    with pytest.raises(Invalid) as refused:
        await ana.watches("a1", *people)
    assert refused.value.params == {"limit": 500}
    assert [(it.field, it.code) for it in refused.value.errors] == [("user_ids", "too_long")]


async def test_a_refused_watch_changes_nothing():
    plaza = Plaza(limits=Limits(watched=1))
    ana, bruno = Person(plaza), Person(plaza)
    plaza.meet(ana, bruno)
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    with pytest.raises(Invalid):
        await bruno.watches("b1", ana, bruno)
    await ana.connects("a1")
    await told()
    assert plaza.changes("b1") == [(ana.id, ONLINE)]


# --- who lost a place -----------------------------------------------------------------------------


def left(person):
    user = UserView(
        id=person.id, username="ana", display_name="Ana", avatar_url=None, kind="person"
    )
    return MemberLeft(
        conversation_id=new_id(),
        seq=7,
        at=person.plaza.clock.now(),
        actor_id=person.id,
        user=user,
        role="member",
        member_count=1,
    )


def losses(person):
    space_id = new_id()
    return {
        "left": left(person),
        "removed": SpaceRemoved(space_id=space_id, user_id=person.id),
        "limited": SpaceAdded(space_id=space_id, user_ids=[person.id], hear=False),
    }


@pytest.mark.parametrize("how", ["left", "removed", "limited"])
@pytest.mark.parametrize("loser", ["watcher", "watched"])
async def test_who_lost_sight_of_each_other_hear_nothing(plaza, ana, bruno, how, loser):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    plaza.part(ana, bruno)
    await plaza.bus.publish(losses(bruno if loser == "watcher" else ana)[how])
    await ana.connects("a1")
    await asyncio.sleep(10)
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert not plaza.changes("b1")
    plaza.meet(ana, bruno)
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}
    await ana.connects("a2")
    await told()
    assert plaza.changes("b1") == [(ana.id, ONLINE)]


@pytest.mark.parametrize("how", ["left", "removed", "limited"])
async def test_who_still_share_something_hear_on(plaza, ana, bruno, how):
    await bruno.connects("b1")
    await bruno.watches("b1", ana, bruno)
    for person in (ana, bruno):
        await plaza.bus.publish(losses(person)[how])
    before = len(plaza.asked)
    await ana.connects("a1")
    await told()
    assert plaza.changes("b1") == [(ana.id, ONLINE)]
    assert len(plaza.asked) == before + 1
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert plaza.changes("b1") == [(ana.id, ONLINE), (ana.id, OFFLINE)]
    assert len(plaza.asked) == before + 1


async def test_a_loss_during_the_question_is_asked_about_again(plaza, ana, bruno):
    async def ana_is_removed():
        plaza.part(ana, bruno)
        await plaza.bus.publish(losses(ana)["removed"])

    plaza.meanwhile = ana_is_removed
    await ana.connects("a1")
    await bruno.connects("b1")
    assert await bruno.watches("b1", ana) == {ana.id: OFFLINE}
    assert len(plaza.asked) == 2
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert not plaza.changes("b1")


async def test_while_nobody_can_say_who_sees_whom_the_doubtful_hear_nothing(plaza, ana, bruno):
    carla = Person(plaza)
    plaza.meet(ana, bruno, carla)
    for person, connection in ((bruno, "b1"), (carla, "c1")):
        await person.connects(connection)
        await person.watches(connection, ana)
    await plaza.bus.publish(losses(bruno)["left"])
    plaza.fails = Unavailable()
    await ana.connects("a1")
    await told()
    assert plaza.changes("c1") == [(ana.id, ONLINE)]
    assert not plaza.changes("b1")
    plaza.fails = None
    await ana.leaves("a1")
    await asyncio.sleep(10)
    assert plaza.changes("c1") == [(ana.id, ONLINE), (ana.id, OFFLINE)]
    assert plaza.changes("b1") == [(ana.id, OFFLINE)]


# --- where the bus loses what it is told -----------------------------------------------------------


async def test_a_loss_that_was_not_told_is_known_before_a_change_is(plaza, ana, bruno):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    plaza.part(ana, bruno)
    plaza.unheard.append(losses(bruno)["removed"])
    await ana.connects("a1")
    await asyncio.sleep(10)
    assert not plaza.heard


async def test_while_nobody_says_who_lost_a_place_changes_wait(plaza, ana, bruno):
    await bruno.connects("b1")
    await bruno.watches("b1", ana)
    plaza.deaf = True
    await ana.connects("a1")
    await asyncio.sleep(60)
    assert not plaza.heard
    plaza.deaf = False
    await asyncio.sleep(2)
    assert plaza.changes("b1") == [(ana.id, ONLINE)]


async def test_where_losses_were_missed_it_is_asked_who_still_sees_whom(plaza, ana, bruno):
    carla = Person(plaza)
    plaza.meet(ana, bruno, carla)
    for person, connection in ((bruno, "b1"), (carla, "c1")):
        await person.connects(connection)
        await person.watches(connection, ana)
    plaza.part(ana, bruno)
    plaza.service.missed()
    await ana.connects("a1")
    await told()
    assert (plaza.changes("b1"), plaza.changes("c1")) == ([], [(ana.id, ONLINE)])


async def test_what_a_gateway_missed_is_told_again_but_not_to_who_lost_sight_since(
    plaza, ana, bruno
):
    carla, gateway_id = Person(plaza), new_id()
    plaza.meet(ana, bruno, carla)
    first = await plaza.bus.ask(Renew(gateway_id=gateway_id))
    for person, connection in ((bruno, "b1"), (carla, "c1")):
        await plaza.bus.ask(Connect(gateway_id=gateway_id), person.at(connection))
        await person.watches(connection, ana)
    await ana.connects("a1")
    await told()
    plaza.unheard.append(losses(bruno)["removed"])
    again = Renew(gateway_id=gateway_id, keeping_id=first.keeping_id, heard=first.number)
    renewal = await plaza.bus.ask(again)
    missed = [(it.user_id, it.state, it.connection_ids) for it in renewal.missed]
    assert missed == [(ana.id, ONLINE, ["c1"])]
    heard = again.model_copy(update={"heard": renewal.number})
    assert (await plaza.bus.ask(heard)).missed == []


# --- typing ---------------------------------------------------------------------------------------


async def test_typing_is_told_for_five_seconds(plaza, ana):
    conversation_id = new_id()
    await ana.types(conversation_id)
    [event] = plaza.typing()
    assert (event.conversation_id, event.user_id) == (conversation_id, ana.id)
    assert (event.until - plaza.clock.now()).total_seconds() == 5


async def test_a_person_types_once_a_second(plaza, ana, bruno):
    await ana.types(new_id(), "a1")
    with pytest.raises(RateLimited) as refused:
        await ana.types(new_id(), "a2")
    assert refused.value.retry_after == pytest.approx(1)
    await bruno.types(new_id())
    plaza.clock.forward(seconds=1)
    await ana.types(new_id())
    assert len(plaza.typing()) == 3


async def test_without_rate_limits_a_person_types_as_they_like():
    plaza = Plaza(rate_limits=False)
    ana = Person(plaza)
    for _ in range(5):
        await ana.types(new_id())
    assert len(plaza.typing()) == 5
