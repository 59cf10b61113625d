"""The tables of conversations. No foreign key leaves the service."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    text,
)

from tertulia.kit.db.columns import Instant, id_type, text_type
from tertulia.kit.outbox import EventLog

metadata = MetaData()
log = EventLog("conversations", metadata)

people = Table(
    "conversations_people",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("username", text_type(32)),
    Column("display_name", text_type(80), nullable=False),
    Column("search_name", text_type(), nullable=False),
    Column("avatar_url", text_type()),
    Column("kind", text_type(16), nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("conversations_people_username", "username"),
)

spaces = Table(
    "conversations_spaces",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("name", text_type(80), nullable=False),
    Column("kind", text_type(16), nullable=False),
    Column("wall", text_type(16), nullable=False),
    Column("created_by", id_type(), nullable=False),
    Column("created_at", Instant, nullable=False),
)

space_members = Table(
    "conversations_space_members",
    metadata,
    Column("space_id", ForeignKey(spaces.c.id), primary_key=True),
    Column("user_id", ForeignKey(people.c.id), primary_key=True),
    Column("role", text_type(16), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Index("conversations_space_members_user", "user_id"),
)

invites = Table(
    "conversations_invites",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("code", text_type(64), nullable=False, unique=True),
    Column("space_id", ForeignKey(spaces.c.id), nullable=False),
    Column("role", text_type(16), nullable=False),
    Column("author_id", ForeignKey(people.c.id), nullable=False),
    Column("uses", Integer, nullable=False),
    Column("max_uses", Integer),
    Column("expires_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("conversations_invites_space", "space_id"),
)

admissions = Table(
    "conversations_admissions",
    metadata,
    Column("user_id", id_type(), primary_key=True),
    Column("kind", text_type(16), nullable=False),
    Column("invite_id", ForeignKey(invites.c.id)),
    Column("space_id", id_type()),
    Column("role", text_type(16)),
    Column("plan", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(
        "conversations_admissions_set_up",
        "kind",
        unique=True,
        sqlite_where=text("kind = 'set_up'"),
        postgresql_where=text("kind = 'set_up'"),
    ),
)

conversations = Table(
    "conversations_conversations",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("kind", text_type(16), nullable=False),
    Column("space_id", ForeignKey(spaces.c.id)),
    Column("name", text_type(80)),
    Column("name_key", text_type()),
    Column("topic", text_type(), nullable=False),
    Column("visibility", text_type(16), nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("is_plaza", Boolean, nullable=False),
    Column("about", id_type()),
    Column("direct_key", text_type(80), unique=True),
    Column("created_by", id_type(), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Column("epoch", text_type(36), nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("messages", BigInteger, nullable=False),
    Column("member_count", Integer, nullable=False),
    Index("conversations_conversations_name", "space_id", "name_key", unique=True),
)

members = Table(
    "conversations_members",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id), primary_key=True),
    Column("user_id", ForeignKey(people.c.id), primary_key=True),
    Column("role", text_type(16), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("joined_seq", BigInteger, nullable=False),
    Index("conversations_members_user", "user_id"),
)

marks = Table(
    "conversations_marks",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id), primary_key=True),
    Column("user_id", ForeignKey(people.c.id), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("muted", Boolean, nullable=False),
    Index("conversations_marks_user", "user_id"),
)

messages = Table(
    "conversations_messages",
    metadata,
    Column("id", id_type(), primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.id), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("number", BigInteger),
    Column("author_id", ForeignKey(people.c.id), nullable=False),
    Column("kind", text_type(32), nullable=False),
    Column("text", text_type(), nullable=False),
    Column("data", JSON(none_as_null=True)),
    Column("in_timeline", Boolean, nullable=False),
    Column("reply_to", id_type()),
    Column("thread_id", id_type()),
    Column("also_in_channel", Boolean, nullable=False),
    Column("reply_count", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("undone", Boolean, nullable=False),
    Column("pinned_at", Instant),
    Index("conversations_messages_seq", "conversation_id", "seq", unique=True),
    Index(
        "conversations_messages_timeline",
        "conversation_id",
        "seq",
        sqlite_where=text("in_timeline"),
        postgresql_where=text("in_timeline"),
    ),
    Index(
        "conversations_messages_number",
        "conversation_id",
        "number",
        sqlite_where=text("number IS NOT NULL"),
        postgresql_where=text("number IS NOT NULL"),
    ),
    Index(
        "conversations_messages_thread",
        "thread_id",
        "seq",
        sqlite_where=text("thread_id IS NOT NULL"),
        postgresql_where=text("thread_id IS NOT NULL"),
    ),
    Index(
        "conversations_messages_pinned",
        "conversation_id",
        "pinned_at",
        sqlite_where=text("pinned_at IS NOT NULL"),
        postgresql_where=text("pinned_at IS NOT NULL"),
    ),
)

revisions = Table(
    "conversations_revisions",
    metadata,
    Column("message_id", ForeignKey(messages.c.id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", text_type(), nullable=False),
    Column("at", Instant, nullable=False),
)

mentions = Table(
    "conversations_mentions",
    metadata,
    Column("message_id", ForeignKey(messages.c.id), primary_key=True),
    Column("target", text_type(36), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("conversation_id", id_type(), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("author_id", id_type(), nullable=False),
    Index("conversations_mentions_target", "conversation_id", "target", "seq"),
)

reactions = Table(
    "conversations_reactions",
    metadata,
    Column("message_id", ForeignKey(messages.c.id), primary_key=True),
    Column("emoji", text_type(64), primary_key=True),
    Column("user_id", ForeignKey(people.c.id), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

updates = Table(
    "conversations_updates",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", text_type(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_id", id_type(), nullable=False),
    Column("message_id", id_type()),
    Column("parts", JSON(none_as_null=True)),
)
