"""Saved messages."""

import sqlalchemy as sa
from alembic import op

from tertulia.kit.db.columns import id_type

revision = "personal_0002"
down_revision = "personal_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_saved",
        sa.Column("user_id", id_type(), nullable=False),
        sa.Column("message_id", id_type(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "message_id"),
    )
    op.create_index("personal_saved_version", "personal_saved", ["user_id", "version"], unique=True)
