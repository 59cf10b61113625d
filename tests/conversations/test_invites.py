import asyncio
from datetime import UTC, datetime

import pytest

from tertulia.conversations.contract.errors import IdInUse, InviteEnded
from tertulia.conversations.contract.invites import (
    AcceptInvite,
    CreateInvite,
    DeleteInvite,
    GetInvite,
    ListInvites,
    SpaceCard,
)
from tertulia.conversations.contract.spaces import (
    GetSpace,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceAdded,
)
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import NOBODY
from tertulia.kernel.errors import AppError, Forbidden, Invalid, NotFound
from tertulia.kernel.ids import new_id
from tertulia.kit.service import Policy
from tests.conversations.cast import (
    ANA,
    BRUNO,
    CARLA,
    DIEGO,
    ELENA,
    VISITA,
    bring,
    found,
    invite,
    somebody,
)
from tests.support.kit import running


async def standing(house, space, by=ANA):
    """The ids of the invitations that somebody is shown."""
    listed = await house.ask(ListInvites(space_id=space.id), by)
    return [each.id for each in listed.items]


async def uses(house, space):
    listed = await house.ask(ListInvites(space_id=space.id), ANA)
    return [each.uses for each in listed.items]


@pytest.mark.parametrize(
    ("kind", "role"), [("team", "member"), ("class", "student"), ("support", "agent")]
)
async def test_a_plain_invitation_gives_the_plain_role(house, kind, role):
    made = await invite(house, await found(house, kind))
    assert (made.role, made.uses, made.max_uses, made.expires_at) == (role, 0, None, None)


async def test_a_code_cannot_be_guessed(house):
    space = await found(house)
    codes = {(await invite(house, space)).code for _ in range(5)}
    assert len(codes) == 5
    assert {len(code) for code in codes} == {22}  # 128 bits, six a character


async def test_the_link_leads_to_the_server_as_it_was_reached(house):
    space = await found(house)
    there = ANA.model_copy(update={"origin": "https://chat.example.org"})
    made = await invite(house, space, by=there)
    assert made.url == f"https://chat.example.org/join/{made.code}"


async def test_the_link_leads_to_the_base_url_where_there_is_one():
    async with running([wire], policy=Policy(base_url="https://tertulia.example/")) as house:
        there = ANA.model_copy(update={"origin": "https://evil.example"})
        made = await invite(house, await found(house), by=there)
    assert made.url == f"https://tertulia.example/join/{made.code}"


async def test_the_public_sees_the_space_and_no_more(house):
    space = await found(house)
    made = await invite(house, space)
    card = await house.ask(GetInvite(code=made.code), NOBODY)
    assert card.space == SpaceCard(name=space.name, kind=space.kind, wall=space.wall)
    assert (card.role, card.expires_at) == ("member", None)
    with pytest.raises(NotFound):
        await house.ask(GetInvite(code="nadie"), NOBODY)


async def test_who_accepts_is_in_the_space(house):
    space = await found(house)
    made = await invite(house, space, role="moderator")
    seen = (await house.ask(AcceptInvite(code=made.code), BRUNO)).space
    await house.settled()
    assert (seen.id, seen.role, seen.member_count) == (space.id, "moderator", 2)
    assert house.heard(SpaceAdded)[-1].user_ids == [BRUNO.id]
    assert await uses(house, space) == [1]


async def test_accepting_again_counts_no_use_and_changes_no_role(house):
    space = await found(house)
    first = await invite(house, space, max_uses=1)
    other = await invite(house, space, role="admin")
    await house.ask(AcceptInvite(code=first.code), BRUNO)
    await house.settled()
    house.events.clear()
    for code in (first.code, other.code):
        assert (await house.ask(AcceptInvite(code=code), BRUNO)).space.role == "member"
    await house.settled()
    assert house.events == []
    assert await uses(house, space) == [0]


async def test_a_guest_has_no_account_to_come_in_with(house):
    made = await invite(house, await found(house))
    for actor in (VISITA, NOBODY):
        with pytest.raises(Forbidden):
            await house.ask(AcceptInvite(code=made.code), actor)


async def test_of_fifty_who_want_the_last_use_one_gets_it(house):
    space = await found(house)
    made = await invite(house, space, max_uses=1)
    people = [somebody(f"p{number}") for number in range(50)]
    asked = [house.ask(AcceptInvite(code=made.code), who) for who in people]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, AppError)]
    assert len(refusals) == 49
    assert {type(refusal) for refusal in refusals} == {InviteEnded}
    assert (await house.ask(GetSpace(space_id=space.id), ANA)).space.member_count == 2


async def test_accepting_twice_at_once_counts_one_use(house):
    space = await found(house)
    made = await invite(house, space, max_uses=2)
    twice = [house.ask(AcceptInvite(code=made.code), BRUNO) for _ in range(2)]
    assert {answer.space.member_count for answer in await asyncio.gather(*twice)} == {2}
    assert await uses(house, space) == [1]


async def revoke(house, _space, made):
    await house.ask(DeleteInvite(code=made.code), ANA)


async def expire(house, _space, _made):
    house.clock.forward(hours=1)


async def use_up(house, _space, made):
    await house.ask(AcceptInvite(code=made.code), CARLA)


async def take_its_author_out(house, space, _made):
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id=BRUNO.id), ANA)


async def lower_its_author(house, space, _made):
    await house.ask(SetSpaceMember(space_id=space.id, user_id=BRUNO.id, role="member"), ANA)


@pytest.mark.parametrize("end", [revoke, expire, use_up, take_its_author_out, lower_its_author])
async def test_an_invitation_ends(house, end):
    space = await found(house)
    await bring(house, space, BRUNO, "moderator")
    an_hour = datetime(2026, 10, 8, 10, 12, tzinfo=UTC)
    made = await invite(house, space, by=BRUNO, max_uses=1, expires_at=an_hour)
    assert made.id in await standing(house, space)
    await end(house, space, made)
    assert made.id not in await standing(house, space)
    for request, actor in (
        (GetInvite(code=made.code), NOBODY),
        (AcceptInvite(code=made.code), DIEGO),
    ):
        with pytest.raises(InviteEnded):
            await house.ask(request, actor)


async def test_an_invitation_above_its_authors_present_role_has_ended(house):
    space = await found(house)
    await bring(house, space, BRUNO, "admin")
    made = await invite(house, space, by=BRUNO, role="admin")
    await house.ask(SetSpaceMember(space_id=space.id, user_id=BRUNO.id, role="moderator"), ANA)
    with pytest.raises(InviteEnded):
        await house.ask(AcceptInvite(code=made.code), CARLA)
    assert made.id not in await standing(house, space)


@pytest.mark.parametrize(
    ("own", "role"), [("moderator", "admin"), ("admin", "owner"), ("moderator", "owner")]
)
async def test_nobody_invites_above_their_own_role(house, own, role):
    space = await found(house)
    await bring(house, space, BRUNO, own)
    with pytest.raises(Forbidden):
        await invite(house, space, by=BRUNO, role=role)


async def test_nobody_is_shown_an_invitation_above_their_own_role(house):
    space = await found(house)
    await bring(house, space, BRUNO, "moderator")
    above = await invite(house, space, role="owner")
    below = await invite(house, space, role="guest")
    shown = await standing(house, space, by=BRUNO)
    assert below.id in shown
    assert above.id not in shown


async def test_a_role_of_another_kind_of_space_is_not_valid(house):
    space = await found(house, "class")
    with pytest.raises(Invalid):
        await invite(house, space, role="member")


async def test_an_invitation_is_for_a_time_to_come(house):
    space = await found(house)
    with pytest.raises(Invalid) as refused:
        await invite(house, space, expires_at=house.clock.now())
    assert [error.field for error in refused.value.errors] == ["expires_at"]


async def test_creating_again_by_the_same_id_answers_the_invitation_as_it_is_now(house):
    space = await found(house)
    request = CreateInvite(id=new_id(), space_id=space.id, max_uses=5)
    first = await house.ask(request, ANA)
    await house.ask(AcceptInvite(code=first.invite.code), BRUNO)
    again = await house.ask(request, ANA)
    assert (first.created, again.created) == (True, False)
    assert again.invite == first.invite.model_copy(update={"uses": 1})


async def test_an_id_of_another_author_or_space_is_in_use(house):
    space, other = await found(house), await found(house)
    await bring(house, space, ELENA, "admin")
    made = await invite(house, space)
    for place, actor in ((space, ELENA), (other, ANA)):
        with pytest.raises(IdInUse):
            await house.ask(CreateInvite(id=made.id, space_id=place.id), actor)


async def test_revoking_again_changes_nothing(house):
    made = await invite(house, await found(house))
    await house.ask(DeleteInvite(code=made.code), ANA)
    await house.ask(DeleteInvite(code=made.code), ANA)
    with pytest.raises(NotFound):
        await house.ask(DeleteInvite(code="nadie"), ANA)


async def test_who_was_removed_needs_an_invitation_that_stands(house):
    space = await found(house)
    made = await invite(house, space, max_uses=1)
    await house.ask(AcceptInvite(code=made.code), BRUNO)
    await house.ask(RemoveSpaceMember(space_id=space.id, user_id=BRUNO.id), ANA)
    with pytest.raises(InviteEnded):
        await house.ask(AcceptInvite(code=made.code), BRUNO)


async def test_invitations_are_listed_the_newest_first_page_by_page(house):
    space = await found(house)
    made = []
    for _ in range(5):
        made.append((await invite(house, space)).id)
        house.clock.forward(seconds=1)
    shown, cursor = [], None
    while True:
        page = await house.ask(ListInvites(space_id=space.id, limit=2, cursor=cursor), ANA)
        shown += [each.id for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert shown == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwiYiJd", "WzFlMzAwLCJiIl0"])
async def test_a_forged_cursor_is_not_valid(house, cursor):
    space = await found(house)
    with pytest.raises(Invalid):
        await house.ask(ListInvites(space_id=space.id, cursor=cursor), ANA)
