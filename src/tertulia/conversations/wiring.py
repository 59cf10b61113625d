"""What conversations serves and reacts to, and what it does first."""

from collections.abc import Mapping
from typing import Any

from tertulia.accounts.contract import UserChanged
from tertulia.conversations.contract import arriving as coming
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
from tertulia.conversations.handlers.invites import Invites
from tertulia.conversations.handlers.people import People
from tertulia.conversations.handlers.space_members import SpaceMembers
from tertulia.conversations.handlers.spaces import Spaces
from tertulia.conversations.tables import log
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Handler
from tertulia.kit.service import Durable, Kit, Service

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

Table = Mapping[type[Request[Any]], Handler]


def wire(kit: Kit) -> Service:
    """The service, over the tools it is given."""
    arriving = Arriving(kit)
    return Service(
        name="conversations",
        serves={**_arriving(kit, arriving), **_spaces(kit), **_invites(kit), **_people(kit)},
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
        SetSpaceMember: kit.write(members.set_space_member, barrier="conversations"),
        RemoveSpaceMember: kit.write(members.remove_space_member, barrier="conversations"),
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
