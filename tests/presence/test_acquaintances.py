"""Presence beside conversations: who hears whom is who may see whom there."""

import asyncio

import pytest

from tertulia.conversations.contract.conversations import (
    AddMember,
    CreateConversation,
    ListSpaceConversations,
    RemoveMember,
)
from tertulia.conversations.contract.spaces import RemoveSpaceMember, SetSpaceMember
from tertulia.conversations.wiring import wire as conversations
from tertulia.presence.contract import Changed, Connect, Watch
from tertulia.presence.wiring import wire as presence
from tests.conversations.cast import ANA, BRUNO, CARLA, DIEGO, bring, found
from tests.support.kit import running


@pytest.fixture
async def house():
    async with running([conversations, presence]) as house:
        yield house


@pytest.fixture
async def taller(house):
    """A space of ana's; bruno and carla are its members, diego is in none."""
    taller = await found(house)
    for member in (BRUNO, CARLA):
        await bring(house, taller, member, "member")
    return taller


def at(actor):
    return actor.model_copy(update={"connection_id": f"{actor.username}1"})


async def watch(house, *watchers):
    """Each of them connects and watches ana."""
    for watcher in watchers:
        await house.ask(Connect(), at(watcher))
        answer = await house.ask(Watch(user_ids=[ANA.id]), at(watcher))
        assert answer.states == {ANA.id: "offline"}


async def who_hears_ana(house):
    """Ana connects; the people whose connections are told."""
    told = asyncio.Queue()
    house.bus.listen(Changed, told.put)
    await house.ask(Connect(), at(ANA))
    change = await asyncio.wait_for(told.get(), 5)
    assert (change.user_id, change.state) == (ANA.id, "online")
    return {connection_id.removesuffix("1") for connection_id in change.connection_ids}


async def test_people_of_a_space_hear_each_other_and_strangers_do_not(house, taller):
    await watch(house, BRUNO, CARLA, DIEGO)
    assert await who_hears_ana(house) == {"bruno", "carla"}
    assert (await house.ask(Watch(user_ids=[ANA.id]), at(BRUNO))).states == {ANA.id: "online"}
    assert (await house.ask(Watch(user_ids=[ANA.id]), at(DIEGO))).states == {ANA.id: "offline"}


async def test_who_was_removed_hears_nothing(house, taller):
    await watch(house, BRUNO, CARLA)
    await house.ask(RemoveSpaceMember(space_id=taller.id, user_id=BRUNO.id), ANA)
    assert await who_hears_ana(house) == {"carla"}


async def test_who_left_a_channel_and_is_still_of_the_space_hears_on(house, taller):
    channel = CreateConversation(kind="channel", space_id=taller.id, name="obra")
    made = (await house.ask(channel, ANA)).conversation
    await house.ask(AddMember(conversation_id=made.id, user_id=BRUNO.id), ANA)
    await watch(house, BRUNO, CARLA)
    await house.ask(RemoveMember(conversation_id=made.id, user_id=BRUNO.id), ANA)
    assert await who_hears_ana(house) == {"bruno", "carla"}


async def test_who_is_limited_to_own_conversations_hears_who_is_in_them(house, taller):
    await watch(house, BRUNO, CARLA)
    channel = CreateConversation(kind="channel", space_id=taller.id, name="obra")
    made = (await house.ask(channel, ANA)).conversation
    await house.ask(AddMember(conversation_id=made.id, user_id=CARLA.id), ANA)
    for member in (BRUNO, CARLA):
        await house.ask(SetSpaceMember(space_id=taller.id, user_id=member.id, role="guest"), ANA)
    general = await general_of(house, taller)
    for member in (BRUNO, CARLA):
        await house.ask(RemoveMember(conversation_id=general, user_id=member.id), ANA)
    assert await who_hears_ana(house) == {"carla"}


async def general_of(house, space):
    """The id of the channel in which everybody of the space is."""
    listed = await house.ask(ListSpaceConversations(space_id=space.id), ANA)
    return next(it.id for it in listed.items if it.default)
