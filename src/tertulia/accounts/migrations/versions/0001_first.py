"""The first tables of accounts."""

import sqlalchemy as sa
from alembic import op

from tertulia.kit.db.columns import text_type

revision = "accounts_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_log()
    create_users()
    create_usernames()
    create_credentials()
    create_sessions()


def create_log() -> None:
    op.create_table(
        "accounts_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", text_type(80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "accounts_positions",
        sa.Column("consumer", text_type(80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer"),
    )


def create_users() -> None:
    op.create_table(
        "accounts_users",
        sa.Column("id", text_type(36), nullable=False),
        sa.Column("kind", text_type(16), nullable=False),
        sa.Column("username", text_type(), nullable=False),
        sa.Column("display_name", text_type(), nullable=False),
        sa.Column("avatar_url", text_type(), nullable=True),
        sa.Column("email", text_type(), nullable=True),
        sa.Column("email_key", text_type(), nullable=True),
        sa.Column("language", text_type(8), nullable=False),
        sa.Column("time_zone", text_type(64), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("accounts_users_email", "accounts_users", ["email_key"], unique=True)
    op.create_index("accounts_users_username", "accounts_users", ["username"], unique=True)


def create_credentials() -> None:
    op.create_table(
        "accounts_credentials",
        sa.Column("user_id", text_type(36), nullable=False),
        sa.Column("password_hash", text_type(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_users.id"],
        ),
        sa.PrimaryKeyConstraint("user_id"),
    )


def create_sessions() -> None:
    op.create_table(
        "accounts_sessions",
        sa.Column("id", text_type(36), nullable=False),
        sa.Column("user_id", text_type(36), nullable=False),
        sa.Column("digest", text_type(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("client", text_type(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("accounts_sessions_digest", "accounts_sessions", ["digest"], unique=True)
    op.create_index("accounts_sessions_user", "accounts_sessions", ["user_id"], unique=False)


def create_usernames() -> None:
    op.create_table(
        "accounts_usernames",
        sa.Column("username", text_type(), nullable=False),
        sa.Column("user_id", text_type(36), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["accounts_users.id"],
        ),
        sa.PrimaryKeyConstraint("username"),
    )
