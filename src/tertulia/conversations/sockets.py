"""What conversations shows on sockets: its commands, and who hears which of its events."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tertulia.conversations.contract import conversations, invites, messages, people, spaces
from tertulia.conversations.contract.updates import (
    UPDATES,
    CatchUp,
    ListMessages,
    ListUpdates,
    MemberLeft,
    Update,
)
from tertulia.kernel.messages import Event, Request
from tertulia.kit.edge import (
    Broadcast,
    Enter,
    Leave,
    Reaction,
    conversation_room,
    space_room,
    user_room,
)

COMMANDS: tuple[type[Request[Any]], ...] = (
    people.GetUser,
    people.FindUsers,
    spaces.ListSpaces,
    spaces.CreateSpace,
    spaces.GetSpace,
    spaces.UpdateSpace,
    spaces.ListSpaceMembers,
    spaces.SetSpaceMember,
    spaces.RemoveSpaceMember,
    invites.ListInvites,
    invites.CreateInvite,
    invites.AcceptInvite,
    invites.DeleteInvite,
    conversations.ListConversations,
    conversations.ListSpaceConversations,
    conversations.CreateConversation,
    conversations.GetConversation,
    conversations.UpdateConversation,
    conversations.ArchiveConversation,
    conversations.ListMembers,
    conversations.Join,
    conversations.Leave,
    conversations.AddMember,
    conversations.RemoveMember,
    conversations.MarkRead,
    conversations.UpdateSettings,
    messages.PostMessage,
    messages.GetMessage,
    messages.EditMessage,
    messages.DeleteMessage,
    messages.ListRevisions,
    messages.AddReaction,
    messages.RemoveReaction,
    messages.PinMessage,
    messages.UnpinMessage,
    messages.ListPins,
    messages.ListThread,
    ListMessages,
    ListUpdates,
    CatchUp,
)


def _only(*fields: str) -> Callable[[Event], Mapping[str, Any]]:
    return lambda event: event.model_dump(mode="json", include=set(fields))


def _of_conversation(event: Any) -> Sequence[str]:
    return [conversation_room(event.conversation_id)]


def _of_space(event: Any) -> Sequence[str]:
    return [space_room(event.space_id)]


def _of_person(event: Any) -> Sequence[str]:
    return [user_room(event.user_id)]


def _broadcast(update: type[Update]) -> Broadcast:
    return Broadcast(on=update, rooms=_of_conversation)


_UPDATES: tuple[Reaction, ...] = (
    *map(_broadcast, UPDATES),
    # After the leaver has heard it, and before anything later: the room is left in its place.
    Leave(
        on=MemberLeft,
        people=lambda left: [left.user.id],
        rooms=_of_conversation,
        name="conversations.removed",
        payload=lambda left: {"conversation_id": left.conversation_id},
    ),
)

_CONVERSATIONS: tuple[Reaction, ...] = (
    Enter(
        on=conversations.Added,
        people=lambda added: added.user_ids,
        rooms=_of_conversation,
        name="conversations.added",
        view=lambda added: conversations.GetConversation(conversation_id=added.conversation_id),
    ),
    Broadcast(
        on=conversations.ReadMoved,
        rooms=_of_person,
        name="conversations.read",
        payload=_only("conversation_id", "seq", "head", "unread_count", "mention_count"),
    ),
    Broadcast(
        on=conversations.SettingsChanged,
        rooms=_of_person,
        payload=_only("conversation_id", "muted"),
    ),
)

_SPACES: tuple[Reaction, ...] = (
    Leave(
        on=spaces.SpaceAdded,
        people=lambda added: [] if added.hear else added.user_ids,
        rooms=_of_space,
    ),
    Enter(
        on=spaces.SpaceAdded,
        people=lambda added: added.user_ids,
        rooms=lambda added: _of_space(added) if added.hear else [],
        name="conversations.space_added",
        view=lambda added: spaces.GetSpace(space_id=added.space_id),
    ),
    Leave(
        on=spaces.SpaceRemoved,
        people=lambda removed: [removed.user_id],
        rooms=_of_space,
        name="conversations.space_removed",
        payload=_only("space_id"),
    ),
    Broadcast(
        on=spaces.SpaceChanged,
        rooms=lambda changed: [*_of_space(changed), *map(user_room, changed.user_ids)],
        payload=_only("space_id", "name", "wall"),
    ),
)

_PEOPLE: tuple[Reaction, ...] = (
    Broadcast(
        on=people.PersonChanged,
        rooms=lambda changed: [
            user_room(changed.user.id),
            *map(space_room, changed.space_ids),
            *map(user_room, changed.user_ids),
        ],
        name="accounts.user_changed",
        payload=_only("user"),
    ),
)

REACTIONS: tuple[Reaction, ...] = (*_UPDATES, *_CONVERSATIONS, *_SPACES, *_PEOPLE)
