import pytest

from tertulia.conversations.contract.conversations import (
    Added,
    CreateConversation,
    GetConversation,
    ListConversations,
)
from tertulia.conversations.contract.errors import LastOwner
from tertulia.conversations.contract.spaces import (
    GetSpace,
    ListSpaceMembers,
    ListSpaces,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceAdded,
    SpaceRemoved,
)
from tertulia.conversations.contract.updates import MemberJoined, MemberLeft
from tertulia.kernel.errors import Forbidden, Invalid, NotFound
from tertulia.kernel.ids import new_id
from tests.conversations.cast import ANA, BRUNO, CARLA, DIEGO, VISITA, bring, found, somebody


def setting(space, who, role):
    return SetSpaceMember(space_id=space.id, user_id=who.id, role=role)


async def members(house, space, by=ANA, **page):
    return await house.ask(ListSpaceMembers(space_id=space.id, **page), by)


async def conversations_of(house, space, who):
    """The conversations of a space that somebody is in."""
    mine = (await house.ask(ListConversations(), who)).items
    return [each for each in mine if each.space_id == space.id]


async def general_of(house, space, who=ANA):
    """The channel `general` of a space as somebody sees it."""
    return (await conversations_of(house, space, who))[0]


async def known(house, who):
    """Let somebody be known, in a space of no matter."""
    return await bring(house, await found(house), who, "member")


async def test_who_is_added_joins_the_default_conversations_without_a_line(house):
    space = await found(house)
    await known(house, BRUNO)
    await house.settled()
    house.events.clear()
    answer = await house.ask(setting(space, BRUNO, "member"), ANA)
    await house.settled()
    general = await general_of(house, space, BRUNO)
    assert answer.member.user.id == BRUNO.id
    assert answer.member.role == "member"
    assert (general.role, general.messages, general.member_count) == ("member", 0, 2)
    added, joined, entered = house.events
    assert added == SpaceAdded(space_id=space.id, user_ids=[BRUNO.id], hear=True)
    assert isinstance(joined, MemberJoined)
    assert joined.message is None
    assert entered == Added(conversation_id=general.id, user_ids=[BRUNO.id])


@pytest.mark.parametrize(("kind", "role"), [("team", "guest"), ("class", "guardian")])
async def test_who_is_limited_to_own_conversations_joins_none(house, kind, role):
    space = await found(house, kind)
    await bring(house, space, BRUNO, role)
    await house.settled()
    assert await conversations_of(house, space, BRUNO) == []
    assert house.heard(SpaceAdded)[-1].hear is False


async def test_who_is_not_limited_any_more_joins_the_default_conversations(house):
    space = await found(house)
    await bring(house, space, BRUNO, "guest")
    await house.ask(setting(space, BRUNO, "member"), ANA)
    assert (await general_of(house, space, BRUNO)).role == "member"


async def test_another_role_is_told_to_its_bearer(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await house.settled()
    house.events.clear()
    await house.ask(setting(space, BRUNO, "guest"), ANA)
    await house.settled()
    assert house.events == [SpaceAdded(space_id=space.id, user_ids=[BRUNO.id], hear=False)]
    assert (await house.ask(GetSpace(space_id=space.id), BRUNO)).space.role == "guest"


async def test_the_same_role_again_is_told_to_nobody(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await house.settled()
    house.events.clear()
    assert (await house.ask(setting(space, BRUNO, "member"), ANA)).member.role == "member"
    await house.settled()
    assert house.events == []


@pytest.mark.parametrize("stranger", [DIEGO, VISITA], ids=["unknown", "guest"])
async def test_only_people_with_an_account_are_added(house, stranger):
    space = await found(house)
    with pytest.raises(NotFound):
        await house.ask(setting(space, stranger, "member"), ANA)


@pytest.mark.parametrize(
    ("kind", "role"), [("team", "teacher"), ("class", "guest"), ("support", "moderator")]
)
async def test_a_role_of_another_kind_of_space_is_not_valid(house, kind, role):
    space = await found(house, kind)
    await known(house, BRUNO)
    with pytest.raises(Invalid):
        await house.ask(setting(space, BRUNO, role), ANA)


async def test_nobody_gives_a_role_above_their_own(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    await bring(house, space, CARLA, "member")
    for who in (BRUNO, CARLA):
        with pytest.raises(Forbidden):
            await house.ask(setting(space, who, "owner"), BRUNO)
    assert (await house.ask(setting(space, CARLA, "admin"), BRUNO)).member.role == "admin"


async def test_nobody_changes_or_removes_who_is_above_them(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    await bring(house, space, CARLA, "owner")
    with pytest.raises(Forbidden):
        await house.ask(setting(space, ANA, "member"), BRUNO)
    with pytest.raises(Forbidden):
        await house.ask(RemoveSpaceMember(space_id=space.id, user_id=ANA.id), BRUNO)


async def test_the_last_owner_stays_an_owner(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    with pytest.raises(LastOwner):
        await house.ask(setting(space, ANA, "admin"), ANA)
    with pytest.raises(LastOwner):
        await house.ask(RemoveSpaceMember(space_id=space.id, user_id="me"), ANA)
    assert (await house.ask(GetSpace(space_id=space.id), ANA)).space.role == "owner"
    await house.ask(setting(space, BRUNO, "owner"), ANA)
    await house.ask(setting(space, ANA, "member"), ANA)
    with pytest.raises(LastOwner):
        await house.ask(RemoveSpaceMember(space_id=space.id, user_id=BRUNO.id), BRUNO)


async def test_who_is_removed_leaves_the_conversations_of_the_space(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    private = CreateConversation(
        kind="channel",
        space_id=space.id,
        name="secretos",
        visibility="private",
        members=(BRUNO.id,),
    )
    channel = (await house.ask(private, ANA)).conversation
    await house.settled()
    house.events.clear()
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id=BRUNO.id), ANA)
    # The answer is a barrier: what silences the sockets has been heard by now.
    *left, removed = house.events
    general = await general_of(house, space)
    assert removed == SpaceRemoved(space_id=space.id, user_id=BRUNO.id)
    assert {event.conversation_id for event in left} == {general.id, channel.id}
    assert {type(event) for event in left} == {MemberLeft}
    assert {event.actor_id for event in left} == {ANA.id}
    assert await conversations_of(house, space, BRUNO) == []
    with pytest.raises(NotFound):
        await house.ask(GetConversation(conversation_id=channel.id), BRUNO)
    with pytest.raises(NotFound):
        await house.ask(GetSpace(space_id=space.id), BRUNO)


async def test_removing_again_changes_nothing(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    removal = RemoveSpaceMember(space_id=space.id, user_id=BRUNO.id)
    await house.ask(removal, ANA)
    house.events.clear()
    await house.ask(removal, ANA)
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id=new_id()), ANA)
    await house.settled()
    assert house.events == []


async def test_members_are_listed_by_name_page_by_page(house):
    space = await found(house)
    for name in ("Zoe", "Álvaro", "bea"):
        await bring(house, space, somebody(name.lower()[:2] + "1", display_name=name), "member")
    first = await members(house, space, limit=3)
    second = await members(house, space, limit=3, cursor=first.next)
    names = [member.user.display_name for member in (*first.items, *second.items)]
    assert names == ["Álvaro", "Ana", "bea", "Zoe"]
    assert second.next is None
    assert (await members(house, space, limit=10**9)).next is None
    assert len((await members(house, space, limit=-1)).items) == 1


@pytest.mark.parametrize(
    "cursor", ["", "x", "ñ", "WyJhIl0", "WzEsMl0", "bnVsbA", "W" * 2000, "WyJhIiwiXHUwMDAwIl0"]
)
async def test_a_forged_cursor_is_not_valid(house, cursor):
    space = await found(house)
    with pytest.raises(Invalid) as refused:
        await members(house, space, cursor=cursor)
    assert [error.field for error in refused.value.errors] == ["cursor"]


async def test_a_cursor_of_another_space_shows_nothing_of_it(house):
    theirs, ours = await found(house), await found(house)
    await bring(house, theirs, BRUNO, "member")
    await bring(house, ours, CARLA, "member")
    cursor = (await members(house, theirs, limit=1)).next
    shown = await members(house, ours, by=CARLA, cursor=cursor)
    assert [member.user.id for member in shown.items] == [CARLA.id]


async def test_who_is_limited_to_own_conversations_sees_whom_they_meet_there(house):
    space = await found(house)
    await bring(house, space, BRUNO, "guest")
    await bring(house, space, CARLA, "member")
    await bring(house, space, DIEGO, "member")
    shared = CreateConversation(
        kind="channel", space_id=space.id, name="obra", visibility="private", members=(BRUNO.id,)
    )
    await house.ask(shared, CARLA)
    seen = [member.user.id for member in (await members(house, space, by=BRUNO)).items]
    assert seen == [BRUNO.id, CARLA.id]
    assert len((await members(house, space, by=CARLA)).items) == 4


async def test_the_count_of_members_follows(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    assert (await house.ask(ListSpaces(), BRUNO)).items[0].member_count == 2
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id="me"), BRUNO)
    assert (await house.ask(GetSpace(space_id=space.id), ANA)).space.member_count == 1
    assert (await house.ask(ListSpaces(), BRUNO)).items == []
