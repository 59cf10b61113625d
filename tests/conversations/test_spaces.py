import pytest

from tertulia.conversations.contract.conversations import ListConversations
from tertulia.conversations.contract.errors import IdInUse
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    GetSpace,
    ListSpaces,
    RemoveSpaceMember,
    SpaceAdded,
    SpaceChanged,
    UpdateSpace,
)
from tertulia.kernel.errors import NotFound
from tertulia.kernel.ids import new_id
from tests.conversations.cast import ANA, BRUNO, bring, found, somebody


async def test_a_new_space_has_its_founder_as_owner_and_a_channel_general(house):
    space = await found(house, "class")
    assert (space.role, space.member_count, space.wall) == ("owner", 1, "azafran")
    mine = (await house.ask(ListConversations(), ANA)).items
    general = next(item for item in mine if item.space_id == space.id)
    assert (general.name, general.default, general.visibility) == ("general", True, "public")
    assert (general.head, general.role, general.member_count) == (0, "owner", 1)


async def test_my_spaces_are_listed_by_name(house):
    for name in ("zorro", "Árbol", "abeja"):
        await house.ask(CreateSpace(name=name, kind="team"), ANA)
    await bring(house, await found(house), BRUNO, "member")
    names = [space.name for space in (await house.ask(ListSpaces(), ANA)).items]
    assert names == ["abeja", "Taller team", "zorro", "Árbol"]
    assert [space.role for space in (await house.ask(ListSpaces(), BRUNO)).items] == ["member"]


async def test_creating_again_by_the_same_id_answers_the_space_as_it_is_now(house):
    request = CreateSpace(id=new_id(), name="Taller", kind="team")
    first = await house.ask(request, ANA)
    await house.ask(UpdateSpace(space_id=first.space.id, name="Otro"), ANA)
    again = await house.ask(request, ANA)
    assert (first.created, again.created) == (True, False)
    assert again.space.name == "Otro"
    assert len((await house.ask(ListSpaces(), ANA)).items) == 1


async def test_an_id_of_somebody_else_is_in_use(house):
    space = await found(house)
    with pytest.raises(IdInUse):
        await house.ask(
            CreateSpace(id=space.id, name="Mío", kind="team"),
            somebody("elena", administrator=True),
        )


async def test_a_founder_who_left_does_not_see_the_space_again_by_its_id(house):
    request = CreateSpace(id=new_id(), name="Taller", kind="team")
    space = (await house.ask(request, ANA)).space
    await bring(house, space, BRUNO, "owner")
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id="me"), ANA)
    with pytest.raises(NotFound):
        await house.ask(request, ANA)


async def test_a_change_is_told_to_the_people_of_the_space(house):
    space = await found(house)
    limited = await bring(house, space, BRUNO, "guest")
    changed = await house.ask(UpdateSpace(space_id=space.id, name="Ágora", wall="oliva"), ANA)
    await house.settled()
    assert (changed.space.name, changed.space.wall) == ("Ágora", "oliva")
    assert house.heard(SpaceChanged) == [
        SpaceChanged(space_id=space.id, name="Ágora", wall="oliva", user_ids=[limited.id])
    ]


async def test_nothing_is_told_when_nothing_changes(house):
    space = await found(house)
    await house.ask(UpdateSpace(space_id=space.id, name=space.name), ANA)
    await house.ask(UpdateSpace(space_id=space.id), ANA)
    await house.settled()
    assert house.heard(SpaceChanged) == []
    assert (await house.ask(GetSpace(space_id=space.id), ANA)).space == space


async def test_the_founder_is_told_of_the_new_space(house):
    space = await found(house)
    await house.settled()
    assert house.heard(SpaceAdded) == [SpaceAdded(space_id=space.id, user_ids=[ANA.id], hear=True)]
