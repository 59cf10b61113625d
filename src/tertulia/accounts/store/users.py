"""Users, the usernames they have or had, and the hashes of their passwords."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from tertulia.accounts.rules.users import Account, User, email_key
from tertulia.accounts.tables import credentials, usernames, users
from tertulia.kit.db.columns import insert

USER_COLUMNS = tuple(users.c[field.name] for field in fields(User))
"""In the order of the fields of `User`."""


def find_user(connection: Connection, user_id: str) -> User | None:
    """The user of an id."""
    row = connection.execute(select(*USER_COLUMNS).where(users.c.id == user_id)).first()
    return None if row is None else User(*row)


def find_account(connection: Connection, user_id: str) -> Account | None:
    """The user of an id, with the hash of their password."""
    return _account(connection, users.c.id == user_id)


def find_account_by_username(connection: Connection, username: str) -> Account | None:
    """The user who has a username now."""
    return _account(connection, users.c.username == username)


def find_account_by_email(connection: Connection, email: str) -> Account | None:
    """The user of an e-mail address, however it is written."""
    return _account(connection, users.c.email_key == email_key(email))


def has_users(connection: Connection) -> bool:
    """Whether there is any user."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None


def find_username_owner(connection: Connection, username: str) -> str | None:
    """The id of the user who has or had a username."""
    return connection.execute(
        select(usernames.c.user_id).where(usernames.c.username == username)
    ).scalar()


def add_user(connection: Connection, user: User, now: datetime) -> None:
    """Store a new user, with their username."""
    row = {**asdict(user), "email_key": email_key(user.email), "created_at": now}
    connection.execute(insert(connection, users).values(row))
    keep_username(connection, user, now)


def keep_username(connection: Connection, user: User, now: datetime) -> None:
    """Remember for good that this username is the user's."""
    row = {"username": user.username, "user_id": user.id, "taken_at": now}
    connection.execute(insert(connection, usernames).values(row).on_conflict_do_nothing())


def save_user(connection: Connection, user: User) -> None:
    """Store a user as they are now."""
    row = {**asdict(user), "email_key": email_key(user.email)}
    connection.execute(update(users).where(users.c.id == user.id).values(row))


def set_password(connection: Connection, user_id: str, password_hash: str, now: datetime) -> None:
    """Store the hash of a user's password in place of the one before."""
    row = {"user_id": user_id, "password_hash": password_hash, "changed_at": now}
    statement = insert(connection, credentials).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=row))


def _account(connection: Connection, which: ColumnElement[bool]) -> Account | None:
    row = connection.execute(
        select(*USER_COLUMNS, credentials.c.password_hash)
        .join_from(users, credentials, isouter=True)
        .where(which)
    ).first()
    if row is None:
        return None
    *user, password_hash = row
    return Account(User(*user), password_hash)
