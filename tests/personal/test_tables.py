"""The tables of personal are those that its migrations make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tertulia.kit.db.sqlite import open_engine
from tertulia.personal.tables import metadata
from tertulia.personal.wiring import wire
from tests.support.kit import migrate


def test_the_migrations_lead_to_the_tables(tmp_path):
    path = tmp_path / "personal.db"
    migrate(path, [wire])
    engine = open_engine(path)
    with engine.begin() as connection:
        options = {"version_table": "alembic_version_personal"}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()
