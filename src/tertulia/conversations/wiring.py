"""What conversations serves and reacts to, and what it does first."""

from collections.abc import Mapping
from typing import Any

from tertulia.accounts.contract import UserChanged
from tertulia.conversations.contract import arriving as coming
from tertulia.conversations.contract import conversations, messages, updates
from tertulia.conversations.contract.conversations import Added, ReadMoved, SettingsChanged
from tertulia.conversations.contract.invites import (
    AcceptInvite,
    CreateInvite,
    DeleteInvite,
    GetInvite,
    ListInvites,
)
from tertulia.conversations.contract.people import (
    FindAcquaintances,
    FindUsers,
    GetUser,
    PersonChanged,
)
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    GetSpace,
    ListSpaceMembers,
    ListSpaces,
    RemoveSpaceMember,
    SetSpaceMember,
    SpaceAdded,
    SpaceChanged,
    SpaceRemoved,
    UpdateSpace,
)
from tertulia.conversations.contract.updates import UPDATES
from tertulia.conversations.handlers.admissions import Admissions
from tertulia.conversations.handlers.arriving import Arriving
from tertulia.conversations.handlers.catching_up import CatchingUp
from tertulia.conversations.handlers.conversations import Conversations
from tertulia.conversations.handlers.invites import Invites
from tertulia.conversations.handlers.members import Members
from tertulia.conversations.handlers.messages import Messages
from tertulia.conversations.handlers.people import People
from tertulia.conversations.handlers.pins import Pins
from tertulia.conversations.handlers.posting import Posting
from tertulia.conversations.handlers.reactions import Reactions
from tertulia.conversations.handlers.reading import Reading
from tertulia.conversations.handlers.space_members import SpaceMembers
from tertulia.conversations.handlers.spaces import Spaces
from tertulia.conversations.handlers.timeline import Timeline
from tertulia.conversations.store import epochs
from tertulia.conversations.store.checks import CHECKS
from tertulia.conversations.tables import log
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Handler
from tertulia.kit.service import Durable, Kit, Service
from tertulia.kit.upkeep import Upkeep

EVENTS: tuple[type[Event], ...] = (
    *UPDATES,
    Added,
    ReadMoved,
    SettingsChanged,
    SpaceAdded,
    SpaceChanged,
    SpaceRemoved,
    PersonChanged,
)

NAME = "conversations"
UPKEEP = Upkeep(
    log=log,
    checks=CHECKS,
    follows=("accounts",),
    heads=epochs.find_heads,
    restored=epochs.renew,
)
Table = Mapping[type[Request[Any]], Handler]


def wire(kit: Kit) -> Service:
    """The service, over the tools it is given."""
    arriving = Arriving(kit)
    return Service(
        name=NAME,
        serves={
            **_arriving(kit, arriving),
            **_spaces(kit),
            **_invites(kit),
            **_people(kit),
            **_conversations(kit),
            **_members(kit),
            **_messages(kit),
            **_log(kit),
        },
        events=EVENTS,
        log=log,
        durable=[Durable("accounts", {UserChanged: People(kit).user_changed})],
        needs=["accounts"],
        on_start=arriving.start,
    )


def _arriving(kit: Kit, arriving: Arriving) -> Table:
    return {
        coming.GetArrival: kit.read(Admissions(kit).get_arrival),
        coming.SetUp: arriving.set_up,
        coming.Register: arriving.register,
        coming.CreateUser: arriving.create_user,
    }


def _spaces(kit: Kit) -> Table:
    spaces, members = Spaces(kit), SpaceMembers(kit)
    return {
        ListSpaces: kit.read(spaces.list_spaces),
        GetSpace: kit.read(spaces.get_space),
        CreateSpace: kit.write(spaces.create_space),
        UpdateSpace: kit.write(spaces.update_space),
        ListSpaceMembers: kit.read(members.list_space_members),
        SetSpaceMember: kit.write(members.set_space_member, barrier=NAME),
        RemoveSpaceMember: kit.write(members.remove_space_member, barrier=NAME),
    }


def _invites(kit: Kit) -> Table:
    invites = Invites(kit)
    return {
        ListInvites: kit.read(invites.list_invites),
        CreateInvite: kit.write(invites.create_invite),
        GetInvite: kit.read(invites.get_invite),
        AcceptInvite: kit.write(invites.accept_invite),
        DeleteInvite: kit.write(invites.delete_invite),
    }


def _people(kit: Kit) -> Table:
    people = People(kit)
    return {
        GetUser: kit.read(people.get_user),
        FindUsers: kit.read(people.find_users),
        FindAcquaintances: kit.read(people.find_acquaintances),
    }


def _conversations(kit: Kit) -> Table:
    kept = Conversations(kit)
    return {
        conversations.ListConversations: kit.read(kept.list_conversations),
        conversations.ListSpaceConversations: kit.read(kept.list_space_conversations),
        conversations.GetConversation: kit.read(kept.get_conversation),
        conversations.CreateConversation: kit.write(kept.create_conversation, barrier=NAME),
        conversations.UpdateConversation: kit.write(kept.update_conversation),
        conversations.ArchiveConversation: kit.write(kept.archive_conversation),
    }


def _members(kit: Kit) -> Table:
    members, reading = Members(kit), Reading(kit)
    return {
        conversations.FindStandings: kit.read(members.find_standings),
        conversations.ListMembers: kit.read(members.list_members),
        conversations.Join: kit.write(members.join, barrier=NAME),
        conversations.Leave: kit.write(members.leave, barrier=NAME),
        conversations.AddMember: kit.write(members.add_member, barrier=NAME),
        conversations.RemoveMember: kit.write(members.remove_member, barrier=NAME),
        conversations.MarkRead: kit.write(reading.mark_read),
        conversations.UpdateSettings: kit.write(reading.update_settings),
    }


def _messages(kit: Kit) -> Table:
    said, reactions, pins = Messages(kit), Reactions(kit), Pins(kit)
    return {
        messages.PostMessage: kit.batch(Posting(kit).post_message),
        messages.GetMessage: kit.read(said.get_message),
        messages.FindMessages: kit.read(said.find_messages),
        messages.EditMessage: kit.write(said.edit_message),
        messages.DeleteMessage: kit.write(said.delete_message),
        messages.ListRevisions: kit.read(said.list_revisions),
        messages.AddReaction: kit.write(reactions.add_reaction),
        messages.RemoveReaction: kit.write(reactions.remove_reaction),
        messages.PinMessage: kit.write(pins.pin_message),
        messages.UnpinMessage: kit.write(pins.unpin_message),
        messages.ListPins: kit.read(pins.list_pins),
    }


def _log(kit: Kit) -> Table:
    timeline, catching_up = Timeline(kit), CatchingUp(kit)
    return {
        messages.ListThread: kit.read(timeline.list_thread),
        updates.ListMessages: kit.read(timeline.list_messages),
        updates.ListUpdates: kit.read(catching_up.list_updates),
        updates.ListHeads: kit.read(catching_up.list_heads),
        updates.CatchUp: kit.read(catching_up.catch_up),
        conversations.GetHeads: kit.read(catching_up.get_heads),
    }
