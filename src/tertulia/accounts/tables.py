"""The tables of accounts. Password hashes stand in one of their own, tokens in none."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    MetaData,
    Table,
)

from tertulia.kit.db.columns import Instant, id_type, text_type
from tertulia.kit.outbox import EventLog

metadata = MetaData()
log = EventLog("accounts", metadata)

users = Table(
    "accounts_users",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("kind", text_type(16), nullable=False),
    Column("username", text_type(), nullable=False),
    Column("display_name", text_type(), nullable=False),
    Column("avatar_url", text_type()),
    Column("email", text_type()),
    Column("email_key", text_type()),
    Column("language", text_type(8), nullable=False),
    Column("time_zone", text_type(64), nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("accounts_users_username", "username", unique=True),
    Index("accounts_users_email", "email_key", unique=True),
)

usernames = Table(
    "accounts_usernames",
    metadata,
    Column("username", text_type(), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("taken_at", Instant, nullable=False),
)
"""Every username that a user has or had: it is never given to another."""

credentials = Table(
    "accounts_credentials",
    metadata,
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Column("password_hash", text_type(), nullable=False),
    Column("changed_at", Instant, nullable=False),
)

sessions = Table(
    "accounts_sessions",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("digest", text_type(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("client", text_type(), nullable=False),
    Column("ended_at", Instant),
    Index("accounts_sessions_digest", "digest", unique=True),
    Index("accounts_sessions_user", "user_id"),
)
