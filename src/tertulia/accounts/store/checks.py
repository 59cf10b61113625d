"""What is derived in the tables of accounts, and what higher services compare themselves with."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, and_, select

from tertulia.accounts.rules.users import email_key
from tertulia.accounts.tables import log, usernames, users
from tertulia.kit.db import Record
from tertulia.kit.upkeep import ROWS_AT_ONCE, Check, Difference, Facts, by_query


def list_users(connection: Connection) -> Iterable[Record]:
    """Every user."""
    return connection.execute(select(users), execution_options={"yield_per": ROWS_AT_ONCE})


def list_usernames(connection: Connection) -> Iterable[Record]:
    """Every username that somebody has or had, as `username` and `user_id`."""
    return connection.execute(
        select(usernames.c.username, usernames.c.user_id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )


def list_head(connection: Connection) -> Iterable[int]:
    """One number: the position of the last event."""
    return [log.head(connection)]


def _email_keys(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    for user in list_users(connection):
        key = email_key(user.email)
        if user.email_key != key:
            yield Difference({"user_id": user.id}, user.email_key, key)


def _usernames() -> Any:
    """Every username that a user has is kept as theirs."""
    theirs = and_(usernames.c.username == users.c.username, usernames.c.user_id == users.c.id)
    return (
        select(
            users.c.id.label("user_id"),
            usernames.c.username.label("stored"),
            users.c.username.label("recomputed"),
        )
        .outerjoin(usernames, theirs)
        .where(usernames.c.username.is_(None))
    )


CHECKS = (
    Check("accounts.email_keys", _email_keys),
    by_query("accounts.usernames", _usernames),
)
