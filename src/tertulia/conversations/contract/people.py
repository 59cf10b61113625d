"""People: who may be seen by whom, and that somebody looks different now."""

from typing import Annotated

from pydantic import StringConstraints

from tertulia.accounts.contract import UserView
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Event, Model, Query


class UserFound(Model):
    """A user."""

    user: UserView


class UserPage(Model):
    """A page of users, by display name."""

    items: list[UserView]
    next: str | None


class GetUser(Query[UserFound]):
    """Somebody with whom I share a space or a conversation, else `NotFound`."""

    user_id: Id


class FindUsers(Query[UserPage]):
    """Such people by the beginning of a word of their name, or of their username; accents fold."""

    work = "optional"

    query: Annotated[str, StringConstraints(max_length=80)] = ""
    cursor: str | None = None
    limit: int | None = None


class Acquaintances(Model):
    """The ids among those asked whom the asker may see."""

    user_ids: list[Id]


class FindAcquaintances(Query[Acquaintances]):
    """Which of these people share a space or a conversation with the asker; asked by services."""

    user_ids: list[Id]


class PersonChanged(Event):
    """A person known to these spaces looks different now."""

    user: UserView
    space_ids: list[Id]
    user_ids: list[Id]
    """People limited to their own conversations who share one with this person."""
