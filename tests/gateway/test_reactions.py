"""What connections hear of the services' events: who, in which order, and who does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tertulia.conversations.contract.conversations import (
    GetConversation,
    ReadMoved,
    SettingsChanged,
)
from tertulia.conversations.contract.people import PersonChanged
from tertulia.conversations.contract.spaces import SpaceChanged, SpaceRemoved
from tertulia.conversations.contract.updates import ReactionAdded, ReactionRemoved
from tertulia.kernel.errors import NotFound
from tertulia.kernel.ids import new_id
from tertulia.presence.contract import Changed, Typing
from tests.gateway.house import House, Person
from tests.gateway.site import Site, Visitor

NOW = datetime(2026, 10, 8, tzinfo=UTC)


@pytest.fixture
async def ana(site: Site, house: House) -> Visitor:
    return await site.visit(house.ana)


@pytest.fixture
async def bruno(site: Site, house: House) -> Visitor:
    return await site.visit(house.bruno, transports=["polling"])


@pytest.fixture
async def carla(site: Site, house: House) -> Visitor:
    """She is in no conversation but the plaza."""
    return await site.visit(house.carla)


async def test_members_hear_a_message_and_outsiders_hear_nothing(
    house: House, ana: Visitor, bruno: Visitor, carla: Visitor
):
    await ana.says(house.taller, "hola")
    for visitor in (ana, bruno):
        update = await visitor.until("conversations.message_posted")
        assert update["message"]["text"] == "hola"
        assert update["type"] == "message_posted"
        assert "reply_count" not in update
    await carla.silence()


async def test_everybody_hears_the_same_and_in_the_order_of_the_log(
    house: House, ana: Visitor, bruno: Visitor
):
    for number in range(40):
        author, visitor = ((house.ana, ana), (house.bruno, bruno))[number % 2]
        assert author.id
        await visitor.client.emit(
            "conversations.post_message",
            {"conversation_id": house.taller, "text": str(number)},
            namespace=visitor.namespace,
        )
    heard = []
    for visitor in (ana, bruno):
        await visitor.until("conversations.message_posted", 40)
        heard.append(visitor.of("conversations.message_posted"))
    assert heard[0] == heard[1]
    assert [update["seq"] for update in heard[0]] == list(range(1, 41))


async def test_both_names_of_the_namespace_hear_each_other(site: Site, house: House, ana: Visitor):
    other = await site.visit(house.bruno, namespace="/ws")
    await other.says(house.taller, "from /ws")
    await ana.says(house.taller, "from /")
    for visitor in (ana, other):
        await visitor.until("conversations.message_posted", 2)


async def test_an_event_whose_class_has_a_relative_in_the_table_is_told_once(
    house: House, ana: Visitor
):
    for kind in (ReactionAdded, ReactionRemoved):
        await house.publish(
            kind(
                conversation_id=house.taller,
                seq=1,
                at=NOW,
                actor_id=house.bruno.id,
                message_id=new_id(),
                emoji="👍",
                user_id=house.bruno.id,
                count=1,
            )
        )
    await ana.until("conversations.reaction_removed")
    assert ana.names()[1:] == ["conversations.reaction_added", "conversations.reaction_removed"]


async def test_who_is_added_hears_the_conversation_whole_and_then_what_is_said_in_it(
    house: House, ana: Visitor, carla: Visitor
):
    await house.add(house.carla, house.taller)
    await house.post(house.ana, house.taller, "welcome")
    await carla.until("conversations.message_posted")
    assert carla.names()[1:] == ["conversations.added", "conversations.message_posted"]
    added = carla.of("conversations.added")[0]
    assert added["conversation"]["id"] == house.taller
    assert "conversations.added" not in ana.names()


async def test_who_may_not_see_what_they_were_added_to_is_not_told(house: House, carla: Visitor):
    house.raises[GetConversation] = NotFound()
    await house.add(house.carla, house.taller)
    await carla.silence()


async def test_who_leaves_hears_that_and_nothing_after(house: House, ana: Visitor, bruno: Visitor):
    await house.post(house.ana, house.taller, "before")
    await house.remove(house.bruno, house.taller)
    await house.post(house.ana, house.taller, "after")
    await bruno.until("conversations.removed")
    await bruno.silence()
    assert bruno.names()[1:] == [
        "conversations.message_posted",
        "conversations.member_left",
        "conversations.removed",
    ]
    assert bruno.of("conversations.removed") == [{"conversation_id": house.taller}]
    await ana.until("conversations.message_posted", 2)
    assert "conversations.removed" not in ana.names()


async def test_all_connections_of_who_leaves_fall_silent(site: Site, house: House, bruno: Visitor):
    second = await site.visit(house.bruno, namespace="/ws")
    await house.remove(house.bruno, house.taller)
    await house.post(house.ana, house.taller, "after")
    for visitor in (bruno, second):
        await visitor.until("conversations.removed")
        await visitor.silence()
        assert "conversations.message_posted" not in visitor.names()


def personal(house: House) -> list[tuple[Any, str]]:
    return [
        (
            ReadMoved(
                user_id=house.ana.id,
                conversation_id=house.taller,
                seq=1,
                head=2,
                unread_count=1,
                mention_count=0,
            ),
            "conversations.read",
        ),
        (
            SettingsChanged(user_id=house.ana.id, conversation_id=house.taller, muted=True),
            "conversations.settings_changed",
        ),
        (
            SpaceRemoved(user_id=house.ana.id, space_id=house.space_id),
            "conversations.space_removed",
        ),
    ]


async def test_what_is_mine_comes_to_all_my_connections_and_to_nobody_else(
    site: Site, house: House, ana: Visitor, bruno: Visitor
):
    second = await site.visit(house.ana)
    for event, name in personal(house):
        await house.publish(event)
        for visitor in (ana, second):
            payload = await visitor.until(name)
            assert "user_id" not in payload
    await bruno.silence()


async def test_people_of_a_space_hear_of_it_until_they_leave(
    house: House, ana: Visitor, bruno: Visitor
):
    changed = SpaceChanged(space_id=house.space_id, name="La Casa", wall="anil", user_ids=[])
    await house.publish(changed)
    for visitor in (ana, bruno):
        assert await visitor.until("conversations.space_changed") == {
            "space_id": house.space_id,
            "name": "La Casa",
            "wall": "anil",
        }
    await house.publish(SpaceRemoved(user_id=house.bruno.id, space_id=house.space_id))
    await house.publish(changed)
    await ana.until("conversations.space_changed", 2)
    await bruno.until("conversations.space_removed")
    await bruno.silence()
    assert bruno.names().count("conversations.space_changed") == 1


async def test_a_person_seen_in_two_ways_is_told_of_once(house: House, ana: Visitor):
    person = PersonChanged.model_validate(
        {
            name: house.bruno.identity.user.model_dump()
            if name == "user"
            else [house.space_id, house.space_id]
            if name == "space_ids"
            else [house.ana.id]
            for name in PersonChanged.model_fields
        }
    )
    await house.publish(person)
    await ana.until("accounts.user_changed")
    await ana.silence()
    assert ana.of("accounts.user_changed") == [
        {"user": house.bruno.identity.user.model_dump(mode="json")}
    ]


async def test_typing_is_heard_by_the_others_and_not_by_the_typist(
    site: Site, house: House, ana: Visitor, bruno: Visitor, carla: Visitor
):
    second = await site.visit(house.ana)
    answer = await ana.asks("presence.set_typing", {"conversation_id": house.taller})
    assert answer == {"ok": True, "result": {}}
    typing = await bruno.until("presence.typing")
    assert typing["user_id"] == house.ana.id
    for visitor in (ana, second, carla):
        await visitor.silence()


async def test_typing_needs_to_be_where_one_hears(
    house: House, ana: Visitor, bruno: Visitor, carla: Visitor
):
    for conversation_id in (house.taller, new_id()):
        answer = await carla.asks("presence.set_typing", {"conversation_id": conversation_id})
        assert answer["error"]["code"] == "not_found"
    await house.remove(house.bruno, house.taller)
    answer = await bruno.asks("presence.set_typing", {"conversation_id": house.taller})
    assert answer["error"]["code"] == "not_found"
    await ana.until("conversations.member_left")
    await ana.silence()


async def test_an_event_for_nobody_is_heard_by_nobody(house: House, ana: Visitor):
    await house.publish(Changed(user_id=house.bruno.id, state="online", connection_ids=[]))
    await house.publish(Typing(conversation_id=new_id(), user_id=house.bruno.id, until=NOW))
    await ana.silence()


async def test_presence_is_heard_by_the_connection_that_watches(
    site: Site, house: House, ana: Visitor
):
    second = await site.visit(house.ana)
    connection_id = next(it.id for it in site.gateway._connections if it.actor.id == house.ana.id)
    event = Changed(user_id=house.bruno.id, state="online", connection_ids=[connection_id])
    await house.publish(event)
    heard = [
        visitor
        for visitor in (ana, second)
        if visitor.client.get_sid(visitor.namespace) == connection_id
    ]
    assert await heard[0].until("presence.changed") == {
        "user_id": house.bruno.id,
        "state": "online",
    }
    silent = second if heard[0] is ana else ana
    await silent.silence()


class Watched:
    """A person whom Ana watches, with an old state that waits until there is less to do."""

    def __init__(self, site: Site, house: House) -> None:
        self.house = house
        self.busy = True
        ana = next(it.id for it in site.gateway._connections if it.actor.id == house.ana.id)
        self.ana = [ana]
        site.gateway._server.eio.volatile.waits = lambda: self.busy

    async def comes(self, person: Person) -> None:
        event = Changed(user_id=person.id, state="online", connection_ids=self.ana)
        await self.house.publish(event)


async def heard_of(visitor: Visitor, count: int) -> list[str]:
    """Whom the first changes are about."""
    await visitor.until("presence.changed", count)
    await visitor.silence()
    return [it["user_id"] for it in visitor.of("presence.changed")]


async def test_what_waited_is_not_told_once_the_watch_is_replaced(
    site: Site, house: House, ana: Visitor
):
    watched = Watched(site, house)
    await watched.comes(house.bruno)
    await ana.asks("presence.watch", {"user_ids": [house.carla.id]})
    await watched.comes(house.carla)
    watched.busy = False
    assert await heard_of(ana, 1) == [house.carla.id]


async def test_what_waited_is_not_told_of_who_went_out_of_sight(
    site: Site, house: House, ana: Visitor
):
    watched = Watched(site, house)
    for person in (house.bruno, house.carla):
        await watched.comes(person)
    await house.publish(SpaceRemoved(user_id=house.bruno.id, space_id=house.space_id))
    watched.busy = False
    assert await heard_of(ana, 1) == [house.carla.id]


async def test_what_waited_is_not_told_to_who_sees_others_no_more(
    site: Site, house: House, ana: Visitor
):
    watched = Watched(site, house)
    await watched.comes(house.bruno)
    await house.publish(SpaceRemoved(user_id=house.ana.id, space_id=house.space_id))
    await watched.comes(house.carla)
    watched.busy = False
    assert await heard_of(ana, 1) == [house.carla.id]
