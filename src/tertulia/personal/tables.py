"""The tables of personal. Every row is one person's."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table

from tertulia.kit.db.columns import Instant, id_type, text_type
from tertulia.kit.outbox import EventLog

metadata = MetaData()
log = EventLog("personal", metadata)

versions = Table(
    "personal_versions",
    metadata,
    Column("user_id", id_type(), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""The version that each person was given last."""

drafts = Table(
    "personal_drafts",
    metadata,
    Column("user_id", id_type(), primary_key=True),
    Column("conversation_id", id_type(), primary_key=True),
    Column("thread_id", id_type(), primary_key=True),
    Column("text", text_type(), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Index("personal_drafts_version", "user_id", "version", unique=True),
)
"""`thread_id` is empty for what is begun in the conversation itself."""

saved = Table(
    "personal_saved",
    metadata,
    Column("user_id", id_type(), primary_key=True),
    Column("message_id", id_type(), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Index("personal_saved_version", "user_id", "version", unique=True),
)
"""Which messages, and nothing of what they say: that is asked for each time."""
