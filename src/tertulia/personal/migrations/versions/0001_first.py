"""The first tables of personal."""

import sqlalchemy as sa
from alembic import op

from tertulia.kit.db.columns import id_type, text_type

revision = "personal_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_log()
    create_versions()
    create_drafts()


def create_log() -> None:
    op.create_table(
        "personal_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", text_type(80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "personal_positions",
        sa.Column("consumer", text_type(80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer"),
    )


def create_versions() -> None:
    op.create_table(
        "personal_versions",
        sa.Column("user_id", id_type(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )


def create_drafts() -> None:
    op.create_table(
        "personal_drafts",
        sa.Column("user_id", id_type(), nullable=False),
        sa.Column("conversation_id", id_type(), nullable=False),
        sa.Column("thread_id", id_type(), nullable=False),
        sa.Column("text", text_type(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "thread_id"),
    )
    op.create_index(
        "personal_drafts_version", "personal_drafts", ["user_id", "version"], unique=True
    )
