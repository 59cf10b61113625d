"""Who sees whom, and keeping up with how people look."""

import pytest

from tertulia.accounts.contract import UserChanged, UserView
from tertulia.accounts.tables import log as accounts_log
from tertulia.accounts.wiring import wire as wire_accounts
from tertulia.conversations.contract.conversations import (
    CreateConversation,
    GetHeads,
    ListConversations,
)
from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.people import (
    FindAcquaintances,
    FindUsers,
    GetUser,
    PersonChanged,
)
from tertulia.conversations.contract.spaces import (
    GetSpace,
    ListSpaceMembers,
    RemoveSpaceMember,
    SetSpaceMember,
    UpdateSpace,
)
from tertulia.conversations.contract.updates import CatchUp, Position
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Invalid, NotFound, Unauthenticated
from tertulia.kernel.ids import new_id
from tertulia.kit.db import each
from tests.conversations.cast import (
    ANA,
    BRUNO,
    CARLA,
    DIEGO,
    ELENA,
    VISITA,
    bring,
    found,
    somebody,
)
from tests.support.kit import running


@pytest.fixture
async def house():
    """Conversations beside accounts, which nobody uses but by `tell`."""
    async with running([wire_accounts, wire]) as house:
        yield house


async def tell(house, user, *, version, active=True, created=False):
    """Let accounts tell of a user, and conversations react."""
    event = UserChanged(user=user, version=version, active=active, created=created)

    def append(connection, _request, _actor):
        accounts_log.append(connection, [event])

    await house.database.write(each(append), None, SYSTEM)
    await house.settled()


def looks(actor, **changes):
    """How somebody looks to everybody."""
    fields = {"username": actor.username, "display_name": actor.display_name, "kind": "person"}
    return UserView.model_validate({"id": actor.id, "avatar_url": None, **fields, **changes})


async def names(house, query="", by=ANA, **page):
    answer = await house.ask(FindUsers(query=query, **page), by)
    return [user.username for user in answer.items]


async def plaza_of(house, who=ANA):
    mine = (await house.ask(ListConversations(), who)).items
    return next(each for each in mine if each.space_id is None)


async def test_people_of_a_space_see_each_other(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await bring(house, space, CARLA, "member")
    assert (await house.ask(GetUser(user_id=CARLA.id), BRUNO)).user == looks(CARLA)
    assert await names(house, by=BRUNO) == ["ana", "bruno", "carla"]


async def test_strangers_do_not(house):
    await bring(house, await found(house), BRUNO, "member")
    other = somebody("fidel", administrator=True)
    await found(house, by=other)
    for unseen in (other.id, new_id()):
        with pytest.raises(NotFound):
            await house.ask(GetUser(user_id=unseen), BRUNO)
    assert await names(house, "fidel", by=BRUNO) == []


async def test_who_left_the_space_is_not_seen_any_more(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id="me"), BRUNO)
    for unseen, asker in ((ANA, BRUNO), (BRUNO, ANA)):
        with pytest.raises(NotFound):
            await house.ask(GetUser(user_id=unseen.id), asker)


async def test_who_shares_a_direct_is_seen_even_without_a_space(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await house.ask(CreateConversation(kind="direct", members=(BRUNO.id,)), ANA)
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id="me"), BRUNO)
    assert (await house.ask(GetUser(user_id=ANA.id), BRUNO)).user == looks(ANA)


async def test_nobody_is_seen_for_having_spoken_in_the_plaza(house):
    plaza = await plaza_of(house)
    for actor in (BRUNO, CARLA, VISITA):
        await house.ask(PostMessage(conversation_id=plaza.id, text="hola"), actor)
    for asker in (CARLA, VISITA):
        with pytest.raises(NotFound):
            await house.ask(GetUser(user_id=BRUNO.id), asker)
        assert await names(house, by=asker) == [asker.username]


@pytest.mark.parametrize(("kind", "role"), [("team", "guest"), ("class", "guardian")])
async def test_who_is_limited_to_own_conversations_sees_nobody_else_of_the_space(house, kind, role):
    space = await found(house, kind)
    await bring(house, space, BRUNO, role)
    with pytest.raises(NotFound):
        await house.ask(GetUser(user_id=ANA.id), BRUNO)
    assert await names(house, by=BRUNO) == ["bruno"]
    assert await names(house) == ["ana", "bruno"]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("", True),
        ("maría", True),
        ("MARIA", True),
        ("josé", True),
        ("nu", True),
        ("maria jo", True),
        ("@mj", True),
        ("mj.nunez", True),
        ("ría", False),
        ("ose", False),
        ("%", False),
        ("m_ria", False),
        ("'; --", False),
    ],
)
async def test_people_are_found_by_the_beginning_of_a_word(house, query, finds):
    space = await found(house)
    await bring(house, space, somebody("mj.nunez", display_name="María José Núñez"), "member")
    assert ("mj.nunez" in await names(house, query)) is finds


async def test_found_people_come_page_by_page(house):
    space = await found(house)
    for who in (BRUNO, CARLA, DIEGO, ELENA):
        await bring(house, space, who, "member")
    first = await house.ask(FindUsers(limit=3), ANA)
    rest = await house.ask(FindUsers(limit=3, cursor=first.next), ANA)
    assert [user.username for user in (*first.items, *rest.items)] == [
        *("ana", "bruno", "carla", "diego", "elena")
    ]
    assert rest.next is None
    with pytest.raises(Invalid):
        await house.ask(FindUsers(cursor="forged"), ANA)


async def test_services_ask_whom_somebody_may_see(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    asked = [DIEGO.id, BRUNO.id, ANA.id]
    answer = await house.ask(FindAcquaintances(user_ids=asked), ANA)
    assert answer.user_ids == [BRUNO.id, ANA.id]


async def test_a_rename_is_told_to_the_spaces_of_the_person(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    renamed = looks(BRUNO, display_name="Bruno Díaz", username="bruno.diaz")
    await tell(house, renamed, version=2)
    assert house.heard(PersonChanged) == [
        PersonChanged(user=renamed, space_ids=[space.id], user_ids=[])
    ]
    assert (await house.ask(GetUser(user_id=BRUNO.id), ANA)).user == renamed
    assert await names(house, "dí") == ["bruno.diaz"]


async def test_a_rename_is_told_once_even_when_the_person_asked_first(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    renamed = BRUNO.model_copy(update={"display_name": "Bruno Díaz", "version": 2})
    plaza = await plaza_of(house)
    await house.ask(PostMessage(conversation_id=plaza.id, text="hola"), renamed)
    await tell(house, looks(renamed), version=2)
    assert [told.user for told in house.heard(PersonChanged)] == [looks(renamed)]


async def test_who_is_limited_hears_of_those_they_meet(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    await bring(house, space, CARLA, "guest")
    await bring(house, space, DIEGO, "guest")
    shared = CreateConversation(
        kind="channel", space_id=space.id, name="obra", visibility="private", members=(CARLA.id,)
    )
    await house.ask(shared, BRUNO)
    await tell(house, looks(BRUNO, display_name="Bruno Díaz"), version=2)
    assert house.heard(PersonChanged)[-1].user_ids == [CARLA.id]


async def test_an_older_look_does_not_win(house):
    await bring(house, await found(house), BRUNO, "member")
    later = looks(BRUNO, display_name="Bruno Díaz")
    await tell(house, later, version=3)
    await tell(house, looks(BRUNO, display_name="Otro"), version=2)
    assert (await house.ask(GetUser(user_id=BRUNO.id), ANA)).user == later
    assert len(house.heard(PersonChanged)) == 1


async def test_who_has_an_account_is_known_and_may_be_added(house):
    space = await found(house)
    await tell(house, looks(DIEGO), version=1, created=True)
    setting = SetSpaceMember(space_id=space.id, user_id=DIEGO.id, role="member")
    assert (await house.ask(setting, ANA)).member.user == looks(DIEGO)
    assert house.heard(PersonChanged) == []


async def test_a_removed_person_reads_as_deleted(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    gone = looks(BRUNO, username=None, display_name="", kind="deleted")
    await tell(house, gone, version=2, active=False)
    assert (await house.ask(GetUser(user_id=BRUNO.id), ANA)).user == gone
    assert await names(house) == ["ana"]


async def test_the_deactivated_have_no_access(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    await tell(house, looks(BRUNO), version=2, active=False)
    for request in (
        GetSpace(space_id=space.id),
        UpdateSpace(space_id=space.id, name="Otro"),
        ListSpaceMembers(space_id=space.id),
    ):
        with pytest.raises(NotFound):
            await house.ask(request, BRUNO)
    with pytest.raises(Unauthenticated):
        await house.ask(FindUsers(), BRUNO)
    members = (await house.ask(ListSpaceMembers(space_id=space.id), ANA)).items
    assert [member.user.id for member in members] == [ANA.id]
    assert (await house.ask(GetSpace(space_id=space.id), ANA)).space.member_count == 1


async def test_the_deactivated_catch_up_on_nothing(house):
    space = await found(house)
    await bring(house, space, BRUNO, "member")
    heads = (await house.ask(GetHeads(), BRUNO)).heads
    positions = {id_: Position(epoch=head.epoch, seq=0) for id_, head in heads.items()}
    assert positions
    await tell(house, looks(BRUNO), version=2, active=False)
    caught_up = await house.ask(CatchUp(positions=positions), BRUNO)
    assert set(caught_up.gone) == set(positions)
    assert (caught_up.heads, caught_up.updates) == ({}, [])


async def test_the_reactivated_are_where_they_were(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    await tell(house, looks(BRUNO), version=2, active=False)
    await tell(house, looks(BRUNO), version=3)
    assert (await house.ask(GetSpace(space_id=space.id), BRUNO)).space.role == "admin"
