import asyncio

import pytest

from tertulia.conversations.contract.conversations import (
    Added,
    AddMember,
    ArchiveConversation,
    CreateConversation,
    GetConversation,
    GetHeads,
    Join,
    Leave,
    ListConversations,
    ListMembers,
    ListSpaceConversations,
    RemoveMember,
    SettingsChanged,
    UpdateConversation,
    UpdateSettings,
)
from tertulia.conversations.contract.updates import CatchUp, ListUpdates, MemberLeft, Position
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kit.service import Policy
from tests.conversations.town import Town, a_town, person
from tests.support.kit import running


def channel(town: Town, name: str = "tinta", **more: object) -> CreateConversation:
    shape = {"kind": "channel", "space_id": town.taller, "name": name, **more}
    return CreateConversation.model_validate(shape)


async def test_a_channel_begins_empty_with_its_first_people_in_it(town: Town):
    town.house.events.clear()
    request = channel(town, members=(town.bruno.id,))
    made = await town.ask(request, town.ana)
    assert (made.conversation.head, made.conversation.member_count) == (0, 2)
    assert made.conversation.role == "owner"
    assert town.house.heard(Added)[0].user_ids == [town.ana.id, town.bruno.id]


async def test_names_are_unique_in_their_space_whatever_their_form(town: Town):
    await town.channel("Feria")
    for name in ("feria", "FERIA", "ｆｅｒｉａ"):
        assert await town.refused(channel(town, name), town.bruno) == "conversations.name_taken"
    for name in ("a#b", "a/b"):
        assert await town.refused(channel(town, name), town.bruno) == "invalid"


async def test_an_id_creates_once(town: Town):
    request = channel(town, id=new_id())
    first, again = await asyncio.gather(town.ask(request, town.ana), town.ask(request, town.ana))
    assert (first.created, again.created) == (True, False)
    assert first.conversation.id == again.conversation.id == request.id
    assert await town.refused(request, town.bruno) == "conversations.id_in_use"


async def test_outsiders_and_guests_of_the_space_create_no_channel(town: Town):
    guest = await town.newcomer("gus", "guest")
    assert await town.refused(channel(town), town.diego) == "not_found"
    assert await town.refused(channel(town), guest) == "forbidden"
    with_stranger = channel(town, members=(town.diego.id,))
    assert await town.refused(with_stranger, town.ana) == "not_found"


async def test_there_is_one_direct_for_a_pair(town: Town):
    made = await town.direct(town.ana, town.bruno)
    again = CreateConversation(kind="direct", id=new_id(), members=(town.ana.id,))
    answer = await town.ask(again, town.bruno)
    assert (answer.conversation.id, answer.created) == (made.id, False)
    assert {p.id for p in made.people or []} == {town.ana.id, town.bruno.id}
    notes = await town.direct(town.ana, town.ana)
    assert [p.id for p in notes.people or []] == [town.ana.id]
    stranger = CreateConversation(kind="direct", members=(town.diego.id,))
    assert await town.refused(stranger, town.ana) == "not_found"


async def test_nobody_joins_or_leaves_a_direct(town: Town):
    where = (await town.direct(town.ana, town.bruno)).id
    add = AddMember(conversation_id=where, user_id=town.carla.id)
    assert await town.refused(add, town.ana) == "forbidden"
    assert await town.refused(Leave(conversation_id=where), town.ana) == "forbidden"
    assert await town.refused(ArchiveConversation(conversation_id=where), town.ana) == "forbidden"
    assert await town.refused(GetConversation(conversation_id=where), town.carla) == "not_found"


async def test_a_group_has_its_size(town: Town):
    alone = CreateConversation(kind="group", members=(town.ana.id,))
    assert await town.refused(alone, town.ana) == "invalid"
    group = CreateConversation(kind="group", members=(town.bruno.id,))
    where = (await town.ask(group, town.ana)).conversation.id
    await town.ask(AddMember(conversation_id=where, user_id=town.carla.id), town.bruno)
    async with a_town(Limits(group_people=2)) as small:
        group = CreateConversation(kind="group", members=(small.bruno.id,))
        where = (await small.ask(group, small.ana)).conversation.id
        add = AddMember(conversation_id=where, user_id=small.carla.id)
        assert await small.refused(add, small.ana) == "invalid"


async def test_members_come_and_go_with_a_line(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    await town.ask(AddMember(conversation_id=where, user_id=town.carla.id), town.bruno)
    await town.ask(Leave(conversation_id=where), town.bruno)
    await town.ask(RemoveMember(conversation_id=where, user_id=town.carla.id), town.ana)
    told = await town.log(town.ana, where)
    assert [(u["type"], u["message"]["data"]["type"]) for u in told] == [
        ("member_joined", "joined"),
        ("member_joined", "added"),
        ("member_left", "left"),
        ("member_left", "removed"),
    ]
    assert (await town.seen(town.ana, where)).member_count == 1


async def test_removing_is_heard_before_it_is_answered(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    await town.ask(RemoveMember(conversation_id=where, user_id=town.bruno.id), town.ana)
    assert [e.user.id for e in town.house.heard(MemberLeft)] == [town.bruno.id]


async def test_only_moderators_remove_and_not_those_above_them(town: Town):
    where = (await town.channel("tinta")).id
    moderator = await town.newcomer("mod", "moderator")
    for actor in (town.bruno, town.carla, moderator):
        await town.ask(Join(conversation_id=where), actor)
    remove = RemoveMember(conversation_id=where, user_id=town.carla.id)
    assert await town.refused(remove, town.bruno) == "forbidden"
    await town.ask(remove, moderator)
    above = RemoveMember(conversation_id=where, user_id=town.ana.id)
    assert await town.refused(above, moderator) == "forbidden"


async def test_the_longest_member_takes_over(town: Town):
    where = (await town.channel("tinta", by=town.bruno)).id
    await town.ask(Join(conversation_id=where), town.carla)
    await town.ask(Leave(conversation_id=where), town.bruno)
    assert (await town.seen(town.carla, where)).role == "owner"
    assert (await town.log(town.carla, where))[-1]["type"] == "member_changed"


async def test_who_comes_into_a_channel_that_everybody_left_owns_it(town: Town):
    where = (await town.channel("tinta", by=town.bruno)).id
    await town.ask(Leave(conversation_id=where), town.bruno)
    for actor in (town.carla, town.bruno):
        await town.ask(Join(conversation_id=where), actor)
    assert (await town.seen(town.carla, where)).role == "owner"
    assert (await town.seen(town.bruno, where)).role == "member"
    assert [it["role"] for it in (await town.log(town.carla, where))[-2:]] == ["owner", "member"]


async def test_joining_and_leaving_twice_makes_no_update(town: Town):
    where = (await town.channel("tinta")).id
    for _ in range(2):
        await town.ask(Join(conversation_id=where), town.bruno)
    for _ in range(2):
        await town.ask(Leave(conversation_id=where), town.bruno)
    assert (await town.seen(town.bruno, where)).head == 2


async def test_joiners_see_all_history_and_count_from_their_joining(town: Town):
    where = (await town.channel("tinta")).id
    await town.say(town.ana, "antes", where)
    await town.ask(Join(conversation_id=where), town.bruno)
    seen = await town.seen(town.bruno, where)
    assert (seen.unread_count, seen.read) == (0, 2)
    assert [u["seq"] for u in await town.log(town.bruno, where)] == [1, 2]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"name": "color"}, {"type": "renamed", "name": "color"}),
        ({"topic": "azul"}, {"type": "topic_changed", "topic": "azul"}),
        ({"visibility": "private"}, {"type": "visibility_changed", "visibility": "private"}),
        ({"default": True}, {"type": "default_changed", "default": True}),
        ({"archived": True}, {"type": "archived"}),
    ],
)
async def test_changes_are_told_once(
    town: Town, change: dict[str, object], line: dict[str, object]
):
    where = (await town.channel("tinta")).id
    request = UpdateConversation.model_validate({"conversation_id": where, **change})
    await town.ask(request, town.ana)
    await town.ask(request, town.ana)
    told = await town.log(town.ana, where)
    assert [(u["type"], u["message"]["data"]) for u in told] == [("conversation_changed", line)]
    assert "role" not in told[0]["conversation"]


async def test_null_asks_for_no_change(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    request = UpdateConversation(conversation_id=where, topic="papel", default=None, archived=None)
    changed = await town.ask(request, town.bruno)
    assert changed.conversation.topic == "papel"


async def test_archiving_is_for_owners_and_can_be_taken_back(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    archive = ArchiveConversation(conversation_id=where)
    assert await town.refused(archive, town.bruno) == "forbidden"
    await town.ask(archive, town.ana)
    rename = UpdateConversation(conversation_id=where, name="otra")
    assert await town.refused(rename, town.ana) == "conversations.archived"
    assert await town.refused(Join(conversation_id=where), town.carla) == "conversations.archived"
    await town.ask(UpdateConversation(conversation_id=where, archived=False), town.ana)
    await town.say(town.bruno, "de vuelta", where)


async def test_guests_of_the_space_see_only_where_they_were_added(town: Town):
    guest = await town.newcomer("gus", "guest")
    hidden, shown = (await town.channel("tinta")).id, (await town.channel("papel")).id
    await town.ask(AddMember(conversation_id=shown, user_id=guest.id), town.ana)
    assert await town.refused(GetConversation(conversation_id=hidden), guest) == "not_found"
    listed = await town.ask(ListSpaceConversations(space_id=town.taller), guest)
    assert {c.id for c in listed.items} == {shown}
    await town.say(guest, "hola", shown)
    rename = UpdateConversation(conversation_id=shown, name="mío")
    assert await town.refused(rename, guest) == "forbidden"


async def test_settings_are_ones_own(town: Town):
    where = (await town.channel("tinta")).id
    town.house.events.clear()
    for _ in range(2):
        await town.ask(UpdateSettings(conversation_id=where, muted=True), town.ana)
    await town.house.settled()
    assert [e.user_id for e in town.house.heard(SettingsChanged)] == [town.ana.id]
    seen = await town.seen(town.ana, where)
    assert (seen.muted, seen.head) == (True, 0)


async def test_the_members_of_a_page_follow_those_of_the_last(town: Town):
    where = (await town.channel("tinta")).id
    people = [await town.newcomer(f"p{i}", "member") for i in range(5)]
    for actor in people:
        town.house.clock.forward(seconds=1)
        await town.ask(Join(conversation_id=where), actor)
    seen: list[str] = []
    cursor = None
    while True:
        request = ListMembers(conversation_id=where, limit=2, cursor=cursor)
        page = await town.ask(request, town.ana)
        seen += [m.user.id for m in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [town.ana.id, *(p.id for p in people)]
    forged = ListMembers(conversation_id=where, cursor="not a cursor")
    assert await town.refused(forged, town.ana) == "invalid"


async def test_the_plaza_is_everybodys(town: Town):
    guest = Actor(id=new_id(), kind="guest", display_name="Invitada")
    await town.say(guest, "buenas", town.plaza)
    seen = await town.seen(guest, town.plaza)
    assert (seen.space_id, seen.member_count, seen.role) == (None, None, None)
    heads = await town.ask(GetHeads(), guest)
    assert set(heads.heads) == {town.plaza}
    where = (await town.channel("tinta")).id
    assert await town.refused(GetConversation(conversation_id=where), guest) == "not_found"
    assert await town.refused(Leave(conversation_id=town.plaza), town.ana) == "forbidden"


@pytest.mark.parametrize(
    "policy",
    [Policy(guests="off"), Policy(guests="local", base_url="https://chat.example")],
    ids=["off", "local"],
)
async def test_where_guests_cannot_come_the_plaza_is_in_nobodys_list(policy: Policy):
    async with running([wire], policy=policy) as house:
        ana = person("ana")
        assert (await house.ask(ListConversations(), ana)).items == []
        assert (await house.ask(GetHeads(), ana)).heads == {}


# --- the log ---------------------------------------------------------------------------------------


async def test_catching_up_gives_what_was_missed_in_order(town: Town):
    one, two = (await town.channel("tinta")).id, (await town.channel("papel")).id
    for i in range(3):
        await town.say(town.ana, str(i), one)
        await town.say(town.ana, str(i), two)
    epochs = {where: (await town.seen(town.ana, where)).epoch for where in (one, two)}
    asked = {where: Position(epoch=epochs[where], seq=1) for where in (two, one)}
    first = await town.ask(CatchUp(positions=asked, limit=3), town.ana)
    got = [(u["conversation_id"], u["seq"]) for u in first.updates]
    assert got == [(two, 2), (two, 3), (one, 2)]
    assert first.more
    asked = {two: Position(epoch=epochs[two], seq=3), one: Position(epoch=epochs[one], seq=2)}
    rest = await town.ask(CatchUp(positions=asked), town.ana)
    assert [(u["conversation_id"], u["seq"]) for u in rest.updates] == [(one, 3)]
    assert not rest.more
    assert set(rest.heads) >= {one, two, town.plaza}


async def test_catching_up_is_honest_about_other_histories(town: Town):
    where = (await town.channel("tinta", visibility="private")).id
    epoch = (await town.seen(town.ana, where)).epoch
    unknown = new_id()
    asked = {
        where: Position(epoch="another", seq=0),
        town.plaza: Position(epoch=(await town.seen(town.ana, town.plaza)).epoch, seq=999),
        unknown: Position(epoch="x", seq=0),
    }
    answer = await town.ask(CatchUp(positions=asked), town.ana)
    assert (answer.updates, answer.resync, answer.gone) == ([], [where, town.plaza], [unknown])
    by_outsider = await town.ask(
        CatchUp(positions={where: Position(epoch=epoch, seq=0)}), town.bruno
    )
    assert (by_outsider.updates, by_outsider.gone) == ([], [where])
    beyond = ListUpdates(conversation_id=where, after=1)
    assert await town.refused(beyond, town.ana) == "conversations.resync"
    other = ListUpdates(conversation_id=where, epoch="another")
    assert await town.refused(other, town.ana) == "conversations.resync"


async def test_too_many_positions_are_refused():
    async with a_town(Limits(positions=1)) as town:
        positions = {new_id(): Position(epoch="x", seq=0) for _ in range(2)}
        assert await town.refused(CatchUp(positions=positions), town.ana) == "invalid"
