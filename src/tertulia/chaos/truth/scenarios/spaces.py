"""Spaces, their people, and how one comes into them."""

from tertulia.chaos.simulation.town import LOCAL, PASSWORD
from tertulia.chaos.truth.stage import Act, Scenario, Stage
from tertulia.conversations.contract.arriving import Register
from tertulia.conversations.contract.invites import AcceptInvite, CreateInvite, DeleteInvite
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceRole,
    UpdateSpace,
)
from tertulia.kernel.actor import Actor


async def invited(stage: Stage, space_id: str) -> str:
    """The code of a new invitation of Ana's."""
    made = await stage.does("ana", CreateInvite(space_id=space_id))
    return str(made["invite"]["code"])


async def newcomer(stage: Stage, space_id: str) -> Actor:
    """Somebody who registers into a space."""
    done = await stage.asks(
        Register(
            username="hugo",
            display_name="Hugo",
            password=PASSWORD,
            invite=await invited(stage, space_id),
        ),
        LOCAL,
    )
    user = done.user
    return Actor(id=user.id, kind="person", username="hugo", display_name="Hugo", version=1)


def _gets_role(name: str, role: SpaceRole) -> Act:
    async def act(stage: Stage) -> None:
        request = SetSpaceMember(space_id=stage.casa, user_id=stage.id(name), role=role)
        await stage.does("ana", request)

    return act


def _is_removed(name: str) -> Act:
    async def act(stage: Stage) -> None:
        await stage.does("ana", RemoveSpaceMember(space_id=stage.casa, user_id=stage.id(name)))

    return act


async def _accept(stage: Stage) -> None:
    await stage.does("bruno", AcceptInvite(code=await invited(stage, stage.casa)))


async def _delete_invite(stage: Stage) -> None:
    await stage.does("ana", DeleteInvite(code=await invited(stage, stage.casa)))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        CreateSpace,
        "with its channel",
        lambda s: s.does("ana", CreateSpace(name="Terraza", kind="team")),
    ),
    Scenario(
        UpdateSpace,
        "name and wall",
        lambda s: s.does("ana", UpdateSpace(space_id=s.casa, name="Patio", wall="anil")),
    ),
    Scenario(SetSpaceMember, "somebody else's role", _gets_role("eva", "moderator")),
    Scenario(SetSpaceMember, "the member's role", _gets_role("bruno", "admin")),
    Scenario(SetSpaceMember, "the guest becomes a member", _gets_role("gema", "member")),
    Scenario(SetSpaceMember, "the member becomes a guest", _gets_role("bruno", "guest")),
    Scenario(RemoveSpaceMember, "somebody else", _is_removed("eva")),
    Scenario(RemoveSpaceMember, "the member", _is_removed("bruno")),
    Scenario(RemoveSpaceMember, "the guest", _is_removed("gema")),
    Scenario(CreateInvite, "to a space", lambda s: invited(s, s.casa)),
    Scenario(DeleteInvite, "to a space", _delete_invite),
    Scenario(AcceptInvite, "and come back", _accept, before=_is_removed("bruno")),
)
