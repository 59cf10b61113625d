"""Who may do what in a space: every command, every role, every kind of space, and those outside."""

import pytest

from tertulia.conversations.contract.invites import (
    AcceptInvite,
    CreateInvite,
    DeleteInvite,
    ListInvites,
)
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    GetSpace,
    ListSpaceMembers,
    ListSpaces,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceKind,
    SpaceRole,
    SpaceView,
    UpdateSpace,
)
from tertulia.kernel.actor import NOBODY
from tertulia.kernel.errors import AppError
from tertulia.kernel.ids import new_id
from tests.conversations.cast import ANA, BRUNO, CARLA, VISITA, bring, found, invite, somebody

LOWEST: dict[SpaceKind, SpaceRole] = {"team": "guest", "class": "guardian", "support": "agent"}
ROLES: dict[SpaceKind, list[SpaceRole]] = {
    "team": ["owner", "admin", "moderator", "member", "guest"],
    "class": ["owner", "teacher", "assistant", "student", "guardian"],
    "support": ["owner", "admin", "agent"],
}
BEARERS = [(kind, role) for kind, roles in ROLES.items() for role in roles]

ALL = {role for roles in ROLES.values() for role in roles}
ADMINS = {"owner", "admin", "teacher"}
MODERATORS = {*ADMINS, "moderator", "assistant"}


def commands(space: SpaceView, code: str, code_of_another: str):
    """Each command of a space, and the roles that may give it."""
    role, space_id = LOWEST[space.kind], space.id
    return [
        (GetSpace(space_id=space_id), ALL),
        (ListSpaceMembers(space_id=space_id), ALL),
        (AcceptInvite(code=code), ALL),
        (ListInvites(space_id=space_id), MODERATORS),
        (CreateInvite(space_id=space_id, role=role), MODERATORS),
        (DeleteInvite(code=code_of_another), MODERATORS),
        (UpdateSpace(space_id=space_id, wall="oliva"), ADMINS),
        (SetSpaceMember(space_id=space_id, user_id=CARLA.id, role=role), ADMINS),
        (RemoveSpaceMember(space_id=space_id, user_id=CARLA.id), ADMINS),
        (RemoveSpaceMember(space_id=space_id, user_id="me"), ALL),
    ]


async def outcome(house, request, actor) -> str:
    """`ok`, or the code of the refusal."""
    try:
        await house.ask(request, actor)
    except AppError as refusal:
        return refusal.code
    return "ok"


@pytest.mark.parametrize(("kind", "role"), BEARERS)
async def test_each_role_may_do_what_the_table_says(house, kind: SpaceKind, role: SpaceRole):
    space = await found(house, kind)
    await bring(house, space, CARLA, LOWEST[kind])
    await bring(house, space, BRUNO, role)
    code = (await invite(house, space, role=LOWEST[kind])).code
    code_of_another = (await invite(house, space, role=LOWEST[kind])).code
    table = commands(space, code, code_of_another)
    expected = ["ok" if role in allowed else "forbidden" for _, allowed in table]
    assert [await outcome(house, request, BRUNO) for request, _ in table] == expected


@pytest.mark.parametrize("outsider", [BRUNO, VISITA, NOBODY], ids=["person", "guest", "nobody"])
async def test_to_an_outsider_the_space_is_not_there(house, outsider):
    space = await found(house)
    await bring(house, space, CARLA, "member")
    await bring(house, await found(house), BRUNO, "owner")
    code = (await invite(house, space)).code
    there = commands(space, code, code)
    nowhere = commands(space.model_copy(update={"id": new_id()}), "no-code", "no-code")
    seen = [await outcome(house, request, outsider) for request, _ in there if _accepts(request)]
    unseen = [await outcome(house, request, outsider) for request, _ in nowhere]
    assert set(seen) == {"not_found"}
    assert set(unseen) <= {"not_found", "forbidden"}
    assert await outcome(house, GetSpace(space_id=space.id), ANA) == "ok"


def _accepts(request) -> bool:
    return not isinstance(request, AcceptInvite)


@pytest.mark.parametrize("actor", [BRUNO, VISITA, NOBODY], ids=["person", "guest", "nobody"])
async def test_spaces_are_founded_by_administrators(house, actor):
    assert await outcome(house, CreateSpace(name="Mío", kind="team"), actor) == "forbidden"


async def test_a_space_has_no_administrators_from_another_one(house):
    theirs = await found(house)
    ours = await found(house, by=somebody("elena", administrator=True))
    await bring(house, theirs, BRUNO, "admin")
    assert await outcome(house, UpdateSpace(space_id=ours.id, name="Otra"), BRUNO) == "not_found"


async def test_an_administrator_of_the_installation_sees_only_their_own_spaces(house):
    space = await found(house, by=somebody("elena", administrator=True))
    assert (await house.ask(ListSpaces(), ANA)).items == []
    assert await outcome(house, GetSpace(space_id=space.id), ANA) == "not_found"
