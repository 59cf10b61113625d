"""Coming in, in two transactions: a reservation before accounts makes the user, the rest after it.

What was reserved is finished or released whatever happens between the two: when accounts tells that
it made the user, when the process starts again, or before the next one comes in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.arriving import (
    Arrival,
    CreateUser,
    GetArrival,
    Register,
    SetUp,
)
from tertulia.conversations.contract.conversations import ConversationView
from tertulia.conversations.contract.spaces import SpaceView
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.invites import get_by_code, take_use
from tertulia.conversations.handlers.membership import conversation_view, ensure_plaza
from tertulia.conversations.handlers.space_membership import enter_space, found_space
from tertulia.conversations.rules.arriving import check_registration, check_set_up, may_be_guest
from tertulia.conversations.rules.permissions import (
    check_role_of_kind,
    default_role,
    default_wall,
)
from tertulia.conversations.rules.spaces import check_active, check_operator
from tertulia.conversations.store import admissions, invites, people, space_members, spaces
from tertulia.conversations.store.admissions import REGISTRATION, SET_UP
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.kit.db import Connection, Record
from tertulia.kit.service import Kit


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who wants to come in, with the id that their account will have."""

    user_id: str
    request: Any


@dataclass(frozen=True, slots=True)
class Entered:
    """Where somebody came in: the space, and the channel that was made with it."""

    space: SpaceView | None
    conversation: ConversationView | None


class Admissions(Desk):
    """Reservations of those who come in, and what becomes of them."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._policy = kit.policy

    def get_arrival(self, connection: Connection, _request: GetArrival, actor: Actor) -> Arrival:
        """See `GetArrival`."""
        done = admissions.find_set_up(connection)
        return Arrival.model_validate(
            {
                "setup_required": not _is_set_up(connection),
                "organization": done.plan["organization"] if done and done.done_at else None,
                "registration": self._policy.registration,
                "guests": may_be_guest(self._policy.guests, actor),
            }
        )

    def reserve_set_up(self, connection: Connection, coming: Coming, actor: Actor) -> None:
        """The first owner is about to come in."""
        request: SetUp = coming.request
        begun = admissions.find_set_up(connection) is not None or _is_set_up(connection)
        check_set_up(actor, request.setup_code, self._policy.setup_code, begun=begun)
        plan = {
            "administrator": True,
            "organization": request.organization,
            "space": _first_space(request),
        }
        place = {"space_id": new_id(), "role": "owner"}
        self._reserve(connection, coming, SET_UP, plan, place)

    def reserve_registration(self, connection: Connection, coming: Coming, _actor: Actor) -> None:
        """Somebody is about to come in by an invitation, whose use counts already, or without."""
        request: Register = coming.request
        invited = request.invite is not None
        set_up = _is_set_up(connection)
        check_registration(self._policy.registration, invited=invited, set_up=set_up)
        place = self._take_place(connection, request.invite)
        self._reserve(connection, coming, REGISTRATION, {"administrator": False}, place)

    def reserve_user(self, connection: Connection, coming: Coming, actor: Actor) -> None:
        """Somebody is about to come in by the operator."""
        request: CreateUser = coming.request
        person = people.find_person(connection, actor.id)
        check_active(person.active if person else None)
        check_operator(actor, known=person is not None and person.administrator)
        plan = {"administrator": request.administrator}
        place = _place_in(spaces.find_first_space(connection), request.role)
        self._reserve(connection, coming, REGISTRATION, plan, place)

    def complete(self, connection: Connection, user: UserView, _actor: Actor) -> Entered:
        """Finish, and answer where the user came in."""
        finish(connection, user, self.now())
        admission = admissions.get_admission(connection, user.id)
        if admission.kind == REGISTRATION:
            admissions.remove_admission(connection, user.id)
        return _entered(connection, admission)

    def finish(self, connection: Connection, user: UserView, _actor: Actor) -> None:
        """See `finish`, below."""
        finish(connection, user, self.now())

    def release(self, connection: Connection, user_id: str, _actor: Actor) -> None:
        """Nobody came: what was reserved is free again."""
        admission = admissions.find_admission(connection, user_id)
        if admission is None or admission.done_at is not None:
            return
        if admission.invite_id is not None:
            invites.give_use_back(connection, admission.invite_id)
        admissions.remove_admission(connection, user_id)

    def open_house(self, connection: Connection, _request: None, _actor: Actor) -> None:
        """At each start: the plaza is there, and admissions that are over are forgotten."""
        ensure_plaza(connection, self.now())
        admissions.remove_done(connection)

    def list_open(self, connection: Connection, before: datetime, _actor: Actor) -> list[str]:
        """The ids of users whose admission began up to a moment and is not done."""
        return admissions.list_open(connection, before)

    def _take_place(self, connection: Connection, code: str | None) -> dict[str, Any]:
        if code is None:
            return _place_in(spaces.find_first_space(connection), None)
        invite = get_by_code(connection, code)
        take_use(connection, invite, self.now())
        return {"invite_id": invite.id, "space_id": invite.space_id, "role": invite.role}

    def _reserve(
        self,
        connection: Connection,
        coming: Coming,
        kind: str,
        plan: Mapping[str, Any],
        place: Mapping[str, Any],
    ) -> None:
        row = {"user_id": coming.user_id, "kind": kind, "plan": dict(plan), **place}
        admissions.add_admission(connection, {**row, "created_at": self.now()})


def finish(connection: Connection, user: UserView, at: datetime) -> None:
    """Whom accounts made comes in where it was reserved for them; once, and only if it was."""
    admission = admissions.find_admission(connection, user.id)
    if admission is None or admission.done_at is not None:
        return
    plan = admission.plan
    people.ensure_user(connection, user, administrator=plan["administrator"])
    if admission.kind == SET_UP:
        space = {"id": admission.space_id, **plan["space"]}
        plan = {**plan, "conversation_id": found_space(connection, space, user.id, at)}
    elif admission.space_id is not None:
        _enter(connection, admission, at)
    admissions.mark_done(connection, user.id, plan, at)


def _enter(connection: Connection, admission: Record, at: datetime) -> None:
    space_id, user_id = admission.space_id, admission.user_id
    if space_members.find_member(connection, space_id, user_id) is None:
        enter_space(connection, space_id, user_id, admission.role, at)


def _entered(connection: Connection, admission: Record) -> Entered:
    user_id, channel_id = admission.user_id, admission.plan.get("conversation_id")
    return Entered(
        space=admission.space_id and spaces.space_view(connection, admission.space_id, user_id),
        conversation=channel_id and conversation_view(connection, channel_id, user_id),
    )


def _is_set_up(connection: Connection) -> bool:
    return spaces.find_first_space(connection) is not None


def _first_space(request: SetUp) -> dict[str, Any]:
    space = request.space
    if space is None:
        return {"name": request.organization, "kind": "team", "wall": default_wall("team")}
    return {
        "name": space.name,
        "kind": space.kind,
        "wall": space.wall or default_wall(space.kind),
    }


def _place_in(space: Record | None, role: Any) -> dict[str, Any]:
    if space is None:
        return {}
    role = role or default_role(space.kind)
    check_role_of_kind(space.kind, role)
    return {"space_id": space.id, "role": role}
