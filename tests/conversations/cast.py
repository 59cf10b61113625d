"""The people of the tests of conversations, and how they come into spaces."""

from tertulia.conversations.contract.invites import AcceptInvite, CreateInvite, InviteView
from tertulia.conversations.contract.spaces import CreateSpace, SpaceKind, SpaceRole, SpaceView
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tests.support.kit import TestHouse


def somebody(username: str, **fields: object) -> Actor:
    """A person with an account, signed in."""
    shown = {"username": username, "display_name": username.title(), "version": 1}
    return Actor.model_validate({"id": new_id(), "kind": "person", **shown, **fields})


ANA = somebody("ana", administrator=True)
BRUNO, CARLA, DIEGO, ELENA = map(somebody, ("bruno", "carla", "diego", "elena"))
VISITA = Actor(id=new_id(), kind="guest", display_name="Visita", version=1)
"""A guest of the plain lane, without an account."""


async def found(house: TestHouse, kind: SpaceKind = "team", by: Actor = ANA) -> SpaceView:
    """A space of which `by` is the owner."""
    made = await house.ask(CreateSpace(name=f"Taller {kind}", kind=kind), by)
    return made.space


async def invite(
    house: TestHouse, space: SpaceView, by: Actor = ANA, **fields: object
) -> InviteView:
    """An invitation to a space."""
    request = CreateInvite.model_validate({"space_id": space.id, **fields})
    return (await house.ask(request, by)).invite


async def bring(house: TestHouse, space: SpaceView, who: Actor, role: SpaceRole) -> Actor:
    """Let somebody come into a space with a role; they are answered."""
    made = await invite(house, space, role=role)
    await house.ask(AcceptInvite(code=made.code), who)
    return who
