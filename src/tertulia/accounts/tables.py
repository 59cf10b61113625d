"""The tables of accounts. Password hashes stand in one of their own, tokens in none."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
)

from tertulia.kit.db.columns import Instant, id_type
from tertulia.kit.outbox import EventLog

metadata = MetaData()
log = EventLog("accounts", metadata)

users = Table(
    "accounts_users",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("username", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("avatar_url", Text),
    Column("email", Text),
    Column("email_key", Text),
    Column("language", String(8), nullable=False),
    Column("time_zone", String(64), nullable=False),
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
    Column("username", Text, primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("taken_at", Instant, nullable=False),
)
"""Every username that a user has or had: it is never given to another."""

credentials = Table(
    "accounts_credentials",
    metadata,
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

sessions = Table(
    "accounts_sessions",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("client", Text, nullable=False),
    Column("ended_at", Instant),
    Index("accounts_sessions_digest", "digest", unique=True),
    Index("accounts_sessions_user", "user_id"),
)
