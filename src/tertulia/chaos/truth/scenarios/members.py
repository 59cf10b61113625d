"""Who is in a conversation."""

from tertulia.chaos.truth.stage import Act, Scenario, Stage
from tertulia.conversations.contract.conversations import (
    AddMember,
    ConversationRole,
    Join,
    Leave,
    RemoveMember,
)


def _joins(name: str) -> Act:
    return lambda s: s.does(name, Join(conversation_id=s.taller))


def _leaves(name: str) -> Act:
    return lambda s: s.does(name, Leave(conversation_id=s.taller))


def _is_removed(name: str) -> Act:
    return lambda s: s.does("ana", RemoveMember(conversation_id=s.taller, user_id=s.id(name)))


def _is_added(name: str, role: ConversationRole | None = None) -> Act:
    async def act(stage: Stage) -> None:
        request = AddMember(conversation_id=stage.taller, user_id=stage.id(name), role=role)
        await stage.does("ana", request)

    return act


async def _leaves_the_group(stage: Stage) -> None:
    await stage.does("eva", Leave(conversation_id=stage.conversation("grupo")))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(Join, "somebody", _joins("eva"), before=_leaves("eva")),
    Scenario(Join, "whoever looks", _joins("bruno"), before=_leaves("bruno")),
    Scenario(Leave, "somebody", _leaves("eva")),
    Scenario(Leave, "whoever looks", _leaves("bruno")),
    Scenario(Leave, "the guest", _leaves("gema")),
    Scenario(Leave, "the last owner", _leaves("ana")),
    Scenario(Leave, "a group", _leaves_the_group),
    Scenario(AddMember, "somebody", _is_added("eva"), before=_leaves("eva")),
    Scenario(AddMember, "the guest", _is_added("gema"), before=_is_removed("gema")),
    Scenario(AddMember, "with another role", _is_added("bruno", "moderator")),
    Scenario(RemoveMember, "somebody", _is_removed("eva")),
    Scenario(RemoveMember, "whoever looks", _is_removed("bruno")),
    Scenario(RemoveMember, "the guest", _is_removed("gema")),
)
