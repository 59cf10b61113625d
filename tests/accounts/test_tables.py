from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tertulia.accounts.tables import metadata
from tertulia.accounts.wiring import wire
from tertulia.kit.db.sqlite import open_engine
from tests.support.kit import migrate


def test_the_migrations_lead_to_the_tables(tmp_path):
    path = tmp_path / "accounts.db"
    migrate(path, [wire])
    engine = open_engine(path)
    with engine.begin() as connection:
        options = {"version_table": "alembic_version_accounts"}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_no_foreign_key_leaves_the_service():
    keys = [key.target_fullname for table in metadata.tables.values() for key in table.foreign_keys]
    assert keys
    assert all(key.startswith("accounts_") for key in keys)
