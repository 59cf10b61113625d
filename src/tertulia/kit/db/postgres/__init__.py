"""PostgreSQL: one writer at a time for each service, group commit, readers beside it (docs/adr/0023)."""

from tertulia.kit.db.postgres.database import PostgresDatabase

__all__ = ["PostgresDatabase"]
