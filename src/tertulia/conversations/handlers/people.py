"""People: who sees whom, and keeping up with how they look."""

from tertulia.accounts.contract import UserChanged
from tertulia.conversations.contract.people import (
    Acquaintances,
    FindAcquaintances,
    FindUsers,
    GetUser,
    PersonChanged,
    UserFound,
    UserPage,
)
from tertulia.conversations.handlers import admissions
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.rules.pages import after_name, name_cursor, page_size, paged
from tertulia.conversations.rules.people import search_form
from tertulia.conversations.rules.spaces import check_active
from tertulia.conversations.store import acquaintances, people, space_members
from tertulia.conversations.tables import log
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import Connection


class People(Desk):
    """Everyone who has an account or has spoken."""

    def get_user(self, connection: Connection, request: GetUser, actor: Actor) -> UserFound:
        """See `GetUser`."""
        user_id = request.user_id
        _check_asker(connection, actor)
        if user_id not in acquaintances.find_visible_ids(connection, actor.id, [user_id]):
            raise NotFound
        return UserFound(user=people.find_people(connection, [user_id])[user_id])

    def find_users(self, connection: Connection, request: FindUsers, actor: Actor) -> UserPage:
        """See `FindUsers`."""
        _check_asker(connection, actor)
        after = after_name(request.cursor)
        limit = page_size(request.limit, self.limits)
        words = search_form(request.query)
        if request.query.strip() and not words:
            return UserPage(items=[], next=None)
        rows = acquaintances.list_visible(connection, actor.id, words, after, limit + 1)
        page, next_ = paged(rows, limit, lambda row: name_cursor(row.search_name, row.id))
        return UserPage(items=people.user_views(page), next=next_)

    def find_acquaintances(
        self, connection: Connection, request: FindAcquaintances, actor: Actor
    ) -> Acquaintances:
        """See `FindAcquaintances`."""
        found = acquaintances.find_visible_ids(connection, actor.id, request.user_ids)
        return Acquaintances(user_ids=[each for each in request.user_ids if each in found])

    def user_changed(self, connection: Connection, event: UserChanged, _actor: Actor) -> None:
        """The person looks so now; who was just created is let in where they were to come."""
        user = event.user
        newer = people.change_user(connection, user, version=event.version, active=event.active)
        if event.created:
            admissions.finish(connection, user, self.now())
        elif newer:
            _tell_changed(connection, user.id)


def _check_asker(connection: Connection, actor: Actor) -> None:
    person = people.find_person(connection, actor.id)
    check_active(person.active if person else None)


def _tell_changed(connection: Connection, user_id: str) -> None:
    changed = PersonChanged(
        user=people.find_people(connection, [user_id])[user_id],
        space_ids=space_members.list_all_space_ids(connection, user_id),
        user_ids=acquaintances.list_limited_companions(connection, user_id),
    )
    log.append(connection, [changed])
